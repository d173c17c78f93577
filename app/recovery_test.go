package app_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

func TestTheDrill(t *testing.T) {
	inWorld(t, func(w *world) {
		before := w.d.View().Recovery.Proved
		w.pass(24 * time.Hour)
		w.b.cut() // it needs no backend
		other := must(trust.RecoveryKeyFromSeed(make([]byte, 16)))
		for typed, want := range map[string]error{
			"":                            app.ErrKey,
			w.key.Text()[:33]:             app.ErrKey,
			w.key.Text() + "0":            app.ErrKey,
			other.Text():                  app.ErrOtherKey,
			strings.ToLower(w.key.Text()): nil,
		} {
			if err := w.d.CheckRecovery(typed); !errors.Is(err, want) {
				t.Errorf("typing %q gives %v, want %v", typed, err, want)
			}
		}
		w.settle()
		if after := w.d.View().Recovery.Proved; after.Sub(before) < 23*time.Hour {
			t.Errorf("proved at %s, before at %s", after, before)
		}
		w.restart()
		if after := w.d.View().Recovery.Proved; after.Sub(before) < 23*time.Hour {
			t.Errorf("after a restart, proved at %s", after)
		}
	})
}

func TestTheKeptCopyNeedsThePassword(t *testing.T) {
	inWorld(t, func(w *world) {
		if _, err := w.d.ShowRecovery(w.ctx, "not the password"); !errors.Is(err, vault.ErrPassword) || app.TroubleOf(err) != app.TroublePassword {
			t.Errorf("a wrong password gives %v", err)
		}
		w.restart()
		key, err := w.d.ShowRecovery(w.ctx, password)
		if err != nil || key.Text() != w.key.Text() {
			t.Errorf("the password gives %v, %v", key, err)
		}
	}, (*app.Options).SealForReal)
}

func second[A, B any](_ A, b B) B { return b }

func TestWithoutAnAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.open()
		defer w.d.Close()
		key := must(trust.RecoveryKeyFromSeed(make([]byte, 16))).Text()
		_, show := w.d.ShowRecovery(w.ctx, password)
		_, allow := w.d.Allow(w.ctx, trust.ChallengeID{})
		_, door := w.d.OpenDoor(w.ctx, password)
		for name, err := range map[string]error{
			"CheckNow": w.d.CheckNow(w.ctx), "NotMe": w.d.NotMe(w.ctx, trust.ChallengeID{}), "NotNow": w.d.NotNow(w.ctx, trust.ChallengeID{}),
			"CheckRecovery": w.d.CheckRecovery(key), "ShowRecovery": show, "Allow": allow,
			"Resume": w.d.Resume(w.ctx, password), "OpenDoor": door,
			"BeginReset": second(w.d.BeginReset(w.ctx, key)), "BeginNewKey": second(w.d.BeginNewKey(w.ctx)), "AskReset": second(w.d.AskReset(w.ctx)),
			"FinishReset": w.d.FinishReset(w.ctx, password), "StopWait": w.d.StopWait(w.ctx, trust.WaitID{}), "Pause": w.d.Pause(w.ctx),
			"Leave": second(w.d.Leave(w.ctx, password)), "AddContact": second(w.d.AddContact(w.ctx, api.MediumMail, "a@example.org", "en", password)),
			"ConfirmContact": w.d.ConfirmContact(w.ctx, "", ""), "RemoveContact": w.d.RemoveContact(w.ctx, "", password),
			"CheckGroups": w.d.CheckGroups("0000", "0000"), "ChangePassword": w.d.ChangePassword(w.ctx, password, nextPassword),
		} {
			if !errors.Is(err, app.ErrNoAccount) {
				t.Errorf("%s gives %v", name, err)
			}
		}
		for name, err := range map[string]error{
			"CancelRegain": w.d.CancelRegain(w.ctx, password), "RegainAgain": w.d.RegainAgain(w.ctx, password), "OpenRegain": second(w.d.OpenRegain(w.ctx, password)),
		} {
			if !errors.Is(err, app.ErrGone) {
				t.Errorf("%s gives %v", name, err)
			}
		}
		if a, b := w.d.AskGroups(); a != 0 || b != 0 {
			t.Errorf("groups %d and %d are asked for", a, b)
		}
		w.d.HideCode()
		if v := w.d.View(); v.Stage != app.StageNew {
			t.Errorf("view is %+v", v)
		}
	})
}

// Another program of this device replaces the key; this one, which has not looked
// since, changes the password: the copy of the new key is sealed under it.
func TestAnotherProgramsKeyIsSealedAnew(t *testing.T) {
	inHouse(t, func(h *house) {
		const next = "another horse battery"
		other := must(app.Open(h.ctx, h.o))
		k := must(other.BeginNewKey(h.ctx))
		done(t, k.Finish(h.ctx, h.password, k.Key().Text()))
		other.Close()
		done(t, h.d.ChangePassword(h.ctx, h.password, next))
		if got, err := h.d.ShowRecovery(h.ctx, next); err != nil || got != k.Key() {
			t.Errorf("under the next password there is %v, %v", got == k.Key(), err)
		}
	})
}
