//go:build (linux && !android) || dragonfly || freebsd || netbsd || openbsd

package vault

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"
)

// go-keyring speaks to the Secret Service without deadlines, over a connection
// it shares with the rest of the process, and takes any signal on that
// connection for the end of a prompt. Asking and unlocking are therefore done
// here, on a connection of our own; go-keyring then finds an open collection.

// Names of the Secret Service API, as published at
// https://specifications.freedesktop.org/secret-service/.
const (
	secrets          = "org.freedesktop.secrets"
	secretsPath      = dbus.ObjectPath("/org/freedesktop/secrets")
	secretService    = "org.freedesktop.Secret.Service"
	secretCollection = "org.freedesktop.Secret.Collection"
	secretPrompt     = "org.freedesktop.Secret.Prompt"
	secretIsLocked   = "org.freedesktop.Secret.Error.IsLocked"

	// loginCollection is the one go-keyring prefers to the default one.
	loginCollection = dbus.ObjectPath("/org/freedesktop/secrets/collection/login")
	noObject        = dbus.ObjectPath("/")
)

// ringPresent refuses before anything is called when there is no session bus:
// godbus would start one, with a keyring in it, and leave both behind.
func ringPresent() error {
	_, err := sessionBus()
	return err
}

// sessionBus returns the address of the session bus. godbus itself looks in
// /run/user/UID only, so a bus found in XDG_RUNTIME_DIR has to be named to it.
func sessionBus() (string, error) {
	address := os.Getenv("DBUS_SESSION_BUS_ADDRESS")
	if address != "" && !strings.HasPrefix(address, "autolaunch:") {
		return address, nil
	}
	dir := os.Getenv("XDG_RUNTIME_DIR")
	socket := filepath.Join(dir, "bus")
	info, err := os.Stat(socket)
	if dir == "" || err != nil || info.Mode().Type() != os.ModeSocket {
		return "", fmt.Errorf("no session bus: %w", ErrUnavailable)
	}
	address = "unix:path=" + dbus.EscapeBusAddressValue(socket)
	if err := os.Setenv("DBUS_SESSION_BUS_ADDRESS", address); err != nil {
		return "", fmt.Errorf("naming session bus: %w", err)
	}
	return address, nil
}

func ringProbe(ctx context.Context) error {
	conn, collection, err := findCollection(ctx)
	if err != nil {
		return serviceError(ctx, err)
	}
	defer conn.Close()
	locked, err := property[bool](ctx, conn.Object(secrets, collection), secretCollection, "Locked")
	if err != nil {
		return serviceError(ctx, err)
	}
	if locked {
		return ErrLocked
	}
	return nil
}

// ringUnlock asks the keyring to unlock and waits for the person's answer.
// A dismissed prompt is ErrLocked; when ctx ends the prompt is taken away.
func ringUnlock(ctx context.Context) error {
	conn, collection, err := findCollection(ctx)
	if err != nil {
		return serviceError(ctx, err)
	}
	defer conn.Close()
	var done []dbus.ObjectPath
	var prompt dbus.ObjectPath
	err = conn.Object(secrets, secretsPath).
		CallWithContext(ctx, secretService+".Unlock", 0, []dbus.ObjectPath{collection}).Store(&done, &prompt)
	if err != nil {
		return serviceError(ctx, err)
	}
	if prompt == noObject {
		return nil
	}
	return serviceError(ctx, answer(ctx, conn, prompt))
}

// answer shows a prompt and waits until the person is through with it.
func answer(ctx context.Context, conn *dbus.Conn, prompt dbus.ObjectPath) error {
	err := conn.AddMatchSignalContext(ctx,
		dbus.WithMatchObjectPath(prompt), dbus.WithMatchInterface(secretPrompt), dbus.WithMatchMember("Completed"))
	if err != nil {
		return err
	}
	signals := make(chan *dbus.Signal, 1)
	conn.Signal(signals)
	object := conn.Object(secrets, prompt)
	if err := object.CallWithContext(ctx, secretPrompt+".Prompt", 0, "").Err; err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			// Left alone, the window stays although nobody waits for it.
			object.Go(secretPrompt+".Dismiss", dbus.FlagNoReplyExpected, nil)
			return ctx.Err()
		case signal, open := <-signals:
			if !open {
				return dbus.ErrClosed
			}
			if signal.Path == prompt && signal.Name == secretPrompt+".Completed" {
				return completed(signal)
			}
		}
	}
}

func completed(signal *dbus.Signal) error {
	dismissed := true
	if len(signal.Body) > 0 {
		dismissed, _ = signal.Body[0].(bool)
	}
	if dismissed {
		return ErrLocked
	}
	return nil
}

// findCollection connects and names the collection that go-keyring will use:
// the one called login, else the default one. Without either there is no
// keyring yet, and go-keyring cannot make one.
func findCollection(ctx context.Context) (*dbus.Conn, dbus.ObjectPath, error) {
	conn, err := connect(ctx)
	if err != nil {
		return nil, "", err
	}
	path, err := collectionPath(ctx, conn.Object(secrets, secretsPath))
	if err != nil {
		conn.Close()
		return nil, "", err
	}
	return conn, path, nil
}

// connect makes a connection of our own. ctx bounds the making only: a prompt
// can be taken away only over the connection that asked for it.
func connect(ctx context.Context) (*dbus.Conn, error) {
	address, err := sessionBus()
	if err != nil {
		return nil, err
	}
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	defer context.AfterFunc(ctx, end)()
	conn, err := dbus.Connect(address, dbus.WithContext(life))
	if err != nil {
		end()
		return nil, err
	}
	return conn, nil
}

func collectionPath(ctx context.Context, service dbus.BusObject) (dbus.ObjectPath, error) {
	all, err := property[[]dbus.ObjectPath](ctx, service, secretService, "Collections")
	if err != nil {
		return "", err
	}
	if slices.Contains(all, loginCollection) {
		return loginCollection, nil
	}
	var path dbus.ObjectPath
	err = service.CallWithContext(ctx, secretService+".ReadAlias", 0, "default").Store(&path)
	if err != nil {
		return "", err
	}
	if path == noObject {
		return "", fmt.Errorf("no keyring was ever made: %w", ErrUnavailable)
	}
	return path, nil
}

func property[T any](ctx context.Context, object dbus.BusObject, iface, name string) (T, error) {
	var value T
	var variant dbus.Variant
	err := object.CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, iface, name).Store(&variant)
	if err != nil {
		return value, err
	}
	return value, variant.Store(&value)
}

// serviceError says in this package's terms why the Secret Service gave up.
func serviceError(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrLocked), errors.Is(err, ErrUnavailable):
		return err
	case ctx.Err() != nil:
		return interrupted(ctx)
	case ringLocked(err):
		return ErrLocked
	}
	return fmt.Errorf("%w (%v)", ErrUnavailable, err)
}

// ringLocked recognises a refusal to unlock. go-keyring has one untyped text
// for it; the service has a name.
func ringLocked(err error) bool {
	var refusal dbus.Error
	if errors.As(err, &refusal) && refusal.Name == secretIsLocked {
		return true
	}
	return strings.Contains(err.Error(), "failed to unlock")
}
