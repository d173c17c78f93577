//go:build linux && !android

package desktop

import (
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"fyne.io/fyne/v2/test"
	"github.com/godbus/dbus/v5"

	"github.com/countersign/countersign/ui"
)

// counted are the hooks of a test.
type counted struct{ shown, checked, quit, gone atomic.Int32 }

func (c *counted) hooks() hooks {
	add := func(n *atomic.Int32) func() { return func() { n.Add(1) } }
	return hooks{show: add(&c.shown), check: add(&c.checked), quit: add(&c.quit), trayGone: add(&c.gone)}
}

func begunShell(t *testing.T) (*shell, *counted) {
	t.Helper()
	c := &counted{}
	s := newShell(test.NewTempApp(t), c.hooks(), slog.New(slog.DiscardHandler))
	s.begin()
	t.Cleanup(s.close)
	return s, c
}

func TestRingReplacesAndQuietTakesBack(t *testing.T) {
	newBus(t)
	server := newServer(t, "actions")
	s, _ := begunShell(t)
	s.ring()
	first := server.heard(t, 1, 0)[0]
	if first.urgency != 2 || first.timeout <= 0 || first.timeout > 10*60*1000 || len(first.actions) != 2 || first.actions[0] != "default" {
		t.Errorf("it rang with %+v", first)
	}
	if first.width != 64 || first.stride != 256 {
		t.Errorf("the picture is %d wide with lines of %d bytes", first.width, first.stride)
	}
	s.ring()
	if second := server.heard(t, 2, 0)[1]; second.replaces != first.id {
		t.Errorf("the second ring replaces %d, the first was %d", second.replaces, first.id)
	}
	s.quiet()
	server.heard(t, 2, 1)
	s.ring()
	if third := server.heard(t, 3, 1)[2]; third.replaces != 0 {
		t.Errorf("a ring after quiet replaces %d", third.replaces)
	}
}

// What is on the bus is read by every program of this person, and what is on the
// screen by everybody: each ring is the same.
func TestRingsAreAlike(t *testing.T) {
	newBus(t)
	server := newServer(t, "actions")
	s, _ := begunShell(t)
	for n := range 3 {
		s.ring()
		server.heard(t, n+1, n)
		s.quiet()
		server.heard(t, n+1, n+1)
	}
	all, _ := server.all()
	for _, one := range all {
		if one.all != all[0].all || one.title != askingMessage().title || one.body != askingMessage().body {
			t.Errorf("a ring says %q, another %q", one.title+one.body, all[0].title+all[0].body)
		}
	}
}

// News is quiet, says nothing of what it is, is not taken away by somebody who asks,
// and leads to the window when it is clicked.
func TestNewsIsQuietAndStays(t *testing.T) {
	newBus(t)
	server := newServer(t, "actions")
	s, c := begunShell(t)
	s.ring()
	server.heard(t, 1, 0)
	s.sayNews()
	news := server.heard(t, 2, 0)[1]
	if news.urgency != 1 || news.replaces != 0 || news.timeout <= 0 || news.title != newsMessage().title || news.body != newsMessage().body {
		t.Errorf("it says %+v", news)
	}
	s.quiet()
	if server.heard(t, 2, 1); c.shown.Load() != 0 {
		t.Error("it brings the window forward by itself")
	}
	if _, closed := server.all(); closed[0] == news.id {
		t.Error("the end of a request takes it away")
	}
	server.signal(t, "ActionInvoked", news.id, "default")
	wait(t, "the window", func() bool { return c.shown.Load() == 1 })
	s.sayNews()
	if again := server.heard(t, 3, 1)[2]; again.replaces != news.id || again.all != news.all {
		t.Errorf("the next one says %+v", again)
	}
	s.close()
	server.heard(t, 3, 2)
}

func TestClickShowsTheWindow(t *testing.T) {
	newBus(t)
	server := newServer(t, "actions")
	s, c := begunShell(t)
	s.ring()
	id := server.heard(t, 1, 0)[0].id
	server.signal(t, "ActionInvoked", id+1, "default") // somebody else's
	server.signal(t, "ActionInvoked")                  // nobody's
	server.signal(t, "ActionInvoked", id, "default")
	wait(t, "the window", func() bool { return c.shown.Load() == 1 })
	server.signal(t, "NotificationClosed", id, uint32(2))
	server.signal(t, "ActionInvoked", id, "default") // after its end
	wait(t, "a ring that does not replace the notification that the person closed", func() bool {
		s.ring()
		all, _ := server.all()
		return slices.ContainsFunc(all[1:], func(one said) bool { return one.replaces == 0 })
	})
	if c.shown.Load() != 1 {
		t.Errorf("shown %d times", c.shown.Load())
	}
}

func TestServerWithoutActions(t *testing.T) {
	newBus(t)
	server := newServer(t, "body")
	s, _ := begunShell(t)
	s.ring()
	if one := server.heard(t, 1, 0)[0]; len(one.actions) != 0 {
		t.Errorf("it was sent the actions %v", one.actions)
	}
}

// A notification server that hangs keeps nothing else: the window's goroutine
// goes on, and what it wants meanwhile comes to one notification.
func TestServerThatHangs(t *testing.T) {
	newBus(t)
	server := newServer(t, "actions")
	hangs := make(chan struct{})
	server.hangs = hangs
	s, _ := begunShell(t)
	for range 1000 {
		s.ring()
		s.draw(ui.TrayAsking)
	}
	close(hangs)
	wait(t, "a notification", func() bool { all, _ := server.all(); return len(all) > 0 })
	s.quiet()
	wait(t, "its end", func() bool { _, closed := server.all(); return len(closed) > 0 })
	if all, _ := server.all(); len(all) > 3 {
		t.Errorf("%d notifications of one that could be seen", len(all))
	}
}

func TestEndTakesTheNotificationBack(t *testing.T) {
	newBus(t)
	server := newServer(t, "actions")
	s, _ := begunShell(t)
	s.ring()
	server.heard(t, 1, 0)
	s.close()
	server.heard(t, 1, 1)
}

func TestNoBus(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "autolaunch:")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	s, _ := begunShell(t)
	s.ring()
	s.draw(ui.TrayAsking)
	s.quiet()
	if s.hasTray() {
		t.Error("there is a tray without a bus")
	}
}

// hadIcon: systray gives a process one icon.
var hadIcon atomic.Bool

// hosts stands in for a tray that says whether anybody draws it.
type hosts struct {
	there bool
	items chan string
}

func (h *hosts) Get(string, string) (dbus.Variant, *dbus.Error) {
	return dbus.MakeVariant(h.there), nil
}

func (h *hosts) RegisterStatusNotifierItem(_ string, from dbus.Sender) *dbus.Error {
	h.items <- string(from)
	return nil
}

// One test for all of the tray, as a program can have one icon in its life.
func TestTrayComesAndGoes(t *testing.T) {
	if hadIcon.Swap(true) {
		t.Skip("this process had its icon")
	}
	newBus(t)
	s, c := begunShell(t)
	conn := own(t, "org.example.Panel")
	h := &hosts{items: make(chan string, 8)}
	for _, name := range []string{watcher, "org.freedesktop.DBus.Properties"} {
		if err := conn.Export(h, watcherPath, name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.RequestName(watcher, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	s.ring() // goes through the same goroutine, so the tray was looked at before
	if s.hasTray() {
		t.Error("a tray that nobody draws counts")
	}
	h.there = true
	if err := conn.Emit(watcherPath, hostSignal); err != nil {
		t.Fatal(err)
	}
	wait(t, "the tray", s.hasTray)
	item := conn.Object(<-h.items, "/StatusNotifierItem")
	idle := pixels(t, item)
	for _, state := range []ui.TrayState{ui.TrayAsking, ui.TrayOffline} {
		s.draw(state)
		wait(t, "another icon", func() bool { return pixels(t, item) != idle })
		s.draw(ui.TrayIdle)
		wait(t, "the first icon", func() bool { return pixels(t, item) == idle })
	}
	if err := item.Call("org.kde.StatusNotifierItem.Activate", 0, int32(1), int32(1)).Err; err != nil {
		t.Fatal(err)
	}
	wait(t, "the window", func() bool { return c.shown.Load() == 1 })
	if _, err := conn.ReleaseName(watcher); err != nil {
		t.Fatal(err)
	}
	wait(t, "the tray to be missed", func() bool { return !s.hasTray() && c.gone.Load() == 1 })
	if _, err := conn.RequestName(watcher, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	wait(t, "the tray again", s.hasTray)
	<-h.items
}

func pixels(t *testing.T, item dbus.BusObject) string {
	t.Helper()
	v, err := item.GetProperty("org.kde.StatusNotifierItem.IconPixmap")
	if err != nil {
		t.Fatal(err)
	}
	return v.String()
}

// The connection is our own: signals that the shared one gets do not come here,
// and ours not there.
func TestConnectionIsNotShared(t *testing.T) {
	newBus(t)
	server := newServer(t, "actions")
	shared, err := dbus.SessionBus()
	if err != nil {
		t.Fatal(err)
	}
	defer shared.Close()
	foreign := make(chan *dbus.Signal, 8)
	shared.Signal(foreign)
	s, c := begunShell(t)
	s.ring()
	server.signal(t, "ActionInvoked", server.heard(t, 1, 0)[0].id, "default")
	wait(t, "the window", func() bool { return c.shown.Load() == 1 })
	for len(foreign) > 0 {
		if got := <-foreign; strings.HasPrefix(got.Name, notifications) {
			t.Errorf("the shared connection got %s", got.Name)
		}
	}
}

func TestMain(m *testing.M) {
	if err := ui.Speak(); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
