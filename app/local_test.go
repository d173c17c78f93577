package app_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
)

// starter is a backend that runs inside the program.
type starter struct {
	b      *backend
	starts int
	fail   error
	life   context.Context
}

func (s *starter) start(ctx context.Context) (app.Local, error) {
	s.starts++
	if s.fail != nil {
		return app.Local{}, s.fail
	}
	s.life = ctx
	return app.Local{URL: s.b.origin, Invite: func(_ context.Context, name string) (string, error) { return s.b.invite(name), nil }}, nil
}

func TestTheBackendInThisProgram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		here := &starter{b: w.b}
		w.o.Local = here.start
		w.open()
		if here.starts != 0 {
			t.Error("it was started although nobody needs it")
		}
		s, err := w.d.BeginSetup(w.ctx, app.SetupInput{Local: true, Name: "anna", Password: password, DeviceName: "Laptop", Kind: trust.Laptop})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Finish(w.ctx, s.Key().Text()); err != nil {
			t.Fatal(err)
		}
		w.settle()
		if v := w.d.View(); !v.Local || v.Link.State != app.Online || here.starts != 1 {
			t.Errorf("started %d times, view is %+v", here.starts, v)
		}
		w.d.Close()
		if here.life.Err() == nil {
			t.Error("it outlives the device")
		}
		w.open()
		if v := w.d.View(); v.Link.State != app.Online || here.starts != 2 {
			t.Errorf("after a restart: started %d times, view is %+v", here.starts, v)
		}
		w.d.Close()
	})
}

// One that cannot be started here, because another program runs it already, is
// reached there.
func TestTheBackendInAnotherProgram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		here := &starter{b: w.b}
		w.o.Local = here.start
		w.open()
		defer func() { w.d.Close() }()
		s := must(w.d.BeginSetup(w.ctx, app.SetupInput{Local: true, Name: "anna", Password: password, DeviceName: "Laptop", Kind: trust.Laptop}))
		if err := s.Finish(w.ctx, s.Key().Text()); err != nil {
			t.Fatal(err)
		}
		here.fail = errors.New("the address is in use")
		w.restart()
		if v := w.d.View(); v.Link.State != app.Online {
			t.Errorf("view is %+v", v)
		}
		w.o.Local = nil // countersignctl has none to start
		w.restart()
		if v := w.d.View(); v.Link.State != app.Online {
			t.Errorf("view is %+v", v)
		}
		w.b.cut()
		w.pass(time.Minute)
		w.b.mend()
		w.pass(2 * time.Minute)
		if v := w.d.View(); v.Link.State != app.Online {
			t.Errorf("view is %+v", v)
		}
	})
}

func TestLocalNamesAreChecked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		here := &starter{b: w.b}
		w.o.Local = here.start
		w.open()
		defer w.d.Close()
		in := app.SetupInput{Local: true, Name: " ", Password: password, DeviceName: "Laptop", Kind: trust.Laptop}
		if _, err := w.d.BeginSetup(w.ctx, in); app.TroubleOf(err) != app.TroubleName || here.starts != 0 {
			t.Errorf("%v, started %d times", err, here.starts)
		}
	})
}
