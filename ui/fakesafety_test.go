package ui

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
)

// The part of the tests' device that keeps the way back open.

func (d *device) Account() (trust.AccountID, error) { return trust.AccountID{7}, nil }

func (d *device) AskGroups() (first, second int) { return 3, 6 }

func (d *device) CheckGroups(first, second string) error {
	if groups := d.key.Groups(); first != groups[2] || second != groups[5] {
		return app.ErrOtherKey
	}
	return d.note("check groups")
}

func (d *device) SayCopied(kept bool) error { return d.note(fmt.Sprintf("copied %t", kept)) }

func (d *device) BeginNewKey(context.Context) (NewKey, error) { return newKey{d}, d.note("new key") }

type newKey struct{ d *device }

func (k newKey) Key() trust.RecoveryKey { return k.d.key }

func (k newKey) Finish(_ context.Context, password, typed string) error {
	if key, err := trust.ParseRecoveryKey(typed); err != nil || key != k.d.key {
		return app.ErrOtherKey
	}
	return k.d.note("finish new key " + password)
}

// StopWait stops it, as the backend would: it is gone from the view.
func (d *device) StopWait(_ context.Context, id trust.WaitID) error {
	if err := d.note(fmt.Sprintf("stop %d", id[0])); err != nil {
		return err
	}
	v := d.view
	v.Waits = nil
	for _, w := range d.view.Waits {
		if w.ID != id {
			v.Waits = append(v.Waits, w)
		}
	}
	d.show(v)
	return nil
}

func (d *device) Pause(context.Context) error { return d.note("pause") }

func (d *device) Leave(_ context.Context, password string) (app.Wait, error) {
	return app.Wait{ID: trust.WaitID{9}, Kind: waitLeave, This: true, Since: noon, Until: noon.Add(24 * time.Hour)}, d.note("leave " + password)
}

func (d *device) AddMail(_ context.Context, address, language, password string) (app.Contact, error) {
	return app.Contact{ID: "c1", Medium: mediumMail, Address: address}, d.note(fmt.Sprintf("add mail %s %s %s", address, language, password))
}

func (d *device) AddPhone(_ context.Context, number, language, password string) (app.Contact, error) {
	return app.Contact{ID: "c2", Medium: mediumText, Address: number}, d.note(fmt.Sprintf("add phone %s %s %s", number, language, password))
}

func (d *device) ConfirmContact(_ context.Context, id, code string) error {
	return d.note("confirm " + id + " " + code)
}

func (d *device) RemoveContact(_ context.Context, id, password string) error {
	return d.note("remove contact " + id + " " + password)
}

func (d *device) AllowText(_ context.Context, id, password string, on bool) error {
	return d.note(fmt.Sprintf("allow text %s %s %t", id, password, on))
}

func (d *device) OfflineOn(_ context.Context, password string) error {
	if err := d.note("offline on " + password); err != nil {
		return err
	}
	v := d.view
	v.Offline = true
	d.show(v)
	return nil
}

func (d *device) OfflineOff(_ context.Context, password string) error {
	return d.note("offline off " + password)
}

func (d *device) OfflineCode(context.Context) (string, time.Time, error) {
	return "40719328", noon.Add(24 * time.Second), d.note("offline code")
}

// paper is a Paper that prints nothing, and notes what it was asked for.
type paper struct {
	calls   []string
	kit     Kit
	err     error
	printer bool
}

func (p *paper) Show(_ context.Context, k Kit) (func() error, error) {
	p.kit = k
	p.calls = append(p.calls, "show")
	if p.err != nil {
		return nil, p.err
	}
	return func() error { p.calls = append(p.calls, "remove"); return nil }, nil
}

func (p *paper) Print(_ context.Context, k Kit) error {
	p.kit = k
	p.calls = append(p.calls, "print")
	return p.err
}

func (p *paper) CanPrint() bool { return p.printer }
func (p *paper) Warning(string) string {
	return "A printer in a network may keep what it printed. Use one at home, by cable."
}

var errNoViewer = errors.New("no viewer")
