package ui

import (
	"context"
	"fmt"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
)

// oldSeed is of the recovery key on the paper of who comes back; device.key is the new one.
const oldSeed = "fedcba9876543210"

// returning is the part of a device that brings one of the three things back.
type returning struct {
	regain  app.RegainInput // what was asked with
	wait    app.Regaining   // what asking leads to
	members []app.Member    // of the account that is come back to
	lost    []trust.DeviceID
	back    app.View   // once it has come back
	strange []app.Wait // what somebody without a device is shown
}

// BeginRegain keeps what it asks for before it asks, and forgets it where it is
// refused; without an answer it goes on.
func (d *device) BeginRegain(_ context.Context, in app.RegainInput) error {
	d.regain = in
	d.show(app.View{Regaining: &app.Regaining{Name: in.Name, Server: "https://" + in.Server, State: app.RegainAsking}})
	if err := d.step("begin regain"); err != nil {
		if app.TroubleOf(err) != app.TroubleUnreachable {
			d.show(app.View{})
		}
		return err
	}
	way := d.wait
	d.show(app.View{Regaining: &way})
	return nil
}

func (d *device) RegainAgain(_ context.Context, password string) error {
	if err := d.step("regain again " + password); err != nil {
		return err
	}
	way := d.wait
	d.show(app.View{Regaining: &way})
	return nil
}

func (d *device) OpenRegain(_ context.Context, password string) (Regain, error) {
	return regaining{d}, d.step("open regain " + password)
}

func (d *device) CancelRegain(_ context.Context, password string) error {
	if err := d.step("cancel regain " + password); err != nil {
		return err
	}
	d.show(app.View{})
	return nil
}

type regaining struct{ d *device }

func (r regaining) Key() trust.RecoveryKey { return r.d.key }
func (r regaining) Members() []app.Member  { return r.d.members }

func (r regaining) Finish(_ context.Context, typed string, lost []trust.DeviceID) (app.View, error) {
	if key, err := trust.ParseRecoveryKey(typed); err != nil || key != r.d.key {
		return app.View{}, app.ErrOtherKey
	}
	r.d.lost = lost
	if err := r.d.step("finish regain"); err != nil {
		return app.View{}, err
	}
	r.d.show(r.d.back)
	return r.d.back, nil
}

func (d *device) BeginReset(_ context.Context, typed string) (Reset, error) {
	if _, err := trust.ParseRecoveryKey(typed); err != nil {
		return nil, app.ErrKey
	}
	return resetting{d}, d.step("begin reset")
}

type resetting struct{ d *device }

func (r resetting) Key() trust.RecoveryKey { return r.d.key }

func (r resetting) Finish(_ context.Context, next, typed string) error {
	if key, err := trust.ParseRecoveryKey(typed); err != nil || key != r.d.key {
		return app.ErrOtherKey
	}
	return r.d.step(fmt.Sprintf("finish reset %s", next))
}

func (d *device) AskReset(context.Context) (app.Wait, error) {
	if err := d.step("ask reset"); err != nil {
		return app.Wait{}, err
	}
	w := passwordWait()
	d.show(withWait(d.view, w))
	return w, nil
}

func (d *device) FinishReset(_ context.Context, next string) error {
	if err := d.step("set " + next); err != nil {
		return err
	}
	v := d.view
	v.Waits = nil
	d.show(v)
	return nil
}

// WaitsBy and StopBy note with which of the three things they were asked.
func (d *device) WaitsBy(_ context.Context, server, name string, f app.Factor) ([]app.Wait, error) {
	return d.strange, d.step(fmt.Sprintf("waits of %s at %s by %s%s", name, server, f.Password, f.Key))
}

func (d *device) StopBy(_ context.Context, server, name string, f app.Factor, id trust.WaitID) error {
	return d.step(fmt.Sprintf("stop %d of %s at %s by %s%s", id[0], name, server, f.Password, f.Key))
}
