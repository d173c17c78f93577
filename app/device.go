package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/client"
)

// ErrClosed says that the device was closed.
var ErrClosed = errors.New("the device is closed")

// Options say where a device lives and what it is made of.
type Options struct {
	Dir       string      // folder for the device's state; several devices may share it
	Vault     vault.Vault // holds the device's keys
	VaultKind VaultKind
	Notice    Notice // about the vault, from ChooseVault

	// Dial gives the backend at an origin; nil dials by HTTP.
	Dial func(origin string) (api.Account, error)
	// Local starts the backend inside this program, which lives as long as ctx;
	// nil where there is none.
	Local func(ctx context.Context) (Local, error)

	OnDemand bool            // keep no standing connection: only calls talk to the backend
	Repair   bool            // go on from what is sound where the state is damaged
	Happened func(Happening) // called in order for everything that happens; must not wait
	Version  string          // of the program, for the backend's log
	Now      func() time.Time
	Rand     io.Reader
	Log      *slog.Logger

	testOnlySave func() error                                                  // stands before every write of the state
	testOnlySeal func(password, secret []byte, rand io.Reader) ([]byte, error) // instead of half a second's work
	testOnlyOpen func(password, sealed []byte) ([]byte, error)                 // likewise
}

// Local is a backend that runs inside this program.
type Local struct {
	URL    string
	Invite func(ctx context.Context, name string) (link string, err error)
}

// Happening is one thing that happened, as it happens. Request is set when
// somebody asks, and was verified.
type Happening struct {
	Activity
	Request *Request
}

// Device is a trusted device without a screen. Its methods may be called from
// any goroutine; those that talk to the backend wait at most as long as ctx.
type Device struct {
	o      Options
	line   *line
	local  *local
	acts   chan action
	kick   chan struct{} // asks the link to try now
	joins  chan struct{} // one token: whoever holds it registers, or writes the vault
	cancel context.CancelFunc
	ended  chan struct{} // closed when the owner is gone
	linked chan struct{} // closed when the link is gone
	view   atomic.Pointer[View]
	faces  faces
}

// Open reads the device in the vault, or finds that there is none yet (the
// view's StageNew), and connects it. It waits for the vault, not for the
// backend. ctx bounds the opening only; Close ends the device.
//
// Errors are the vault's; TroubleOf names them.
func Open(ctx context.Context, o Options) (*Device, error) {
	o = o.withDefaults()
	c, err := openCore(ctx, o)
	if err != nil {
		return nil, err
	}
	life, cancel := context.WithCancel(context.Background())
	d := &Device{
		o: o, acts: make(chan action), kick: make(chan struct{}, 1),
		joins: make(chan struct{}, 1), cancel: cancel, ended: make(chan struct{}), linked: make(chan struct{}),
	}
	d.local = newLocal(life, o.Local)
	d.line = newLine(d)
	d.publish(c)
	go d.own(life, c)
	go d.keepLink(life)
	return d, nil
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.testOnlySeal == nil {
		o.testOnlySeal = vault.SealUnderPassword
	}
	if o.testOnlyOpen == nil {
		o.testOnlyOpen = vault.OpenUnderPassword
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Dial == nil {
		version := o.Version
		o.Dial = func(origin string) (api.Account, error) { return client.New(origin, client.Options{Version: version}) }
	}
	return o
}

// Close ends the device's connection and goroutines and waits for them. What is
// stored stays.
func (d *Device) Close() {
	d.cancel()
	<-d.ended
	<-d.linked
	d.faces.close()
}

// View gives the newest view. It never waits.
func (d *Device) View() View { return *d.view.Load() }

// Watch calls see with the newest view, now and whenever it changed, in a
// goroutine of its own; views in between may be left out. stop ends it and waits
// for a call that is under way, so it must not be called from see.
func (d *Device) Watch(see func(View)) (stop func()) { return d.faces.add(d.View, see) }

// action is something for the owner to do.
type action struct {
	do   func(*core) error
	done chan error // has room, so that the owner never waits
}

// own is the one goroutine that touches the core.
func (d *Device) own(ctx context.Context, c *core) {
	defer close(d.ended)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		timer.Reset(c.nextChange())
		select {
		case a := <-d.acts:
			err := a.do(c)
			d.publish(c) // so that who waits for the action sees what it did
			a.done <- err
		case <-timer.C:
			c.sweep()
			d.publish(c)
		case <-ctx.Done():
			return
		}
	}
}

func (d *Device) publish(c *core) {
	v := c.paint()
	d.view.Store(&v)
	d.faces.changed()
}

// act runs f in the owner's goroutine and waits until the view shows what it
// did. f must not wait for anything but the disk.
func (d *Device) act(ctx context.Context, f func(*core) error) error {
	a := action{do: f, done: make(chan error, 1)}
	select {
	case d.acts <- a:
		return <-a.done
	case <-ctx.Done():
		return fmt.Errorf("waiting for the device: %w", ctx.Err())
	case <-d.ended:
		return ErrClosed
	}
}

// tell is act for what has no answer; after Close it does nothing.
func (d *Device) tell(f func(*core)) {
	select {
	case d.acts <- action{do: func(c *core) error { f(c); return nil }, done: make(chan error, 1)}:
	case <-d.ended:
	}
}
