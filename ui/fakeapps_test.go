package ui

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/apppass"
)

// The part of the tests' device that makes app passwords.

// MakeAppPassword makes the same each time.
func (d *device) MakeAppPassword(_ context.Context, in app.NewAppPassword) (app.MadeAppPassword, error) {
	if err := d.note(fmt.Sprintf("make %s %q %s %s", in.Service, in.Name, in.Lasts, in.Password)); err != nil {
		return app.MadeAppPassword{}, err
	}
	secret, err := apppass.New(strings.NewReader("\x1d\x04\x0f\x09\x14\x02\x19\x17\x00\x10\x1a\x1f\x07\x0b\x14\x17\x1b\x03\x0c\x0e\x05\x08\x0f\x11"))
	made := app.MadeAppPassword{Secret: secret}
	for _, s := range d.view.Services {
		if s.ID == in.Service {
			made.Setup, made.Title, made.Kind = s.Setup, s.Title, s.Kind
		}
	}
	made.ID, made.Service, made.Name = hex.EncodeToString(make([]byte, 16)), in.Service, in.Name
	return made, err
}

func (d *device) RemoveAppPassword(_ context.Context, id, password string) error {
	return d.note("remove app " + id + " " + password)
}

func (d *device) RemoveAllAppPasswords(_ context.Context, password string) error {
	return d.note("remove all apps " + password)
}

// MakePermitted makes what MakeAppPassword does.
func (d *device) MakePermitted(ctx context.Context, challenge trust.ChallengeID) (app.MadeAppPassword, error) {
	if err := d.note("make permitted " + short(challenge)); err != nil {
		return app.MadeAppPassword{}, err
	}
	p := d.view.Permits[0]
	return d.MakeAppPassword(ctx, app.NewAppPassword{Service: p.Service, Name: p.Name})
}

func (d *device) RemovePermitted(_ context.Context, challenge trust.ChallengeID) error {
	return d.note("remove permitted " + short(challenge))
}

func (d *device) KeepAppPassword(id string) error { return d.note("keep app " + id) }
