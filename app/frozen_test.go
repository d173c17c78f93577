package app_test

import (
	"errors"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
)

// A device that has the proof of two histories sets no password and makes no key, by
// either of them. It starts again, and comes back by what the account is now.
func TestTheWayOutOfAFreeze(t *testing.T) {
	inHouse(t, func(h *house) {
		phone := h.pair(h.d, "Phone")
		defer func() { phone.d.Close() }()
		h.growUp(phone)
		phone.d.Close()
		old := h.copyOf()
		done(t, h.d.CheckNow(h.ctx))
		k := must(h.d.BeginNewKey(h.ctx))
		done(t, k.Finish(h.ctx, h.password, k.Key().Text()))
		h.d.Close()
		h.putBack(old)
		phone.open()
		h.pass(time.Second)
		here := must(phone.d.BeginNewKey(h.ctx))
		done(t, here.Finish(h.ctx, h.password, here.Key().Text()))
		h.d = must(app.Open(h.ctx, h.o))
		h.pass(time.Second)

		if v := h.d.View(); v.Notice != app.NoticeFrozen || v.Fork == nil || len(v.Fork.Proof) == 0 {
			t.Fatalf("its notice is %q, the proof %+v", v.Notice, v.Fork)
		}
		for name, err := range map[string]error{
			"a new key":                      second(h.d.BeginNewKey(h.ctx)),
			"a password with its own key":    second(h.d.BeginReset(h.ctx, k.Key().Text())),
			"a password with the other key":  second(h.d.BeginReset(h.ctx, here.Key().Text())),
			"a password with the key before": second(h.d.BeginReset(h.ctx, h.key.Text())),
		} {
			if !errors.Is(err, app.ErrFrozen) {
				t.Errorf("%s: %v", name, err)
			}
		}
		h.expect(false, app.AdviceNone)

		done(t, phone.d.CheckNow(h.ctx))
		if v := phone.d.View(); v.Fork == nil { // by what this device signed that it sees
			t.Error("the phone is not told of another history")
		}
		self := h.d.View().This
		done(t, h.d.Forget(h.ctx))
		h.key = here.Key()
		done(t, h.d.BeginRegain(h.ctx, h.regainInput()))
		g := &guest{h: h, o: h.o, d: h.d}
		h.sleepOn(g, theWait)
		h.comeBack(g, self) // what it was before is lost: its word is of the other history
		h.d = g.d
		h.pass(5 * time.Second)
		for name, d := range map[string]*app.Device{"the device": h.d, "the phone": phone.d} {
			done(t, d.CheckNow(h.ctx))
			if v := d.View(); v.Fork != nil || v.Notice != app.NoticeNone {
				t.Errorf("then the notice of %s is %q", name, v.Notice)
			}
		}
		h.works(g)
	})
}
