//go:build linux && !android

package desktop

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// newBus starts a session bus for the test alone, which programs find.
func newBus(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("dbus-daemon"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("dbus-daemon is not installed")
		}
		t.Skip("dbus-daemon is not installed (Debian: apt-get install dbus)")
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	socket := "unix:path=" + dbus.EscapeBusAddressValue(filepath.Join(t.TempDir(), "bus"))
	daemon := exec.Command("dbus-daemon", "--session", "--nofork", "--nosyslog", "--address="+socket, "--print-address=3")
	daemon.ExtraFiles = []*os.File{write}
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	t.Cleanup(func() { daemon.Process.Kill(); daemon.Wait() })
	address, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
}

// server stands in for the desktop's notifications.
type server struct {
	conn *dbus.Conn
	can  []string

	mu     sync.Mutex
	said   []said
	closed []uint32
	hangs  chan struct{} // not nil: calls wait for it
}

type said struct {
	id, replaces  uint32
	title, body   string
	actions       []string
	urgency       byte
	timeout       int32
	all           string
	width, stride int32
}

func newServer(t *testing.T, can ...string) *server {
	t.Helper()
	s := &server{conn: own(t, notifications), can: can}
	if err := s.conn.Export(s, notificationsPath, notifications); err != nil {
		t.Fatal(err)
	}
	return s
}

// own gives a connection that owns a name.
func own(t *testing.T, name string) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(os.Getenv("DBUS_SESSION_BUS_ADDRESS"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return conn
}

func (s *server) GetCapabilities() ([]string, *dbus.Error) { return s.can, nil }

func (s *server) Notify(app string, replaces uint32, icon, title, body string, actions []string, hints map[string]dbus.Variant, timeout int32) (uint32, *dbus.Error) {
	s.mu.Lock()
	hangs := s.hangs
	s.mu.Unlock()
	if hangs != nil {
		<-hangs
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	one := said{
		id: replaces, replaces: replaces, title: title, body: body, actions: actions, timeout: timeout,
		all: fmt.Sprint(app, icon, title, body, actions, hints),
	}
	if replaces == 0 {
		one.id = uint32(100 + len(s.said))
	}
	one.urgency, _ = hints["urgency"].Value().(byte)
	if p, ok := hints["image-data"].Value().([]any); ok {
		one.width, one.stride = p[0].(int32), p[2].(int32)
	}
	s.said = append(s.said, one)
	return one.id, nil
}

func (s *server) CloseNotification(id uint32) *dbus.Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = append(s.closed, id)
	return nil
}

func (s *server) all() ([]said, []uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]said(nil), s.said...), append([]uint32(nil), s.closed...)
}

// heard waits until so many notifications came and so many were closed.
func (s *server) heard(t *testing.T, came, closed int) []said {
	t.Helper()
	wait(t, fmt.Sprintf("%d notifications, %d closed", came, closed), func() bool {
		a, c := s.all()
		return len(a) == came && len(c) == closed
	})
	a, _ := s.all()
	return a
}

func (s *server) signal(t *testing.T, name string, values ...any) {
	t.Helper()
	if err := s.conn.Emit(notificationsPath, notifications+"."+name, values...); err != nil {
		t.Fatal(err)
	}
}

func wait(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
