package e2e

import (
	"fmt"
	"sync"

	"github.com/godbus/dbus/v5"
)

const (
	watcherName  = "org.kde.StatusNotifierWatcher"
	itemName     = "org.kde.StatusNotifierItem"
	notifierName = "org.freedesktop.Notifications"
	notifierPath = dbus.ObjectPath("/org/freedesktop/Notifications")
)

// shell stands in for the desktop's shell on the story's own bus: it shows tray
// icons and notifications to nobody, and remembers them.
type shell struct {
	d    *desk
	conn *dbus.Conn

	mu    sync.Mutex
	items []string // bus names of the programs with an icon
	shown []*notification
	open  map[uint32]bool
}

// notification is one call of Notify.
type notification struct {
	id, replaces   uint32
	summary, body  string
	actions        []string
	urgency        byte
	timeout        int32
	hints, strings string // everything in it as text
}

// startShell gives the desktop a tray and notifications.
func (d *desk) startShell() *shell {
	conn, err := dbus.Connect(d.address)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { conn.Close() })
	s := &shell{d: d, conn: conn, open: make(map[uint32]bool)}
	s.own(&watcher{s}, "/StatusNotifierWatcher", watcherName)
	s.own(&notifier{s}, notifierPath, notifierName)
	return s
}

func (s *shell) own(object any, path dbus.ObjectPath, name string) {
	if err := s.conn.Export(object, path, name); err != nil {
		s.d.t.Fatal(err)
	}
	if _, err := s.conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil {
		s.d.t.Fatal(err)
	}
}

// endTray takes the tray away, as when a panel crashes; begun again it is a new one.
func (s *shell) endTray() {
	if _, err := s.conn.ReleaseName(watcherName); err != nil {
		s.d.t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items = nil
}

func (s *shell) beginTray() { s.own(&watcher{s}, "/StatusNotifierWatcher", watcherName) }

type watcher struct{ s *shell }

// RegisterStatusNotifierItem is how a program asks for an icon.
func (w *watcher) RegisterStatusNotifierItem(_ string, from dbus.Sender) *dbus.Error {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	w.s.items = append(w.s.items, string(from))
	return nil
}

type notifier struct{ s *shell }

// GetCapabilities says that actions can be shown.
func (n *notifier) GetCapabilities() ([]string, *dbus.Error) { return []string{"actions", "body"}, nil }

// Notify remembers a notification.
func (n *notifier) Notify(app string, replaces uint32, icon, summary, body string, actions []string, hints map[string]dbus.Variant, timeout int32) (uint32, *dbus.Error) {
	n.s.mu.Lock()
	defer n.s.mu.Unlock()
	id := replaces
	if id == 0 {
		id = uint32(len(n.s.shown) + 1)
	}
	urgency, _ := hints["urgency"].Value().(byte)
	n.s.shown = append(n.s.shown, &notification{
		id: id, replaces: replaces, summary: summary, body: body, actions: actions, urgency: urgency, timeout: timeout,
		strings: fmt.Sprint(app, icon, summary, body, actions), hints: fmt.Sprint(hints),
	})
	n.s.open[id] = true
	return id, nil
}

// CloseNotification takes one away.
func (n *notifier) CloseNotification(id uint32) *dbus.Error {
	n.s.mu.Lock()
	delete(n.s.open, id)
	n.s.mu.Unlock()
	return nil
}

// notifications gives all that were sent, and how many are still shown.
func (s *shell) notifications() (all []*notification, open int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(all, s.shown...), len(s.open)
}

// click does what a person does who clicks the notification.
func (s *shell) click(n *notification) {
	if err := s.conn.Emit(notifierPath, notifierName+".ActionInvoked", n.id, "default"); err != nil {
		s.d.t.Fatal(err)
	}
}

// item waits for the icon in the tray.
func (s *shell) item() dbus.BusObject {
	s.d.t.Helper()
	var name string
	s.d.wait("an icon in the tray", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.items) > 0 {
			name = s.items[len(s.items)-1]
		}
		return name != ""
	})
	return s.conn.Object(name, "/StatusNotifierItem")
}

// icon gives the icon's picture, to tell one from another.
func (s *shell) icon() string {
	v, err := s.item().GetProperty(itemName + ".IconPixmap")
	if err != nil {
		return ""
	}
	return fmt.Sprint(v.Value())
}

// activate clicks the icon.
func (s *shell) activate() {
	if err := s.item().Call(itemName+".Activate", 0, int32(5), int32(5)).Err; err != nil {
		s.d.t.Fatalf("clicking the icon: %v", err)
	}
}

// choose clicks a line of the icon's menu.
func (s *shell) choose(label string) {
	s.d.t.Helper()
	menu, lines := s.menu()
	for id, text := range lines {
		if text == label {
			if err := menu.Call("com.canonical.dbusmenu.Event", 0, id, "clicked", dbus.MakeVariant(""), uint32(0)).Err; err != nil {
				s.d.t.Fatalf("choosing %q: %v", label, err)
			}
			return
		}
	}
	s.d.fail("the tray's menu has %v, not %q", lines, label)
}

// menu reads the icon's menu, wherever the icon says that it is.
func (s *shell) menu() (menu dbus.BusObject, lines map[int32]string) {
	s.d.t.Helper()
	item := s.item()
	at, err := item.GetProperty(itemName + ".Menu")
	if err != nil {
		s.d.t.Fatal(err)
	}
	path, _ := at.Value().(dbus.ObjectPath)
	menu = s.conn.Object(item.Destination(), path)
	var revision uint32
	var layout struct {
		ID       int32
		Props    map[string]dbus.Variant
		Children []dbus.Variant
	}
	if err := menu.Call("com.canonical.dbusmenu.GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &layout); err != nil {
		s.d.t.Fatalf("reading the menu: %v", err)
	}
	lines = make(map[int32]string)
	for _, child := range layout.Children {
		var line struct {
			ID       int32
			Props    map[string]dbus.Variant
			Children []dbus.Variant
		}
		if err := dbus.Store([]any{child.Value()}, &line); err != nil {
			s.d.t.Fatal(err)
		}
		lines[line.ID], _ = line.Props["label"].Value().(string)
	}
	return menu, lines
}
