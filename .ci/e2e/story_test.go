package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

const (
	accountName     = "anna"
	accountPassword = "planted story password"
)

// story is one person's way through the product.
type story struct {
	*window
	b        *browser
	shell    *shell
	opened   func() string
	key      string // the recovery key, as it was read from the screen
	service  string // who asks, as the last request said
	told     int
	pictures string // folder for them; "" = none
}

// TestStory tells the whole of it.
func TestStory(t *testing.T) { tellStory(t, "") }

func tellStory(t *testing.T, pictures string) {
	d := newDesk(t)
	d.startKeyring()
	s := &story{shell: d.startShell(), opened: d.browserOpens(), pictures: pictures, b: d.openBrowser()}
	s.window = d.openWindow("--data", d.path("data/countersign"))
	s.move(704, 60)
	s.setUp()
	s.trial()
	s.closedWindow()
	s.restarted()
	s.notMe()
	s.quit()
	s.hides(t, accountPassword, s.key, strings.ReplaceAll(s.key, "-", ""))
}

// tell says what happens, and takes its picture.
func (s *story) tell(sentence string) {
	s.t.Helper()
	s.told++
	if s.pictures == "" {
		return
	}
	fmt.Printf("  %2d. %s\n", s.told, sentence)
	name := strings.Trim(strings.Map(letters, strings.ToLower(sentence)), "-")
	s.photograph(filepath.Join(s.pictures, fmt.Sprintf("%02d-%.48s.png", s.told, name)))
}

func letters(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
		return r
	}
	return '-'
}

func (s *story) origin() string { return "http://localhost:" + s.port }

// beginSetUp draws an account on this computer, up to its recovery key.
func (w *window) beginSetUp() {
	w.t.Helper()
	w.askForAccount()
	w.see(w.say("key.title"))
}

func (w *window) askForAccount() {
	w.t.Helper()
	w.see(w.say("start.title"))
	w.press(w.say("start.setup"))
	w.press(w.say("where.local"))
	w.fill(0, accountName)
	w.fill(1, accountPassword)
	w.press(w.say("do.continue"))
}

// typeBack types the recovery key as a person does: small letters, with spaces.
func (w *window) typeBack(key string) {
	w.t.Helper()
	w.press(w.say("key.written"))
	w.see(w.say("back.title"))
	w.write(strings.ToLower(strings.ReplaceAll(key, "-", " ")))
	w.press(w.say("do.continue"))
	w.see(w.say("trial.title"))
}

func (s *story) setUp() {
	s.see(s.say("start.title"))
	s.tell("The app opens: set up, pair, or recover")
	s.beginSetUp()
	s.key = s.recoveryKey()
	s.tell("The recovery key is shown, to be written down")
	s.typeBack(s.key)
	s.see(s.say("trial.waiting"))
	s.tell("It was typed back. One sign-in is left to try")
}

// trial is the first sign-in, by pointer.
func (s *story) trial() {
	s.press(s.say("trial.open"))
	s.wait("the page to be opened", func() bool { return s.opened() == s.origin() })
	s.b.visit(s.opened())
	s.b.see(s.page("signin.title"))
	s.tell("The sign-in page opens in the browser")
	s.b.signIn(accountName, accountPassword)
	s.rings()
	s.tell("Name and password were right: the window comes forward and asks")
	s.press(s.say("ask.allow"))
	code := s.code()
	s.tell("Allow shows a code, for this page only")
	s.b.enter(code)
	s.see(s.say("ready.title"))
	s.tell("The code was right: she is in, and two-step sign-in is on")
	s.press(s.say("ready.done"))
	s.see(s.say("home.quiet"))
	s.tell("Home: nobody is asking")
	s.hides(s.t, code)
}

// rings waits for a request in front of everything, and compares the letters.
func (s *story) rings() {
	s.t.Helper()
	s.b.arrive("/sign-in")
	s.see(s.say("ask.title"))
	s.wait("the window in front", s.active)
	if x, ok := s.focused(); ok {
		s.t.Errorf("%q has the keyboard: a key that was meant for something else would answer", x.Text)
	}
	s.service = s.after(s.say("ask.service"))
	if letters := s.letters(); !strings.Contains(strings.Join(strings.Fields(s.b.text()), ""), letters) {
		s.fail("the window shows the letters %q, the page %q", letters, s.b.text())
	}
	if !s.shows(s.origin()) {
		s.fail("the request does not say where the code belongs")
	}
}

// closedWindow is a sign-in with the window closed, answered by keys alone.
func (s *story) closedWindow() {
	s.close()
	s.wait("the window to be gone", func() bool { return s.handle() == "" })
	s.tell("The window is closed. Its icon in the tray stays")
	idle := s.shell.icon()
	s.b.signOut()
	s.b.signIn(accountName, accountPassword)
	s.rings()
	s.tell("Somebody signs in: it comes back by itself")
	s.notified()
	if s.shell.icon() == idle {
		s.fail("the icon looks as if nobody asked")
	}
	s.window.key("Tab")
	s.focus(s.say("ask.not-me"))
	s.tab(s.say("ask.allow"))
	s.window.key("space")
	code := s.code()
	s.wait("the notification to be taken back", func() bool { _, open := s.shell.notifications(); return open == 0 })
	s.b.enter(code)
	s.see(s.say("result.done", "Service", s.service))
	s.tell("Answered by keys alone: the code was right")
	s.wait("the icon to be quiet", func() bool { return s.shell.icon() == idle })
	s.hides(s.t, code)
}

// notified checks the notification: that it is there, and tells nothing.
func (s *story) notified() {
	s.t.Helper()
	s.wait("a notification", func() bool { _, open := s.shell.notifications(); return open == 1 })
	all, _ := s.shell.notifications()
	last := all[len(all)-1]
	if last.summary != s.say("home.asking") || last.urgency != 2 || last.timeout <= 0 || len(last.actions) == 0 {
		s.t.Errorf("the notification is %+v", last)
	}
	for _, secret := range []string{accountName, s.port, "localhost", s.letters(), "Chrom"} {
		if strings.Contains(last.strings+last.hints, secret) {
			s.t.Errorf("the notification tells %q", secret)
		}
	}
}

// restarted kills the program, starts it again without a window, and it rings.
func (s *story) restarted() {
	s.b.signOut()
	s.kill()
	s.start("--data", s.path("data/countersign"), "--hidden")
	s.shell.item()
	s.wait("the page again", func() bool { return s.b.reaches(s.origin()) && s.b.has("name") })
	s.b.signIn(accountName, accountPassword)
	s.rings()
	s.tell("Killed and started again in the tray, it still rings")
	s.press(s.say("ask.allow"))
	s.b.enter(s.code())
}

// notMe is a sign-in that is refused.
func (s *story) notMe() {
	s.b.signOut()
	s.b.signIn(accountName, accountPassword)
	s.rings()
	s.tab(s.say("ask.not-me"))
	s.window.key("space")
	s.see(s.say("result.not-me"))
	s.b.see(s.page("end.denied"))
	s.tell("Not me: nobody was let in, and there is advice")
}
