package ui

import (
	"context"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
)

// Safety is the part of a Device that keeps the person from being locked out.
type Safety interface {
	// Account identifies the account.
	Account() (trust.AccountID, error)
	AskGroups() (first, second int)
	CheckGroups(first, second string) error
	SayCopied(kept bool) error
	BeginNewKey(ctx context.Context) (NewKey, error)

	StopWait(ctx context.Context, id trust.WaitID) error
	Pause(ctx context.Context) error
	Leave(ctx context.Context, password string) (app.Wait, error)

	AddMail(ctx context.Context, address, language, password string) (app.Contact, error)
	AddPhone(ctx context.Context, number, language, password string) (app.Contact, error)
	ConfirmContact(ctx context.Context, id, code string) error
	RemoveContact(ctx context.Context, id, password string) error
	AllowText(ctx context.Context, id, password string, on bool) error

	OfflineOn(ctx context.Context, password string) error
	OfflineOff(ctx context.Context, password string) error
	OfflineCode(ctx context.Context) (code string, until time.Time, err error)
}

// NewKey is another recovery key that is drawn but does not count yet.
type NewKey interface {
	Key() trust.RecoveryKey
	Finish(ctx context.Context, password, typedBack string) error
}

// Account is the hash of the entry that the account begins with.
func (r real) Account() (trust.AccountID, error) {
	entries, err := r.Export()
	if err != nil || len(entries) == 0 {
		return trust.AccountID{}, err
	}
	return trust.AccountID(trust.HashEntry(entries[0])), nil
}

func (r real) BeginNewKey(ctx context.Context) (NewKey, error) {
	k, err := r.Device.BeginNewKey(ctx)
	if err != nil {
		return nil, err
	}
	return k, nil
}

func (r real) AddMail(ctx context.Context, address, language, password string) (app.Contact, error) {
	return r.AddContact(ctx, mediumMail, address, language, password)
}

func (r real) AddPhone(ctx context.Context, number, language, password string) (app.Contact, error) {
	return r.AddContact(ctx, mediumText, number, language, password)
}
