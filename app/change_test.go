package app_test

import (
	"context"
	"errors"
	"testing"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust/verify"
)

const nextPassword = "another horse, other battery"

func (d door) ChangePassword(ctx context.Context, token api.Secret, present, next string) error {
	return d.h.s.ChangePassword(ctx, token, present, next)
}

func (b *backend) ChangePassword(_ context.Context, token api.Secret, present, next string) error {
	return b.in("ChangePassword", token, func() error {
		if present != b.password {
			return &api.Error{Code: api.CodePassword, Message: "wrong password"}
		}
		b.password = next
		return nil
	})
}

func TestChangedPasswordOpensTheKeptCopy(t *testing.T) {
	inWorld(t, func(w *world) {
		if err := w.d.ChangePassword(w.ctx, password, nextPassword); err != nil {
			t.Fatal(err)
		}
		w.restart()
		if key, err := w.d.ShowRecovery(w.ctx, nextPassword); err != nil || key.Text() != w.key.Text() {
			t.Errorf("the next password gives %v, %v", key, err)
		}
		if _, err := w.d.ShowRecovery(w.ctx, password); !errors.Is(err, vault.ErrPassword) {
			t.Errorf("the old password gives %v", err)
		}
	}, (*app.Options).SealForReal)
}

func TestRefusedChangeKeepsTheCopy(t *testing.T) {
	inWorld(t, func(w *world) {
		if err := w.d.ChangePassword(w.ctx, "not the password", nextPassword); !errors.Is(err, &api.Error{Code: api.CodePassword}) {
			t.Errorf("a wrong password gives %v", err)
		}
		w.restart()
		if _, err := w.d.ShowRecovery(w.ctx, password); err != nil {
			t.Errorf("the password gives %v", err)
		}
		if _, err := w.d.ShowRecovery(w.ctx, nextPassword); !errors.Is(err, vault.ErrPassword) {
			t.Errorf("a password that was never set gives %v", err)
		}
	}, (*app.Options).SealForReal)
}

// The answer to the change is lost: nobody knows which password counts, and
// either opens the copy.
func TestLostChangeKeepsBothCopies(t *testing.T) {
	inWorld(t, func(w *world) {
		w.b.set(func() { w.b.lose["ChangePassword"] = 99 })
		if err := w.d.ChangePassword(w.ctx, password, nextPassword); err == nil {
			t.Fatal("a lost answer is no error")
		}
		w.restart()
		for _, p := range []string{password, nextPassword} {
			if key, err := w.d.ShowRecovery(w.ctx, p); err != nil || key.Text() != w.key.Text() {
				t.Errorf("a password that may count gives %v, %v", key, err)
			}
		}
	}, (*app.Options).SealForReal)
}

func TestChangedPasswordLiftsWhatTheOldOneBrought(t *testing.T) {
	inHouse(t, func(h *house) {
		if _, err := h.ask(); err != nil {
			t.Fatal(err)
		}
		if err := h.d.NotMe(h.ctx, h.d.View().Requests[0].ID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.ask(); err == nil {
			t.Fatal("a new browser may ask after Not me")
		}
		if err := h.d.ChangePassword(h.ctx, password, "short"); !errors.Is(err, &api.Error{Code: api.CodePassword}) {
			t.Errorf("a short password gives %v", err)
		}
		if err := h.d.ChangePassword(h.ctx, password, nextPassword); err != nil {
			t.Fatal(err)
		}
		if _, err := h.ask(); err == nil {
			t.Error("the old password still counts")
		}
		h.password = nextPassword
		h.signIn()
	})
}

// A sign-in that was begun with the old password ends with it, even if it was
// allowed already.
func TestChangedPasswordEndsWhatTheOldOneBegan(t *testing.T) {
	inHouse(t, func(h *house) {
		browser, err := h.ask()
		if err != nil {
			t.Fatal(err)
		}
		shown, err := h.d.Allow(h.ctx, h.d.View().Requests[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.d.ChangePassword(h.ctx, password, nextPassword); err != nil {
			t.Fatal(err)
		}
		typed, err := h.s.Type(h.ctx, browser, string(shown.Code), false, "Firefox on Linux")
		if err != nil || typed.Outcome != verify.Over || typed.Session != nil {
			t.Errorf("the code of a sign-in begun before gives %s, %v", typed.Outcome, err)
		}
	})
}
