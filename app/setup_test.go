package app_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

func TestLookUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.open()
		defer w.d.Close()
		offer, err := w.d.LookUp(w.ctx, w.b.invite("anna"))
		if err != nil || offer != (app.Offer{Origin: w.b.origin, ServerName: "Example", Name: "anna"}) {
			t.Errorf("a link leads to %+v, %v", offer, err)
		}
		offer, err = w.d.LookUp(w.ctx, " ID.example.org ")
		if err != nil || offer != (app.Offer{Origin: w.b.origin, ServerName: "Example", NeedsInvitation: true}) {
			t.Errorf("an address leads to %+v, %v", offer, err)
		}
		for text, want := range map[string]app.Trouble{
			"":                        app.TroubleAddress,
			"http://id.example.org":   app.TroubleAddress,
			"https://id2.example.org": app.TroubleOrigin, // the same backend under another name
			api.Link(w.b.origin, make(api.Secret, api.InvitationSize)): app.TroubleInvitation,
		} {
			if _, err := w.d.LookUp(w.ctx, text); app.TroubleOf(err) != want {
				t.Errorf("%q gives %v, want %s", text, err, want)
			}
		}
		w.b.cut()
		if _, err := w.d.LookUp(w.ctx, w.b.origin); app.TroubleOf(err) != app.TroubleUnreachable {
			t.Errorf("without a backend: %v", err)
		}
	})
}

func TestBeginSetupRefusesBeforeAnythingIsDrawn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.open()
		defer w.d.Close()
		for name, test := range map[string]struct {
			change func(*app.SetupInput)
			want   app.Trouble
		}{
			"short password":     {func(in *app.SetupInput) { in.Password = "1234567" }, app.TroublePassword},
			"long password":      {func(in *app.SetupInput) { in.Password = strings.Repeat("x", 257) }, app.TroublePassword},
			"password is name":   {func(in *app.SetupInput) { in.Name, in.Password = "annaanna", "annaanna" }, app.TroublePassword},
			"other name":         {func(in *app.SetupInput) { in.Name = "bert" }, app.TroubleName},
			"no device name":     {func(in *app.SetupInput) { in.DeviceName = "" }, app.TroubleName},
			"hidden in the name": {func(in *app.SetupInput) { in.DeviceName = "Lap\u202etop" }, app.TroubleName},
			"no kind":            {func(in *app.SetupInput) { in.Kind = "toaster" }, app.TroubleName},
			"address only":       {func(in *app.SetupInput) { in.Link = w.b.origin }, app.TroubleInvitation},
			"no backend here":    {func(in *app.SetupInput) { in.Local, in.Name = true, "anna" }, app.TroubleInternal},
		} {
			in := w.input()
			test.change(&in)
			if _, err := w.d.BeginSetup(w.ctx, in); app.TroubleOf(err) != test.want {
				t.Errorf("%s: %v, want %s", name, err, test.want)
			}
		}
		if _, err := os.Stat(w.o.Dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("something was stored: %v", err)
		}
	})
}

func TestTheKeyHasToBeTypedBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.open()
		defer w.d.Close()
		s := must(w.d.BeginSetup(w.ctx, w.input()))
		other := must(trust.RecoveryKeyFromSeed(make([]byte, 16)))
		if err := s.Finish(w.ctx, s.Key().Text()[1:]); !errors.Is(err, app.ErrKey) {
			t.Errorf("a mistyped key gives %v", err)
		}
		if err := s.Finish(w.ctx, other.Text()); !errors.Is(err, app.ErrOtherKey) {
			t.Errorf("another key gives %v", err)
		}
		if w.b.called("Register") != 0 || w.d.View().Stage != app.StageNew {
			t.Error("the account was asked for before the key was typed back")
		}
		typed := strings.ToLower(strings.ReplaceAll(s.Key().Text(), "-", " "))
		if err := s.Finish(w.ctx, typed); err != nil {
			t.Errorf("the key in lower case gives %v", err)
		}
		if v := w.d.View(); v.Stage != app.StageTrial || !v.Recovery.Set || !v.Recovery.Kept || v.Recovery.Proved.IsZero() {
			t.Errorf("view is %+v", v)
		}
		if _, err := w.d.BeginSetup(w.ctx, w.input()); !errors.Is(err, app.ErrSetUp) {
			t.Errorf("a second account gives %v", err)
		}
	})
}

// The backend may refuse at the last moment; then there is nothing, and the next
// attempt is a first one.
func TestRefusedSetupLeavesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.open()
		w.b.set(func() { w.b.refuse["Register"] = &api.Error{Code: api.CodeName, Message: "the name is taken"} })
		s := must(w.d.BeginSetup(w.ctx, w.input()))
		if err := s.Finish(w.ctx, s.Key().Text()); app.TroubleOf(err) != app.TroubleName {
			t.Errorf("Finish gives %v", err)
		}
		if v := w.d.View(); v.Stage != app.StageNew || v.Notice != app.NoticeNotMade {
			t.Errorf("view is %+v", v)
		}
		if left, _ := filepath.Glob(filepath.Join(w.o.Dir, "*")); len(left) != 0 {
			t.Errorf("left over: %s", left)
		}
		w.b.set(func() { delete(w.b.refuse, "Register") })
		s = must(w.d.BeginSetup(w.ctx, w.input()))
		if err := s.Finish(w.ctx, s.Key().Text()); err != nil {
			t.Errorf("the second attempt gives %v", err)
		}
		w.settle()
		if v := w.d.View(); v.Stage != app.StageTrial || v.Link.State != app.Online || v.Notice != app.NoticeNone {
			t.Errorf("view is %+v", v)
		}
		w.d.Close()
	})
}

// Without an answer the device goes on by itself, with the same bytes, also
// after a restart; and the password it needs for that is gone afterwards.
func TestSetupGoesOnWithoutTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.open()
		s := must(w.d.BeginSetup(w.ctx, w.input()))
		w.b.set(func() { w.b.lose["Register"] = 1000 })
		ctx, cancel := timeout(w.ctx, 5*time.Second)
		defer cancel()
		if err := s.Finish(ctx, s.Key().Text()); app.TroubleOf(err) != app.TroubleUnreachable || !w.d.View().Joining {
			t.Fatalf("Finish gives %v, view is %+v", err, w.d.View())
		}
		w.restart()
		if !w.d.View().Joining {
			t.Error("the restarted device forgot that it is asking")
		}
		w.b.set(func() { w.b.lose["Register"] = 0 })
		w.pass(2 * time.Minute)
		if v := w.d.View(); v.Joining || v.Stage != app.StageTrial || v.Link.State != app.Online {
			t.Errorf("view is %+v", v)
		}
		w.d.Close()
	})
}

// mortal is a vault of a program that is killed: after so many steps that touch
// the disk, none happens any more.
type mortal struct {
	vault.Vault
	steps *int
}

var errKilled = errors.New("killed")

func (m mortal) step() error {
	if *m.steps == 0 {
		return errKilled
	}
	*m.steps--
	return nil
}

func (m mortal) Put(ctx context.Context, name string, value []byte) error {
	if err := m.step(); err != nil {
		return err
	}
	return m.Vault.Put(ctx, name, value)
}

func (m mortal) Delete(ctx context.Context, name string) error {
	if err := m.step(); err != nil {
		return err
	}
	return m.Vault.Delete(ctx, name)
}

// Killed at any step of the set-up, with the backend's answer lost or not, the
// next start finds either nothing at all, or a device that belongs.
func TestSetupKilledAtAnyStep(t *testing.T) {
	for _, lost := range []bool{false, true} {
		for steps := range 7 {
			synctest.Test(t, func(t *testing.T) { killedAfter(t, steps, lost) })
		}
	}
}

func killedAfter(t *testing.T, steps int, lost bool) {
	w := newWorld(t)
	safe, left := w.o, steps
	w.o.Vault = mortal{w.o.Vault, &left}
	w.o.OnSave(mortal{steps: &left}.step)
	w.open()
	s := must(w.d.BeginSetup(w.ctx, w.input()))
	if lost {
		w.b.set(func() { w.b.lose["Register"] = 1 })
	}
	ctx, cancel := timeout(w.ctx, 3*time.Second)
	defer cancel()
	err := s.Finish(ctx, s.Key().Text())
	w.d.Close()
	w.o = safe
	w.open()
	defer w.d.Close()
	w.pass(2 * time.Minute)
	v := w.d.View()
	exists := len(w.b.entries) > 0
	belongs := v.Stage == app.StageTrial && v.Link.State == app.Online && !v.Joining
	nothing := v.Stage == app.StageNew
	if err == nil && !belongs || exists && !belongs || !exists && !nothing || steps == 0 && !nothing {
		t.Errorf("killed after %d steps (lost %t): Finish %v, account %t, view %+v", steps, lost, err, exists, v)
	}
	if nothing {
		w.setUpAgain()
	}
}

// setUpAgain shows that what a killed set-up left behind is in nobody's way.
func (w *world) setUpAgain() {
	w.t.Helper()
	s := must(w.d.BeginSetup(w.ctx, w.input()))
	if err := s.Finish(w.ctx, s.Key().Text()); err != nil {
		w.t.Errorf("the next set-up gives %v", err)
	}
}

func TestThePasswordDoesNotStay(t *testing.T) {
	inWorld(t, func(w *world) {
		for _, file := range must(filepath.Glob(filepath.Join(w.o.Dir, "*", "state.*"))) {
			if data := must(os.ReadFile(file)); strings.Contains(string(data), password) {
				t.Errorf("%s holds the password in clear", file)
			}
		}
		w.o.OnSave(nil)
		dump := w.decrypted()
		for i, generation := range dump {
			if strings.Contains(generation, password) || !strings.Contains(generation, "anna") {
				t.Errorf("generation %d holds the password, or is not the state", i)
			}
		}
		if len(dump) != 2 {
			t.Errorf("%d generations were looked at, want both", len(dump))
		}
	})
}

func TestCloseEndsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.setUp()
		seen := 0
		stop := w.d.Watch(func(app.View) { seen++ })
		w.settle()
		w.d.Close()
		stop()
		if seen == 0 {
			t.Error("the watcher never saw a view")
		}
		if err := w.d.CheckNow(w.ctx); !errors.Is(err, app.ErrClosed) {
			t.Errorf("CheckNow after Close gives %v", err)
		}
		w.d.HideCode()
	}) // the bubble fails the test if a goroutine is left
}
