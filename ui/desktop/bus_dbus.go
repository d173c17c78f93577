//go:build (linux || freebsd || openbsd || netbsd) && !android

package desktop

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/godbus/dbus/v5"
)

var errNoBus = errors.New("no session bus")

// connect opens a connection of our own to the session bus. The one that godbus
// shares within a process is Fyne's and the keyring's as well, and whoever waits
// there for a signal gets everybody's.
//
// ctx bounds the connecting only: at the end there is still something to take
// back.
func connect(ctx context.Context) (*dbus.Conn, error) {
	address, err := sessionBus()
	if err != nil {
		return nil, err
	}
	life, hangUp := context.WithCancel(context.Background())
	stop := context.AfterFunc(ctx, hangUp)
	conn, err := dbus.Connect(address, dbus.WithContext(life))
	if !stop() || err != nil {
		hangUp()
		return nil, errors.Join(errNoBus, err)
	}
	return conn, nil
}

// sessionBus finds the bus that runs; godbus itself would start one and leave it
// behind.
func sessionBus() (string, error) {
	address := os.Getenv("DBUS_SESSION_BUS_ADDRESS")
	if address != "" && !strings.HasPrefix(address, "autolaunch:") {
		return address, nil
	}
	dir := os.Getenv("XDG_RUNTIME_DIR")
	socket := filepath.Join(dir, "bus")
	if info, err := os.Stat(socket); dir == "" || err != nil || info.Mode().Type() != os.ModeSocket {
		return "", errNoBus
	}
	return "unix:path=" + dbus.EscapeBusAddressValue(socket), nil
}

// call calls a method and waits for the answer, callLife at most.
func call(ctx context.Context, o dbus.BusObject, method string, args ...any) *dbus.Call {
	ctx, cancel := context.WithTimeout(ctx, callLife)
	defer cancel()
	return o.CallWithContext(ctx, method, 0, args...)
}
