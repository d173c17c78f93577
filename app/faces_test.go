package app_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
)

// command opens a program of the same device that keeps no connection.
func (h *house) command(o app.Options) *app.Device {
	h.t.Helper()
	o.OnDemand = true
	return h.another(o)
}

// same checks that two programs of one device show the same of what waits.
func (h *house) same(when string, window, command *app.Device) {
	h.t.Helper()
	done(h.t, command.CheckNow(h.ctx))
	a, b := window.View(), command.View()
	if !slices.Equal(a.Waits, b.Waits) || a.Stage != b.Stage || a.Notice != b.Notice {
		h.t.Errorf("%s: the window shows %+v (%q), the command %+v (%q)", when, a.Waits, a.Notice, b.Waits, b.Notice)
	}
	if (a.Regaining == nil) != (b.Regaining == nil) || a.Regaining != nil && *a.Regaining != *b.Regaining {
		h.t.Errorf("%s: the window shows %+v, the command %+v", when, a.Regaining, b.Regaining)
	}
}

// A window and a command of one device show the same of a wait that the other began,
// stopped, or finished.
func TestWindowAndCommandShowTheSameWait(t *testing.T) {
	inHouse(t, func(h *house) {
		command := h.command(h.o)
		defer func() { command.Close() }()
		asked := must(command.AskReset(h.ctx))
		h.pass(time.Second)
		if w := h.d.View().Waits; len(w) != 1 || w[0].ID != asked.ID || !w[0].This {
			t.Errorf("the window shows %+v, the command asked for %+v", w, asked)
		}
		h.same("asked for", h.d, command)
		done(t, h.d.StopWait(h.ctx, asked.ID))
		h.same("stopped", h.d, command)
		if n := len(command.View().Waits); n != 0 {
			t.Errorf("the command shows %d waits", n)
		}
		must(h.d.AskReset(h.ctx))
		command.Close()
		h.away(alone + time.Second)
		command = h.command(h.o)
		h.same("over", h.d, command)
		if news := must(command.TakeNews(h.ctx)); !news {
			t.Error("it is no news that it is over")
		}
		if news := must(h.d.TakeNews(h.ctx)); news {
			t.Error("two programs tell of one wait")
		}
		done(t, command.FinishReset(h.ctx, nextPassword))
		h.pass(time.Second)
		h.same("finished", h.d, command)
		if v := h.d.View(); v.Recovery.Kept || len(v.Waits) != 0 {
			t.Errorf("then the window shows %+v, %+v", v.Recovery, v.Waits)
		}
	})
}

// The same of a way back: begun, stopped, asked for anew, finished.
func TestWindowAndCommandShowTheSameWayBack(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.guest() // the window
		defer func() { g.d.Close() }()
		command := h.command(g.o)
		defer func() { command.Close() }()
		done(t, command.BeginRegain(h.ctx, h.regainInput()))
		done(t, g.d.CheckNow(h.ctx))
		h.same("begun", g.d, command)
		if r := g.d.View().Regaining; r == nil || r.State != app.RegainWaits {
			t.Fatalf("the window shows %+v", r)
		}
		h.pass(time.Second)
		done(t, h.d.StopWait(h.ctx, h.d.View().Waits[0].ID))
		h.pass(11 * time.Minute) // the window asks every ten
		h.same("stopped", g.d, command)
		done(t, g.d.RegainAgain(h.ctx, h.password))
		h.same("asked for anew", g.d, command)
		command.Close()
		h.sleepOn(g, theWait)
		command = h.command(g.o)
		h.same("over", g.d, command)
		r := must(command.OpenRegain(h.ctx, h.password))
		h.key = r.Key()
		must(r.Finish(h.ctx, r.Key().Text(), nil))
		h.pass(11 * time.Minute)
		h.same("finished", g.d, command)
		h.works(g)
	})
}

// A way back that the command gives up is over in the window as well.
func TestTheCommandGivesTheWayBackUp(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.regain()
		defer func() { g.d.Close() }()
		command := h.command(g.o)
		defer command.Close()
		done(t, command.CancelRegain(h.ctx, h.password))
		h.pass(11 * time.Minute)
		g.d.CheckNow(h.ctx)
		if v := g.d.View(); v.Regaining != nil || v.Stage != app.StageNew {
			t.Errorf("the window shows %+v", v.Regaining)
		}
		if _, err := g.d.OpenRegain(h.ctx, h.password); !errors.Is(err, app.ErrGone) {
			t.Errorf("the window goes on: %v", err)
		}
		done(t, g.d.BeginRegain(h.ctx, h.regainInput()))
	})
}
