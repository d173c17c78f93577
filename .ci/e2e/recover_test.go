package e2e

import (
	"path/filepath"
	"strings"
	"testing"
)

const (
	oldDevice = "Old laptop"
	newDevice = "New laptop"

	// A window of this size leaves room for another beside it.
	besideWidth, besideHeight = 848, 760
)

// comeback is somebody who has lost a laptop, and comes back with password and
// recovery key: both windows stand beside each other on one display, the backend is
// a process of its own.
type comeback struct {
	*desk
	laptop, fresh *window
	server        *daemon
	b             *browser
	key, newKey   string
	pictures      string // folder for them; "" = none
}

// TestRecoverInAWindow lets a new device in by password and recovery key, after a
// wait of a day that the laptop could have stopped.
func TestRecoverInAWindow(t *testing.T) { tellRecovery(t, "") }

// TestStopInAWindow stops the same on the laptop, and the new device says so.
func TestStopInAWindow(t *testing.T) { tellStop(t, "") }

func tellRecovery(t *testing.T, pictures string) {
	c := newComeback(t, pictures)
	c.looksAround()
	c.asks()
	c.waits()
	c.comesBack()
	c.signsInAgain()
	c.hidden(c.key, c.newKey)
}

func tellStop(t *testing.T, pictures string) {
	c := newComeback(t, "") // up to here the pictures are those of the recovery
	c.asks()
	c.pictures = pictures
	c.stops()
	c.hidden(c.key)
}

// newComeback sets an account up by invitation, and tries it once.
func newComeback(t *testing.T, pictures string) *comeback {
	c := &comeback{desk: newDesk(t), pictures: pictures}
	c.startKeyring()
	c.server = c.startDaemon()
	c.b = c.openBrowser()
	c.laptop = c.openWindow("--data", c.path("data/countersign"))
	c.laptop.move(4, 60)
	c.laptop.resize(besideWidth, besideHeight)
	c.laptop.setsUpWith(c.server.invite(accountName), oldDevice)
	c.key = c.laptop.recoveryKey()
	c.shoot("30-the-recovery-key-and-its-page.png")
	c.laptop.typeBack(c.key)
	c.b.visit(c.server.origin)
	c.allowsIn(c.laptop)
	c.laptop.press(c.say("ready.done"))
	c.laptop.see(c.say("home.quiet"))
	return c
}

func (c *comeback) shoot(name string) {
	c.t.Helper()
	if c.pictures != "" {
		c.photograph(filepath.Join(c.pictures, name))
	}
}

// setsUpWith draws an account on a server, up to its recovery key.
func (w *window) setsUpWith(link, device string) {
	w.t.Helper()
	w.see(w.say("start.title"))
	w.press(w.say("start.setup"))
	w.press(w.say("where.server"))
	w.fill(0, link)
	w.press(w.say("do.continue"))
	w.see(w.say("account.name.fixed"))
	w.fill(0, accountPassword)
	w.fill(1, device)
	w.press(w.say("do.continue"))
	w.see(w.say("key.title"))
}

// allowsIn signs in at the page that is open, and lets a device's window answer.
func (c *comeback) allowsIn(w *window) {
	c.t.Helper()
	c.b.signIn(accountName, accountPassword)
	w.see(w.say("ask.title"))
	w.press(w.say("ask.allow"))
	c.b.enter(w.code())
}

// asks opens a new device's window, which asks to come back and waits, while the
// laptop tells of it.
func (c *comeback) asks() {
	c.t.Helper()
	other := c.beside()
	c.fresh = other.openWindow("--data", other.path("data/countersign"))
	w := c.fresh
	w.move(864, 60)
	w.resize(besideWidth, besideHeight)
	w.press(w.say("start.recover"))
	w.press(w.say("recover.password"))
	w.press(w.say("recover.key"))
	w.see(w.say("recover.how.regain"))
	w.press(w.say("do.continue"))
	w.see(w.say("regain.title"))
	for i, text := range []string{c.server.origin, accountName, accountPassword, newDevice} {
		w.fill(i, text)
	}
	w.press(w.say("do.continue"))
	w.see(w.say("regain.key"))
	w.write(strings.ToLower(strings.ReplaceAll(c.key, "-", " ")))
	w.press(w.say("regain.do"))
	w.see(w.say("regain.waits"))
	c.laptop.see(c.say("wait.device", "Device", newDevice))
	c.laptop.find(c.say("wait.stop"))
	c.shoot("35-the-new-device-waits-and-the-laptop-tells.png")
}

// stops stops it on the laptop.
func (c *comeback) stops() {
	c.t.Helper()
	c.laptop.press(c.say("wait.stop"))
	c.laptop.see(c.say("wait.stop.title"))
	c.shoot("42-on-the-laptop-she-may-stop-it.png")
	c.laptop.press(c.say("wait.stop"))
	c.laptop.see(c.say("wait.stopped.device"))
	c.looksAt(c.fresh)
	c.fresh.see(c.say("regain.stopped"))
	c.fresh.see(c.say("regain.by.device"))
	c.shoot("43-stopped-and-the-new-device-says-so.png")
}

// waits lets a day pass. A device that waits asks seldom, but whenever a person
// brings its window to the front.
func (c *comeback) waits() {
	c.t.Helper()
	c.server.moves("25h")
	c.looksAt(c.fresh)
	c.fresh.see(c.say("regain.ready"))
	c.shoot("36-a-day-later-the-wait-is-over.png")
}

// looksAt brings a window to the front, from behind the other one.
func (c *comeback) looksAt(w *window) {
	c.t.Helper()
	for _, next := range []*window{c.laptop, w} {
		next.hand("windowactivate", "--sync", next.handle())
		c.wait("the window in front", next.active)
	}
}

// comesBack takes the new key, and gives the laptop up.
func (c *comeback) comesBack() {
	c.t.Helper()
	w := c.fresh
	w.fill(0, accountPassword)
	w.press(w.say("regain.ready.do"))
	w.see(w.say("regain.new"))
	c.newKey = w.recoveryKey()
	if c.newKey == c.key {
		c.t.Error("the new recovery key is the old one")
	}
	c.shoot("37-there-is-a-new-recovery-key.png")
	w.press(w.say("key.written"))
	w.see(w.say("back.title"))
	w.write(c.newKey)
	w.press(w.say("do.continue"))
	w.see(w.say("regain.lost"))
	w.press(oldDevice)
	c.shoot("38-the-laptop-is-ticked-as-lost.png")
	w.press(w.say("regain.finish"))
	w.see(w.say("regain.done", "Name", accountName))
	w.see(w.say("regain.done.gone", "Names", oldDevice))
	c.laptop.see(c.say("notice.removed"))
	c.shoot("39-she-is-back-and-the-laptop-is-removed.png")
}

// signsInAgain lets the new device answer.
func (c *comeback) signsInAgain() {
	c.t.Helper()
	w := c.fresh
	w.press(w.say("ready.done"))
	w.see(w.say("home.quiet"))
	c.shoot("40-home-on-the-new-device.png")
	c.b.visit(c.server.origin + "/account")
	c.b.arrive("/") // a browser stays signed in for a day
	c.allowsIn(w)
	w.see(w.say("home.quiet"))
	w.press(w.say("go.activity"))
	w.see(w.say("activity.sign-ins"))
	c.shoot("41-what-happened.png")
}

// hidden sees that no program said a secret.
func (c *comeback) hidden(keys ...string) {
	c.t.Helper()
	secrets := []string{accountPassword}
	for _, key := range keys {
		secrets = append(secrets, key, strings.ReplaceAll(key, "-", ""))
	}
	c.laptop.hides(c.t, secrets...)
	c.fresh.hides(c.t, secrets...)
	c.server.hides(secrets...)
}

// looksAround opens on the laptop what there is for the day when something is lost.
func (c *comeback) looksAround() {
	if c.pictures == "" {
		return
	}
	w := c.laptop
	c.shoot("31-home-tells-whether-she-would-get-back-in.png")
	w.press(w.say("go.recovery"))
	w.see(w.say("safe.key.check"))
	c.shoot("32-recovery.png")
	w.press(w.say("safe.print"))
	w.fill(0, accountPassword)
	w.press(w.say("do.continue"))
	w.see(w.say("safe.kit.title"))
	c.shoot("33-a-page-for-the-drawer.png")
	w.press(w.say("do.close"))
	w.press(w.say("offline.title"))
	w.press(w.say("offline.switch-on"))
	w.see(w.say("offline.on.title"))
	w.fill(0, accountPassword)
	w.press(w.say("offline.switch-on"))
	w.see(w.say("offline.body"))
	c.shoot("34-a-code-without-a-network.png")
	w.press(w.say("do.back"))
	w.press(w.say("go.home"))
	w.see(w.say("home.quiet"))
}
