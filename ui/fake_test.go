package ui

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
)

// noon is when the tests take place: a Sunday, 21:14 where the tests run.
var noon = time.Date(2026, time.November, 22, 21, 14, 0, 0, time.Local)

// device is a trusted device without keys or backend: it shows what a test gives
// it and notes what is asked of it.
type device struct {
	view  app.View
	see   func(app.View)
	calls []string
	err   error // given by every call that can fail
	setup *setup
	offer app.Offer
	key   trust.RecoveryKey
	guest app.Newcomer // who joins, and the digits on its screen
	digit string
	join  app.JoinInput
	fails map[string]error // given by one step of pairing, joining or coming back

	returning
}

func (d *device) View() app.View { return d.view }

func (d *device) Watch(see func(app.View)) func() {
	d.see = see
	return func() { d.see = nil }
}

// show makes v the device's view.
func (d *device) show(v app.View) {
	d.view = v
	if d.see != nil {
		d.see(v)
	}
}

func (d *device) note(call string) error {
	d.calls = append(d.calls, call)
	return d.err
}

func (d *device) CheckNow(context.Context) error { return d.note("check now") }

func (d *device) Allow(_ context.Context, id trust.ChallengeID) (app.Shown, error) {
	if err := d.note("allow " + short(id)); err != nil {
		return app.Shown{}, err
	}
	v := d.view
	for _, r := range v.Requests {
		if r.ID == id {
			v.Shown = &app.Shown{Request: r, Code: "4071", Until: noon.Add(87 * time.Second)}
		}
	}
	v.Requests = nil
	d.show(v)
	return *v.Shown, nil
}

func (d *device) NotMe(_ context.Context, id trust.ChallengeID) error {
	return d.note("not me " + short(id))
}

func (d *device) NotNow(_ context.Context, id trust.ChallengeID) error {
	return d.note("not now " + short(id))
}

func (d *device) HideCode() { _ = d.note("hide code") }

func (d *device) Resume(_ context.Context, password string) error {
	return d.note("resume " + password)
}

func (d *device) OpenDoor(_ context.Context, password string) (app.Door, error) {
	return app.Door{Letters: "KRM", Until: noon.Add(10 * time.Minute)}, d.note("open door " + password)
}

func (d *device) LookUp(_ context.Context, link string) (app.Offer, error) {
	return d.offer, d.note("look up " + link)
}

func (d *device) BeginSetup(_ context.Context, in app.SetupInput) (Setup, error) {
	d.setup = &setup{device: d, in: in}
	return d.setup, d.note("begin setup")
}

func (d *device) CheckRecovery(typed string) error {
	if _, err := trust.ParseRecoveryKey(typed); err != nil {
		return app.ErrKey
	}
	return d.note("check recovery")
}

func (d *device) ShowRecovery(_ context.Context, password string) (trust.RecoveryKey, error) {
	return d.key, d.note("show recovery " + password)
}

func (d *device) RemoveDevice(_ context.Context, id trust.DeviceID, password string) error {
	return d.note(fmt.Sprintf("remove %d %s", id[0], password))
}

func (d *device) Rename(_ context.Context, id trust.DeviceID, nickname string) error {
	return d.note(fmt.Sprintf("rename %d %s", id[0], nickname))
}

func (d *device) Forget(context.Context) error { return d.note("forget") }

// step notes one step of pairing or joining, and gives what it fails with.
func (d *device) step(call string) error {
	d.calls = append(d.calls, call)
	return d.fails[call]
}

func (d *device) BeginPairing(context.Context) (Pairing, error) { return pairing{d}, d.step("pair") }

type pairing struct{ d *device }

func (p pairing) Invite() app.Invite {
	return app.Invite{
		Link: "HTTPS://ID.LINDQVIST.EXAMPLE/P#1.7QK2M9XW.0123456789ABCDEFGHJKMNPQRS", Symbols: "7QK2M9XW",
		Server: "https://id.lindqvist.example", Until: noon.Add(4*time.Minute + 12*time.Second),
	}
}

func (p pairing) Meet(context.Context) (app.Newcomer, error) { return p.d.guest, p.d.step("meet") }
func (p pairing) Check(digits string) error {
	if err := p.d.step("check " + digits); err != nil {
		return err
	}
	if digits != p.d.digit {
		return app.ErrPairOver{State: "digits"}
	}
	return nil
}

func (p pairing) Finish(_ context.Context, password string) (app.Member, error) {
	return app.Member{ID: trust.DeviceID{2}, Name: p.d.guest.Name, Kind: p.d.guest.Kind}, p.d.step("finish " + password)
}

func (p pairing) Stop(context.Context) { _ = p.d.step("stop") }

func (d *device) BeginJoining(_ context.Context, in app.JoinInput) (Joining, error) {
	d.join = in
	return joining{d}, d.step("join")
}

type joining struct{ d *device }

func (j joining) Server() string                         { return "https://id.lindqvist.example" }
func (j joining) Network() string                        { return j.d.guest.Network }
func (j joining) Digits(context.Context) (string, error) { return j.d.digit, j.d.step("digits") }
func (j joining) Stop(context.Context)                   { _ = j.d.step("stop") }

func (j joining) Finish(context.Context) (app.View, error) {
	if err := j.d.step("finish"); err != nil {
		return app.View{}, err
	}
	j.d.show(annas(family))
	return j.d.view, nil
}

type setup struct {
	device *device
	in     app.SetupInput
}

func (s *setup) Key() trust.RecoveryKey   { return s.device.key }
func (s *setup) Name() string             { return "Anna Lindqvist" }
func (s *setup) Server() string           { return "https://id.lindqvist.example" }
func (s *setup) Account() trust.AccountID { return trust.AccountID{7} }

func (s *setup) Finish(_ context.Context, typed string) error {
	if key, err := trust.ParseRecoveryKey(typed); err != nil || key != s.device.key {
		return app.ErrOtherKey
	}
	return s.device.note("finish")
}

// short names a request by its first byte.
func short(id trust.ChallengeID) string { return id.String()[:2] }

// fixedKey is a recovery key that is the same in every run.
func fixedKey(t testing.TB) trust.RecoveryKey {
	t.Helper()
	key, err := trust.RecoveryKeyFromSeed([]byte("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	return key
}
