package e2e

import (
	"strings"
	"syscall"
	"testing"
)

const passphrase = "planted passphrase of a file"

// TestKeyringMissing: no session bus, so no keyring. A sentence says so, and a
// file sealed with a passphrase does instead.
func TestKeyringMissing(t *testing.T) {
	d := newDesk(t)
	d.address = ""
	w := d.openWindow("--data", d.path("data/countersign"))
	w.usesFile()
	w.kill()
	w.start("--data", d.path("data/countersign"))
	w.see(d.say("unlock.title"))
	w.fill(0, "not this one")
	w.press(d.say("unlock.open"))
	w.see(d.say("unlock.wrong"))
	w.fill(0, passphrase)
	w.press(d.say("unlock.open"))
	w.see(d.say("trial.title"))
	w.quit()
}

// usesFile chooses a passphrase, and sets an account up that is kept with it.
func (w *window) usesFile() {
	w.t.Helper()
	w.see(w.say("unlock.new.title"))
	w.fill(0, passphrase)
	w.fill(1, passphrase)
	w.press(w.say("unlock.open"))
	w.beginSetUp()
	key := w.recoveryKey()
	w.typeBack(key)
	w.hides(w.t, passphrase, accountPassword, key, strings.ReplaceAll(key, "-", ""))
}

// TestKeyringLocked: the keyring asks its person, who puts the question away; a
// sentence says so, and trying again asks again.
func TestKeyringLocked(t *testing.T) {
	d := newDesk(t)
	d.prompts()
	d.startKeyring()
	d.lockKeyring()
	w := d.openWindow("--data", d.path("data/countersign"))
	d.waitForPrompt(true)
	d.key("Escape")
	w.see(d.say("unlock.locked.title"))
	w.press(d.say("unlock.retry"))
	d.waitForPrompt(true)
	d.write(keyringPassword)
	d.key("Return")
	w.see(d.say("start.title"))
	w.quit()
}

// TestKeyringSilent: the keyring hangs. A sentence says so after a while, and a
// file does instead.
func TestKeyringSilent(t *testing.T) {
	d := newDesk(t)
	d.startKeyring()
	d.keyring.signal(syscall.SIGSTOP)
	w := d.openWindow("--data", d.path("data/countersign"))
	w.see(d.say("unlock.opening"))
	w.usesFile()
	w.quit()
}

// prompts lets programs that the bus starts find the display: the keyring's
// question is a window of such a program.
func (d *desk) prompts() {
	environment := map[string]string{"DISPLAY": d.display, "XDG_RUNTIME_DIR": d.runtime, "HOME": d.home}
	if err := d.conn.BusObject().Call("org.freedesktop.DBus.UpdateActivationEnvironment", 0, environment).Err; err != nil {
		d.t.Fatal(err)
	}
}

// waitForPrompt waits until the keyring's question is there, or gone.
func (d *desk) waitForPrompt(shown bool) {
	d.t.Helper()
	d.wait("the keyring's question", func() bool {
		return (d.maybe("xdotool", "search", "--onlyvisible", "--class", "gcr-prompter") != "") == shown
	})
}
