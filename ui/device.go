package ui

import (
	"context"
	"errors"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
)

// Device is the trusted device behind the screens. Its methods may be called
// from any goroutine; those with a context may take seconds.
type Device interface {
	View() app.View
	Watch(see func(app.View)) (stop func())
	CheckNow(ctx context.Context) error

	Allow(ctx context.Context, id trust.ChallengeID) (app.Shown, error)
	NotMe(ctx context.Context, id trust.ChallengeID) error
	NotNow(ctx context.Context, id trust.ChallengeID) error
	HideCode()
	Resume(ctx context.Context, password string) error
	OpenDoor(ctx context.Context, password string) (app.Door, error)
	ChangePassword(ctx context.Context, present, next string) error

	LookUp(ctx context.Context, addressOrLink string) (app.Offer, error)
	BeginSetup(ctx context.Context, in app.SetupInput) (Setup, error)
	CheckRecovery(typed string) error
	ShowRecovery(ctx context.Context, password string) (trust.RecoveryKey, error)

	BeginPairing(ctx context.Context) (Pairing, error)
	BeginJoining(ctx context.Context, in app.JoinInput) (Joining, error)
	RemoveDevice(ctx context.Context, id trust.DeviceID, password string) error
	Rename(ctx context.Context, id trust.DeviceID, nickname string) error
	Forget(ctx context.Context) error

	Returning

	Safety

	AppPasswords
	Permitted
}

// Setup is an account that is drawn but not yet asked for.
type Setup interface {
	Key() trust.RecoveryKey
	Name() string // the account's
	Server() string
	Account() trust.AccountID
	Finish(ctx context.Context, typedBack string) error
}

// Pairing is a new device on its way into the account, seen from a trusted one.
type Pairing interface {
	Invite() app.Invite
	Meet(ctx context.Context) (app.Newcomer, error)
	Check(digits string) error
	Finish(ctx context.Context, password string) (app.Member, error)
	Stop(ctx context.Context)
}

// Joining is the same, seen from the new device.
type Joining interface {
	Server() string
	Network() string
	Digits(ctx context.Context) (string, error)
	Finish(ctx context.Context) (app.View, error)
	Stop(ctx context.Context)
}

// Of gives the screens' side of a device.
func Of(d *app.Device) Device { return real{d} }

type real struct{ *app.Device }

func (r real) BeginSetup(ctx context.Context, in app.SetupInput) (Setup, error) {
	s, err := r.Device.BeginSetup(ctx, in)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (r real) BeginPairing(ctx context.Context) (Pairing, error) {
	p, err := r.Device.BeginPairing(ctx)
	if err != nil {
		return nil, err
	}
	return p, nil
}

func (r real) BeginJoining(ctx context.Context, in app.JoinInput) (Joining, error) {
	j, err := r.Device.BeginJoining(ctx, in)
	if err != nil {
		return nil, err
	}
	return j, nil
}

// Opening gives the Opener of a device: it chooses the vault, asks the person
// what only they know, and opens the device.
func Opening(in app.VaultInput, o app.Options) Opener {
	return func(ctx context.Context, ask Asker) (Device, error) {
		choice, err := chooseVault(ctx, in, ask)
		if err != nil {
			return nil, err
		}
		o.Vault, o.VaultKind, o.Notice = choice.Vault, choice.Kind, choice.Notice
		d, err := app.Open(ctx, o)
		if err != nil {
			return nil, err
		}
		return Of(d), nil
	}
}

// chooseVault asks again for as long as the person can mend it.
func chooseVault(ctx context.Context, in app.VaultInput, ask Asker) (app.VaultChoice, error) {
	wrong := false
	in.Passphrase = func(ctx context.Context, fresh bool) ([]byte, error) {
		if fresh {
			return ask.NewPassphrase(ctx)
		}
		return ask.Passphrase(ctx, wrong)
	}
	for {
		choice, err := app.ChooseVault(ctx, in)
		if err == nil || errors.Is(err, context.Canceled) {
			return choice, err
		}
		switch trouble := app.TroubleOf(err); trouble {
		case app.TroublePassphrase:
			wrong = true
		case app.TroubleLocked, app.TroubleSilent, app.TroubleAbsent:
			if in.File, err = ask.Keyring(ctx, trouble); err != nil {
				return choice, err
			}
		default:
			return choice, err
		}
	}
}
