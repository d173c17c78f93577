package ui

import (
	"context"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
)

// Options are what the screens need beside the device. Every field may be zero.
type Options struct {
	Hidden  bool // start without showing the window
	Desktop Desktop
	OpenURL func(address string) error // default: the fyne.App's

	Version    string
	DeviceName string     // proposed for this device, usually the host name
	Kind       trust.Kind // proposed for this device

	// Scanner reads pairing pictures; without one they cannot be scanned here.
	Scanner Scanner
	// Paper makes the recovery key's page; without it the page cannot be had here.
	Paper Paper
	// Stopper lets who has no trusted device stop what waits; without one that is
	// not offered here.
	Stopper Stopper

	// Folder is where files are proposed to be saved; default the person's downloads.
	Folder string

	// Dispatch runs f on the window's goroutine; default fyne.Do.
	Dispatch func(f func())
	// Go runs work that takes time beside the window; default a goroutine.
	Go func(work func())
	// Now is the clock; default time.Now.
	Now func() time.Time
	// Every calls f on the window's goroutine each d until stop; default a time.Ticker.
	Every func(d time.Duration, f func()) (stop func())
}

// Desktop is what surrounds the window: the bell and the tray. Its methods are
// called on the window's goroutine and return at once.
type Desktop interface {
	// Ring says that somebody asks; it never says who.
	Ring()
	// Quiet takes the ringing back: nobody asks any more.
	Quiet()
	// TrayState draws the tray's icon.
	TrayState(s TrayState)
}

// TrayState is what the tray icon says.
type TrayState int

// The states of the tray icon.
const (
	TrayIdle TrayState = iota
	TrayAsking
	TrayOffline
)

// Opener makes the device ready, asking the person through ask where it must.
// It is called on a goroutine of its own.
type Opener func(ctx context.Context, ask Asker) (Device, error)

// Asker asks the person who starts the app. Its methods wait for the answer, or
// give the context's error.
type Asker interface {
	// NewPassphrase asks for a passphrase to seal a new vault file with.
	NewPassphrase(ctx context.Context) ([]byte, error)
	// Passphrase asks for the passphrase of the vault file; wrong says that the
	// last one did not open it.
	Passphrase(ctx context.Context, wrong bool) ([]byte, error)
	// Keyring says why the keyring is of no use now, and whether to use a file
	// instead; if not, it was time to try again.
	Keyring(ctx context.Context, t app.Trouble) (useFile bool, err error)
}

type noDesktop struct{}

func (noDesktop) Ring()               {}
func (noDesktop) Quiet()              {}
func (noDesktop) TrayState(TrayState) {}
