package app_test

import (
	"context"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
)

// counting counts how often the way back is asked about.
type counting struct {
	door
	asked int
}

func (c *counting) Regaining(ctx context.Context, p api.SessionProof) (api.Regaining, error) {
	c.asked++
	return c.door.Regaining(ctx, p)
}

// A way back is asked about every ten minutes, and the view says that it is over
// when it is, without being asked.
func TestAWayBackIsAskedAboutQuietly(t *testing.T) {
	inHouse(t, func(h *house) {
		h.d.Close()
		g := h.guest()
		defer func() { g.d.Close() }()
		g.d.Close()
		c := &counting{door: door{h}}
		g.o.Dial = func(string) (api.Account, error) { return c, nil }
		g.open()
		done(t, g.d.BeginRegain(h.ctx, h.regainInput()))
		h.pass(time.Second)
		until := g.d.View().Regaining.Until
		h.pass(time.Until(until) - time.Second)
		if r := g.d.View().Regaining; r.State != app.RegainWaits || g.d.View().Link.State != app.Online {
			t.Errorf("a second before the end it is %+v", r)
		}
		h.pass(4 * time.Second)
		if r := g.d.View().Regaining; r.State != app.RegainReady {
			t.Errorf("three seconds after it is %+v", r)
		}
		if c.asked < 24*6-1 || c.asked > 24*6+5 {
			t.Errorf("it asked %d times in a day", c.asked)
		}
	})
}

// Without a backend a way back keeps waiting, says so, and goes on by itself.
func TestAWayBackWithoutABackend(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.regain()
		defer func() { g.d.Close() }()
		h.d.Close()
		g.d.Close()
		h.stop()
		g.open()
		h.pass(20 * time.Minute)
		if v := g.d.View(); v.Link.State != app.Offline || v.Regaining == nil || v.Regaining.State != app.RegainWaits || v.Notice != app.NoticeNone {
			t.Errorf("view is %+v, %+v", v.Regaining, v)
		}
		h.pass(theWait)
		h.start()
		h.pass(2 * time.Minute)
		if v := g.d.View(); v.Link.State != app.Online || v.Regaining == nil || v.Regaining.State != app.RegainReady {
			t.Errorf("view is %+v, %+v", v.Regaining, v)
		}
		h.comeBack(g)
		h.works(g)
	})
}

// A program that keeps no connection learns by CheckNow how far its way back is.
func TestAWayBackOnDemand(t *testing.T) {
	inHouse(t, func(h *house) {
		h.d.Close()
		g := h.guest()
		defer func() { g.d.Close() }()
		g.d.Close()
		g.o.OnDemand = true
		g.open()
		done(t, g.d.BeginRegain(h.ctx, h.regainInput()))
		h.sleepOn(g, theWait)
		if r := g.d.View().Regaining; r == nil || r.State != app.RegainWaits {
			t.Errorf("before it looked it is %+v", r)
		}
		done(t, g.d.CheckNow(h.ctx))
		if r := g.d.View().Regaining; r == nil || r.State != app.RegainReady {
			t.Fatalf("after it looked it is %+v", r)
		}
		r := must(g.d.OpenRegain(h.ctx, h.password))
		if v := must(r.Finish(h.ctx, "", nil)); v.Stage != app.StageOn || !v.Recovery.Kept || !v.Recovery.Proved.IsZero() {
			t.Errorf("back, without typing the key, the view is %+v", v)
		}
	})
}
