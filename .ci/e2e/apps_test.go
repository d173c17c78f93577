package e2e

import (
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// opensServices is a backend's configuration with two services, which programs may
// ask about over HTTP.
const opensServices = `
[[service]]
id = "imap"
kind = "mail"
address = "imaps://mail.example.org"
send = "submission://mail.example.org"

[[service]]
id = "xmpp"
kind = "chat"

[check]
`

// refusedWithin is how long a removed app password may still open something.
const refusedWithin = time.Second

// The mail program's address as the mail server names it, and its network as it is kept.
const readerAddress, readerNetwork = "203.0.113.7", "203.0.113.0/24"

// letIn is somebody whose mail program cannot ask for a code.
type letIn struct {
	*window
	server   *daemon
	pictures string // folder for them; "" = none
	name     string // of the app password
	secret   string // the app password
}

// TestAppsInAWindow makes an app password for mail, copies it into another
// program, lets it open mail and not chat, and removes it: refused at once, grey in
// the list, and the page says so when a program goes on trying.
func TestAppsInAWindow(t *testing.T) { tellApps(t, "") }

func tellApps(t *testing.T, pictures string) {
	l := newLetIn(t, pictures)
	l.makes()
	l.copies()
	l.opens()
	l.removesIt()
	l.isTold()
	l.hides(t, accountPassword, l.secret)
	l.server.hides(accountPassword, l.secret)
}

// newLetIn sets an account up on a server that opens services.
func newLetIn(t *testing.T, pictures string) *letIn {
	d := newDesk(t)
	d.startKeyring()
	l := &letIn{server: d.startDaemonWith(opensServices), pictures: pictures}
	l.window = d.openWindow("--data", d.path("data/countersign"))
	l.move(4, 60)
	l.resize(besideWidth, besideHeight)
	l.setsUpWith(l.server.invite(accountName), oldDevice)
	l.typeBack(l.recoveryKey())
	l.press(l.say("trial.later"))
	return l
}

func (l *letIn) shoot(name string) {
	l.t.Helper()
	if l.pictures != "" {
		l.photograph(filepath.Join(l.pictures, name))
	}
}

// makes makes one: two presses, the password, a third.
func (l *letIn) makes() {
	l.t.Helper()
	l.press(l.say("go.apps"))
	l.see(l.say("apps.empty"))
	l.press(l.say("apps.make"))
	l.see(l.say("apps.for"))
	l.shoot("50-what-is-the-app-password-for.png")
	l.press("Mail")
	l.see(l.say("apps.make.title", "Service", "Mail"))
	l.name = l.say("apps.proposed", "Service", "Mail", "Device", oldDevice)
	l.focus("") // at the password: the name is proposed
	l.write(accountPassword)
	l.press(l.say("apps.make.do"))
	l.see(l.say("apps.shown", "Service", "Mail"))
	l.secret = strings.Join(l.groups(), "-")
}

// groups reads the app password's six groups, which stand under what is said of them.
func (l *letIn) groups() (all []string) {
	l.t.Helper()
	group := regexp.MustCompile(`^[0-9a-z]{4}$`)
	said := false
	for _, x := range l.front() {
		said = said || x.Text == l.say("apps.shown.body", "Service", "Mail")
		if said && x.Type == "widgets.Text" && group.MatchString(x.Text) && len(all) < 6 {
			all = append(all, x.Text)
		}
	}
	if len(all) != 6 {
		l.fail("an app password has six groups of four, this one %q", all)
	}
	return all
}

// copies copies it and pastes it into a field of another program, which is asked for
// its name.
func (l *letIn) copies() {
	l.t.Helper()
	desk := l.beside()
	other := desk.openWindow("--data", desk.path("data/countersign"))
	other.move(864, 60)
	other.resize(besideWidth, besideHeight)
	other.press(other.say("start.pair"))
	l.hand("windowactivate", "--sync", l.handle())
	l.press(l.say("apps.copy"))
	l.see(l.say("apps.copied"))
	other.fill(0, "Thunderbird")
	other.key("ctrl+a")
	other.key("ctrl+v")
	other.wait("what was copied", func() bool { all := other.entries(); return len(all) > 0 && all[0].Text == l.secret })
	l.shoot("51-made-shown-once-copied-into-a-program.png")
	other.quit()
	other.hides(l.t, l.secret)
	l.press(l.say("apps.typed"))
	l.see(l.say("apps.dot", "First", "Mail", "Second", l.say("apps.never")))
	if l.shows(l.secret[:4]) {
		l.fail("the app password is still on the screen")
	}
}

// opens lets the app password open mail, and nothing else.
func (l *letIn) opens() {
	l.t.Helper()
	for _, c := range []struct {
		service, password string
		want              int
	}{
		{"imap", l.secret, http.StatusOK},
		{"imap", strings.ToUpper(strings.ReplaceAll(l.secret, "-", " ")), http.StatusOK},
		{"xmpp", l.secret, http.StatusUnauthorized},
		{"imap", accountPassword, http.StatusUnauthorized},
	} {
		if got := l.server.check(c.service, c.password); got != c.want {
			l.t.Errorf("asked for %s, the backend answers %d, want %d", c.service, got, c.want)
		}
	}
	used, _, _ := strings.Cut(l.say("apps.used"), "{{")
	l.wait("the use in the list", func() bool { // the backend writes uses every other second
		l.press(l.say("go.home"))
		l.press(l.say("go.apps"))
		return eventually(time.Second, func() bool { return l.shows(used) && l.shows(readerNetwork) })
	})
	l.shoot("52-it-was-used.png")
}

// check asks the backend as a mail server would, and gives the status.
func (s *daemon) check(service, password string) int {
	s.t.Helper()
	r, err := http.NewRequest(http.MethodGet, s.origin+"/v1/check/"+service, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.SetBasicAuth(accountName, password)
	r.Header.Set("X-Forwarded-For", readerAddress)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.fail("asking for %s: %v", service, err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

// removesIt ends it: what the window says is true at once.
func (l *letIn) removesIt() {
	l.t.Helper()
	l.press(l.name)
	l.see(l.say("apps.use"))
	l.press(l.say("apps.remove"))
	l.see(l.say("apps.remove.body"))
	l.fill(0, accountPassword)
	l.press(l.say("apps.remove"))
	pressed := time.Now()
	l.see(l.say("apps.remove.done", "Name", l.name))
	said := time.Now()
	if !eventually(refusedWithin, func() bool { return l.server.check("imap", l.secret) == http.StatusUnauthorized }) {
		l.fail("a second after the window said that it is removed it still opens mail")
	}
	l.t.Logf("removed %v after the press, refused within %v of that", said.Sub(pressed).Round(time.Millisecond), time.Since(said).Round(time.Millisecond))
	l.see(l.say("apps.dead"))
	l.see(l.say("apps.dot", "First", "Mail", "Second", l.say("apps.removed", "Date", l.say("day.word-today"))))
	l.shoot("53-removed-and-grey-in-the-list.png")
}

// isTold learns that a program goes on trying.
func (l *letIn) isTold() {
	l.t.Helper()
	l.server.check("imap", l.secret)
	l.see(l.say("apps.stale", "Name", l.name))
	l.see(l.say("apps.tried.do"))
	l.see(readerNetwork)
	l.find(l.say("apps.again"))
	l.shoot("54-a-program-goes-on-trying.png")
}
