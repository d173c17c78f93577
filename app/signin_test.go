package app_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

func TestOneCompleteSignIn(t *testing.T) {
	inWorld(t, func(w *world) {
		v := w.d.View()
		if v.Stage != app.StageTrial || v.Name != "anna" || v.Server != "https://id.example.org" || v.Link.State != app.Online {
			t.Fatalf("after the set-up the view is %+v", v)
		}
		r := w.ask()
		if r.Origin != v.Server || r.Service != "Example" || r.Address != "192.0.2.7" || r.Agent != "Firefox on Linux" || r.Network != "another" || r.Known || len(r.Letters) != 3 {
			t.Errorf("request is %+v", r)
		}
		if left := time.Until(r.Expires); left <= 110*time.Second || left > 120*time.Second {
			t.Errorf("request lives %s more", left)
		}
		shown := w.allow(r)
		v = w.d.View()
		if v.Shown == nil || v.Shown.Code != shown.Code || len(shown.Code) != 4 || len(v.Requests) != 0 {
			t.Fatalf("after Allow the view is %+v, the code %q", v, shown.Code)
		}
		if got := w.b.typeCode(r.ID, shown.Code); got != verify.Right {
			t.Fatalf("the code is %s", got)
		}
		w.settle()
		v = w.d.View()
		if v.Shown != nil || v.Stage != app.StageOn {
			t.Errorf("after the code the view is %+v", v)
		}
		want := []string{"two-step", "done", "answered", "request", "created"}
		if got := w.kinds(); !slices.Equal(got, want) {
			t.Errorf("activity is %s, want %s", got, want)
		}
		done := v.Activity[1]
		if done.Doubt || done.Device != "Laptop" || done.Agent != "Firefox on Linux" || done.Address != "192.0.2.7" {
			t.Errorf("the finished sign-in reads %+v", done)
		}
	})
}

func TestTheCodeIsNotThereBeforeAllow(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.ask()
		if got := w.b.typeCode(r.ID, "0000"); got != verify.NotYet {
			t.Errorf("a code before Allow is %s", got)
		}
		if v := w.d.View(); v.Shown != nil {
			t.Errorf("a code is shown: %+v", v.Shown)
		}
	})
}

// The same tap twice, or after an answer that got lost, is one approval and one
// code: a second one could not be opened by the backend.
func TestAllowAgainGivesTheSameCode(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.ask()
		w.b.set(func() { w.b.lose["Answer"] = 2 })
		first := w.allow(r)
		second := w.allow(r)
		if first.Code != second.Code {
			t.Errorf("the codes are %s and %s", first.Code, second.Code)
		}
		if n := len(w.b.answers); n != 3 || !slices.Equal(w.b.answers[0], w.b.answers[1]) || !slices.Equal(w.b.answers[0], w.b.answers[2]) {
			t.Errorf("%d approvals were sent, not one thrice", n)
		}
		if got := w.b.typeCode(r.ID, first.Code); got != verify.Right {
			t.Errorf("the code is %s", got)
		}
	})
}

// A code that the backend has not accepted is good for nothing and not shown.
func TestNoCodeWithoutTheBackend(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.ask()
		w.b.cut()
		_, err := w.d.Allow(w.ctx, r.ID)
		if app.TroubleOf(err) != app.TroubleUnreachable {
			t.Errorf("Allow gives %v", err)
		}
		if v := w.d.View(); v.Shown != nil {
			t.Errorf("a code is shown: %+v", v.Shown)
		}
		if passed := time.Since(r.Asked); passed < 60*time.Second || passed > 3*time.Minute {
			t.Errorf("Allow gave up %s after the request", passed)
		}
	})
}

func TestTheCodeEndsByItself(t *testing.T) {
	inWorld(t, func(w *world) {
		shown := w.allow(w.ask())
		w.pass(time.Until(shown.Until) - time.Second)
		if w.d.View().Shown == nil {
			t.Error("the code is gone before its time")
		}
		w.pass(2 * time.Second)
		if v := w.d.View(); v.Shown != nil {
			t.Errorf("the code is still shown: %+v", v.Shown)
		}
		if _, err := w.d.Allow(w.ctx, shown.Request.ID); !errors.Is(err, app.ErrGone) {
			t.Errorf("Allow after its time gives %v", err)
		}
	})
}

func TestNobodyAnswers(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.ask()
		w.pass(121 * time.Second)
		if v := w.d.View(); len(v.Requests) != 0 {
			t.Errorf("the request is still shown: %+v", v.Requests)
		}
		if _, err := w.d.Allow(w.ctx, r.ID); app.TroubleOf(err) != app.TroubleGone {
			t.Errorf("Allow gives %v", err)
		}
	})
}

func TestNotMe(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.ask()
		if err := w.d.NotMe(w.ctx, r.ID); err != nil {
			t.Fatal(err)
		}
		w.settle()
		if got := w.b.state(r.ID); got != verify.Denied || len(w.d.View().Requests) != 0 {
			t.Errorf("the sign-in is %s, %d requests are shown", got, len(w.d.View().Requests))
		}
		if _, err := w.d.Allow(w.ctx, r.ID); app.TroubleOf(err) != app.TroubleGone {
			t.Errorf("Allow after Not me gives %v", err)
		}
	})
}

// The answer to a no can get lost; sent again, the sign-in is over, because of it.
func TestNotMeIsAcknowledgedByTheLog(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.ask()
		w.b.set(func() { w.b.lose["Answer"] = 1 })
		if err := w.d.NotMe(w.ctx, r.ID); err != nil {
			t.Errorf("Not me gives %v", err)
		}
		if got := w.b.state(r.ID); got != verify.Denied {
			t.Errorf("the sign-in is %s", got)
		}
	})
}

func TestNotMeAfterAllowStopsTheCode(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.ask()
		shown := w.allow(r)
		if err := w.d.NotMe(w.ctx, r.ID); err != nil {
			t.Fatal(err)
		}
		w.settle()
		if w.d.View().Shown != nil {
			t.Error("the code is still shown")
		}
		if got := w.b.typeCode(r.ID, shown.Code); got != verify.Over {
			t.Errorf("the code is %s", got)
		}
	})
}

// A no is kept and delivered, however long the way is cut.
func TestNotMeWithoutConnectionIsDelivered(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.ask()
		w.b.cut()
		ctx, cancel := timeout(w.ctx, 2*time.Second)
		defer cancel()
		if err := w.d.NotMe(ctx, r.ID); app.TroubleOf(err) != app.TroubleUnreachable {
			t.Errorf("Not me gives %v", err)
		}
		if v := w.d.View(); len(v.Requests) != 0 {
			t.Error("the request is still in front")
		}
		w.restart()
		w.b.mend()
		w.pass(61 * time.Second)
		if got := w.b.state(r.ID); got != verify.Denied {
			t.Errorf("the sign-in is %s", got)
		}
	})
}

func TestNotNowPutsAwayAndCanStillBeAllowed(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.ask()
		if err := w.d.NotNow(w.ctx, r.ID); err != nil {
			t.Fatal(err)
		}
		w.settle()
		v := w.d.View()
		if len(v.Requests) != 1 || !v.Requests[0].PutAway {
			t.Fatalf("requests are %+v", v.Requests)
		}
		if got := w.b.typeCode(r.ID, w.allow(r).Code); got != verify.Right {
			t.Errorf("the code is %s", got)
		}
	})
}

func TestHideCode(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.ask()
		shown := w.allow(r)
		w.d.HideCode()
		w.settle()
		if w.d.View().Shown != nil {
			t.Error("the code is still shown")
		}
		if got := w.b.typeCode(r.ID, shown.Code); got != verify.Right {
			t.Errorf("the hidden code is %s", got)
		}
	})
}

func TestTwoRequestsAtOnce(t *testing.T) {
	inWorld(t, func(w *world) {
		first := w.ask()
		w.pass(time.Second)
		second := w.ask()
		v := w.d.View()
		if len(v.Requests) != 2 || v.Requests[0].ID != first.ID || v.Requests[1].ID != second.ID || first.Letters == second.Letters {
			t.Fatalf("requests are %+v", v.Requests)
		}
		code := w.allow(second).Code
		if got := w.b.typeCode(first.ID, code); got != verify.NotYet {
			t.Errorf("the code of one sign-in is %s at the other", got)
		}
		if got := w.b.typeCode(second.ID, code); got != verify.Right {
			t.Errorf("the code is %s", got)
		}
	})
}

func TestAnotherDeviceWasFirst(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.ask()
		w.b.set(func() { w.b.refuse["Answer"] = &api.Error{Code: api.CodeAnswered, Message: "answered on Phone"} })
		if _, err := w.d.Allow(w.ctx, r.ID); app.TroubleOf(err) != app.TroubleAnswered {
			t.Errorf("Allow gives %v", err)
		}
		if v := w.d.View(); v.Shown != nil || len(v.Requests) != 0 {
			t.Errorf("view is %+v", v)
		}
	})
}

func TestWrongCodesAreTold(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.ask()
		code := w.allow(r).Code
		wrong := trust.Code("0000")
		if code == wrong {
			wrong = "1111"
		}
		for range 3 {
			w.b.typeCode(r.ID, wrong)
		}
		w.settle()
		want := []string{"burned", "wrong", "wrong", "answered", "request", "created"}
		if got := w.kinds(); !slices.Equal(got, want) || w.d.View().Shown != nil {
			t.Errorf("activity is %s, want %s; shown %v", got, want, w.d.View().Shown)
		}
	})
}
