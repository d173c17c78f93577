package e2e

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

const (
	screenWidth, screenHeight = 1720, 900

	keyringPassword = "keyring story password"
	secrets         = "org.freedesktop.secrets"
)

// desk is one person's desktop: a home, a display with a window manager, a
// session bus, and what else they have.
type desk struct {
	t       testing.TB
	home    string
	runtime string
	frames  string // folder of the display's picture
	display string
	address string // of the session bus; "" = none
	conn    *dbus.Conn
	keyring *process
	port    string // for the backend on this computer
}

// newDesk gives a desktop with a display and a bus, and nothing on it.
func newDesk(t testing.TB) *desk {
	t.Helper()
	need(t, "Xvfb", "openbox", "xdotool", "dbus-daemon", "gnome-keyring-daemon", "chromium", "xdg-open")
	home := t.TempDir()
	d := &desk{t: t, home: home, runtime: makeFolder(t, filepath.Join(home, "run")), frames: makeFolder(t, filepath.Join(home, "frames"))}
	for _, folder := range []string{"config", "data", "cache", "bin"} {
		makeFolder(t, filepath.Join(home, folder))
	}
	d.port = freePort(t)
	d.startDisplay()
	d.startBus()
	return d
}

// beside gives another device's desktop, with a home, a bus and a keyring of its
// own, whose windows are on the same display.
func (d *desk) beside() *desk {
	d.t.Helper()
	home := d.t.TempDir()
	other := &desk{t: d.t, home: home, runtime: makeFolder(d.t, filepath.Join(home, "run")), frames: d.frames, display: d.display, port: freePort(d.t)}
	for _, folder := range []string{"config", "data", "cache", "bin"} {
		makeFolder(d.t, filepath.Join(home, folder))
	}
	other.startBus()
	other.startKeyring()
	return other
}

// env is what programs on this desktop find around them.
func (d *desk) env(more ...string) []string {
	env := []string{
		"HOME=" + d.home, "XDG_RUNTIME_DIR=" + d.runtime, "XDG_CONFIG_HOME=" + d.path("config"),
		"XDG_DATA_HOME=" + d.path("data"), "XDG_CACHE_HOME=" + d.path("cache"), "TMPDIR=" + d.home,
		"PATH=" + os.Getenv("PATH"), "LANG=en_US.UTF-8", "DISPLAY=" + d.display,
		"GDK_BACKEND=x11", themeVariable + "=" + os.Getenv(themeVariable),
	}
	if d.address != "" {
		env = append(env, "DBUS_SESSION_BUS_ADDRESS="+d.address)
	}
	return append(env, more...)
}

func (d *desk) path(name string) string { return filepath.Join(d.home, name) }

func (d *desk) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = d.env()
	return cmd
}

// startDisplay starts Xvfb on a number of its choice, its picture in a file, and
// openbox on it. Without -noreset the server begins anew whenever its last client
// leaves, which the first question below is until openbox has come, and turns
// away who knocks meanwhile.
func (d *desk) startDisplay() {
	read, write, err := os.Pipe()
	if err != nil {
		d.t.Fatal(err)
	}
	defer read.Close()
	x := d.command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", screenWidth, screenHeight),
		"-fbdir", d.frames, "-noreset", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{write}
	begin(d.t, x)
	write.Close()
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		d.t.Fatalf("Xvfb gave no display: %v", err)
	}
	d.display = ":" + strings.TrimSpace(number)
	begin(d.t, d.command("openbox", "--sm-disable"))
	d.wait("a window manager", func() bool {
		return strings.Contains(d.maybe("xprop", "-root", "_NET_SUPPORTING_WM_CHECK"), "window id")
	})
}

// startBus starts a session bus of this desktop's own.
func (d *desk) startBus() {
	read, write, err := os.Pipe()
	if err != nil {
		d.t.Fatal(err)
	}
	defer read.Close()
	socket := "unix:path=" + dbus.EscapeBusAddressValue(d.path("bus"))
	bus := d.command("dbus-daemon", "--session", "--nofork", "--nosyslog", "--address="+socket, "--print-address=3")
	bus.ExtraFiles = []*os.File{write}
	begin(d.t, bus)
	write.Close()
	address, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		d.t.Fatalf("the bus gave no address: %v", err)
	}
	d.address = strings.TrimSpace(address)
	if d.conn, err = dbus.Connect(d.address); err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { d.conn.Close() })
}

// startKeyring starts the desktop's keyring, unlocked.
func (d *desk) startKeyring() {
	cmd := d.command("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	cmd.Stdin = strings.NewReader(keyringPassword)
	d.keyring = begin(d.t, cmd)
	d.wait("the keyring", func() bool { return d.hasOwner(secrets) })
}

// lockKeyring does what a person does who locks it by hand.
func (d *desk) lockKeyring() {
	login := []dbus.ObjectPath{"/org/freedesktop/secrets/collection/login"}
	err := d.conn.Object(secrets, "/org/freedesktop/secrets").Call("org.freedesktop.Secret.Service.Lock", 0, login).Err
	if err != nil {
		d.t.Fatalf("locking the keyring: %v", err)
	}
}

func (d *desk) hasOwner(name string) bool {
	var owned bool
	err := d.conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, name).Store(&owned)
	return err == nil && owned
}

// browserOpens makes the story's browser the one that links open in: what a
// program asks the desktop to open is kept in a file.
func (d *desk) browserOpens() (opened func() string) {
	list, program := d.path("opened"), d.path("bin/browser")
	writeFile(d.t, program, "#!/bin/sh\nprintf '%s\\n' \"$1\" >>'"+list+"'\n", 0o700)
	makeFolder(d.t, d.path("data/applications"))
	writeFile(d.t, d.path("data/applications/story.desktop"), "[Desktop Entry]\nType=Application\nName=Story\nExec="+program+" %u\n", 0o600)
	writeFile(d.t, d.path("config/mimeapps.list"), "[Default Applications]\nx-scheme-handler/http=story.desktop\n", 0o600)
	return func() string {
		text, err := os.ReadFile(list)
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(text))
	}
}

// wait waits for a condition, and fails the test if it does not come true.
func (d *desk) wait(what string, holds func() bool) {
	d.t.Helper()
	if !eventually(patience, holds) {
		d.fail("waited in vain for %s", what)
	}
}

// fail ends the test, and leaves a picture of the display where tests put it.
func (d *desk) fail(format string, args ...any) {
	d.t.Helper()
	if folder := os.Getenv(tourVariable); folder != "" {
		d.photograph(filepath.Join(folder, "failed.png"))
	}
	d.t.Fatalf(format, args...)
}

// maybe runs a program that may fail, which then has nothing to say.
func (d *desk) maybe(name string, args ...string) string {
	out, err := d.command(name, args...).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// listen takes the place where the backend on this computer would listen.
func (d *desk) listen() net.Listener {
	l, err := net.Listen("tcp", "localhost:"+d.port)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { l.Close() })
	return l
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
