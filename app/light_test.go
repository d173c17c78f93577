package app_test

import (
	"errors"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// The view says when the key is asked for next: two groups after a month, the whole key
// after half a year, and nothing of a key that was never typed here.
func TestWhenTheKeyIsAskedForNext(t *testing.T) {
	inHouse(t, func(h *house) {
		next := func() time.Duration { return time.Until(h.d.View().Recovery.Next).Round(time.Hour) }
		if got := next(); got != 30*day {
			t.Errorf("after the setup it is asked for in %s", got)
		}
		h.away(31 * day)
		if got := next(); got != -day {
			t.Errorf("a day late it is asked for in %s", got)
		}
		for range 5 {
			a, b := h.d.AskGroups()
			done(t, h.d.CheckGroups(h.key.Groups()[a-1], h.key.Groups()[b-1]))
			h.away(29 * day)
		}
		a, b := h.d.AskGroups()
		done(t, h.d.CheckGroups(h.key.Groups()[a-1], h.key.Groups()[b-1]))
		if got := next(); got != (182-31-5*29)*day {
			t.Errorf("before the half year is over it is asked for in %s", got)
		}
		other := must(trust.RecoveryKeyFromSeed(make([]byte, 16)))
		if err := h.d.CheckRecovery(other.Text()); !errors.Is(err, app.ErrOtherKey) {
			t.Fatal(err)
		}
		if at := h.d.View().Recovery.Next; !at.IsZero() {
			t.Errorf("a key that failed is asked for at %s", at)
		}
	})
}

// expect checks what the light says.
func (h *house) expect(yes bool, next app.Advice, ways ...app.WayKind) {
	h.t.Helper()
	l := h.d.View().Light
	var kinds []app.WayKind
	for _, w := range l.Ways {
		kinds = append(kinds, w.Kind)
	}
	if l.Yes != yes || l.Next != next || len(kinds) != len(ways) {
		h.t.Fatalf("the light is %+v, want %v, %q, %v", l, yes, next, ways)
	}
	for i := range ways {
		if kinds[i] != ways[i] {
			h.t.Fatalf("the ways are %+v, want %v", l.Ways, ways)
		}
	}
}

// The light is green where the person would get back in, and names the one next
// thing to do.
func TestTheLight(t *testing.T) {
	inHouse(t, func(h *house) {
		h.expect(true, app.AdvicePair, app.WayKey)
		if w := h.d.View().Light.Ways[0]; w.Wait != theWait || w.Proved.IsZero() {
			t.Errorf("the way by the key is %+v", w)
		}
		phone := h.pair(h.d, "Phone")
		defer func() { phone.d.Close() }()
		h.expect(true, app.AdviceCopy, app.WayDevice, app.WayKey)
		done(t, h.d.SayCopied(true))
		h.expect(true, app.AdviceNone, app.WayDevice, app.WayKey)
		done(t, h.d.SayCopied(false))
		h.expect(true, app.AdviceCopy, app.WayDevice, app.WayKey)
		done(t, h.d.SayCopied(true))
		if w := h.d.View().Light.Ways[0]; w.Device != "Phone" || w.Proved.IsZero() {
			t.Errorf("the way by the phone is %+v", w)
		}
		phone.d.Close()
		h.away(31 * day)
		h.expect(true, app.AdviceGroups, app.WayKey)
		a, b := h.d.AskGroups()
		done(t, h.d.CheckGroups(h.key.Groups()[a-1], h.key.Groups()[b-1]))
		h.expect(true, app.AdviceSeen, app.WayKey)
		h.away(160 * day)
		h.expect(false, app.AdviceTypeKey)
		done(t, h.d.CheckRecovery(h.key.Text()))
		h.expect(true, app.AdviceSeen, app.WayKey)
		h.away(31 * day) // a month counts in the key's second half year as well
		h.expect(true, app.AdviceGroups, app.WayKey)
		other := must(trust.RecoveryKeyFromSeed(make([]byte, 16)))
		if err := h.d.CheckRecovery(other.Text()); !errors.Is(err, app.ErrOtherKey) {
			t.Fatal(err)
		}
		h.expect(false, app.AdviceNewKey)
		k := must(h.d.BeginNewKey(h.ctx))
		done(t, k.Finish(h.ctx, h.password, k.Key().Text()))
		h.expect(true, app.AdviceSeen, app.WayKey)
		if !h.d.View().Recovery.Copied.IsZero() {
			t.Error("a second copy of the old key counts for the new one")
		}
	})
}

// A device that may not let anybody in yet is no way back.
func TestAHeldDeviceIsNoWay(t *testing.T) {
	inHouse(t, func(h *house) {
		phone := h.pair(h.d, "Phone")
		defer func() { phone.d.Close() }()
		until := time.Now().Add(time.Hour)
		h.reopen(&between{status: func(s *api.Status) {
			for i := range s.Devices {
				s.Devices[i].Held = &until
			}
		}})
		h.pass(time.Second)
		h.expect(true, app.AdviceSeen, app.WayKey)
	})
}

// Another device replaced the key: what was typed and kept here is of a dead one.
func TestTheKeyIsReplacedElsewhere(t *testing.T) {
	keyReplacedElsewhere(t, nil)
}

// The same, on a device whose state is from before keys could be replaced.
func TestTheKeyOfAnOlderStateIsReplaced(t *testing.T) {
	keyReplacedElsewhere(t, []string{"copies", "drill"})
}

func keyReplacedElsewhere(t *testing.T, without []string) {
	inHouse(t, func(h *house) {
		phone := h.pair(h.d, "Phone")
		defer func() { phone.d.Close() }()
		h.growUp(phone)
		h.without(without)
		done(t, h.d.CheckNow(h.ctx))
		if v := h.d.View(); !v.Recovery.Kept || v.Recovery.Proved.IsZero() {
			t.Errorf("before, recovery is %+v", v.Recovery)
		}
		k := must(phone.d.BeginNewKey(h.ctx))
		done(t, k.Finish(h.ctx, h.password, k.Key().Text()))
		h.pass(2 * time.Second)
		h.expect(true, app.AdviceTypeKey, app.WayDevice)
		if r := h.d.View().Recovery; !r.Checked.IsZero() || !r.Next.IsZero() {
			t.Errorf("of a key that was never typed here it says %+v", r)
		}
		if v := h.d.View(); v.Recovery.Kept || !v.Recovery.Proved.IsZero() {
			t.Errorf("recovery is %+v", v.Recovery)
		}
		if _, err := h.d.ShowRecovery(h.ctx, h.password); !errors.Is(err, app.ErrNoCopy) {
			t.Errorf("the dead key is shown: %v", err)
		}
		if a, b := h.d.AskGroups(); a != 0 || b != 0 {
			t.Errorf("groups %d and %d of a dead key are asked for", a, b)
		}
		if v := phone.d.View(); !v.Recovery.Kept || v.Recovery.Proved.IsZero() || v.Light.Next != app.AdviceCopy {
			t.Errorf("the phone's view is %+v", v)
		}
		if a := h.d.View().Activity[0]; a.Kind != app.EntryRecovery || a.By != "Phone" {
			t.Errorf("the newest line is %+v", a)
		}
	})
}

// A young device replaces no key.
func TestAYoungDeviceReplacesNoKey(t *testing.T) {
	inHouse(t, func(h *house) {
		phone := h.pair(h.d, "Phone")
		defer func() { phone.d.Close() }()
		if _, err := phone.d.BeginNewKey(h.ctx); app.TroubleOf(err) != app.TroubleYoung {
			t.Errorf("a new key: %v", err)
		}
		if _, err := phone.d.AskReset(h.ctx); app.TroubleOf(err) != app.TroubleYoung {
			t.Errorf("a new password alone: %v", err)
		}
	})
}

// Two groups at a time find out whether the paper is still there.
func TestTwoGroups(t *testing.T) {
	inWorld(t, func(w *world) {
		groups := w.key.Groups()
		seen := make(map[[2]int]bool)
		for range 40 {
			a, b := w.d.AskGroups()
			if a < 1 || b > 7 || a >= b {
				t.Fatalf("groups %d and %d", a, b)
			}
			if c, d := w.d.AskGroups(); c != a || d != b {
				t.Errorf("asked again it is %d and %d, not %d and %d", c, d, a, b)
			}
			seen[[2]int{a, b}] = true
			if err := w.d.CheckGroups(groups[a-1], "no"); !errors.Is(err, app.ErrKey) {
				t.Errorf("what is no group: %v", err)
			}
			if err := w.d.CheckGroups(" "+groups[a-1]+"-", groups[b-1]); err != nil {
				t.Fatalf("the right ones: %v", err)
			}
			if err := w.d.CheckGroups(groups[a-1], groups[b-1]); !errors.Is(err, app.ErrGone) {
				t.Errorf("again, without being asked: %v", err)
			}
		}
		if len(seen) < 10 {
			t.Errorf("only %d pairs were drawn", len(seen))
		}
	})
}

// Another paper is found out, if not by the first pair then by one of the next; and
// then nothing but the whole key helps, or the right groups.
func TestGroupsOfAnotherPaper(t *testing.T) {
	inWorld(t, func(w *world) {
		other := must(trust.RecoveryKeyFromSeed([]byte("another paper..."))).Groups()
		wrong := 0
		for range 20 {
			a, b := w.d.AskGroups()
			if err := w.d.CheckGroups(other[a-1], other[b-1]); errors.Is(err, app.ErrOtherKey) {
				wrong++
			}
			if l := w.d.View().Light; wrong > 0 && (l.Yes || l.Next != app.AdviceTypeKey) {
				t.Errorf("the light is %+v", l)
			}
		}
		if wrong < 15 {
			t.Errorf("another paper passed %d times of 20", 20-wrong)
		}
		if err := w.d.CheckRecovery(w.key.Text()); err != nil {
			t.Fatal(err)
		}
		if l := w.d.View().Light; !l.Yes || l.Next != app.AdvicePair {
			t.Errorf("after the whole key the light is %+v", l)
		}
	})
}

// What is kept for the groups does not give the key away: of a group, no more than
// five bits.
func TestMarksAreSmall(t *testing.T) {
	inWorld(t, func(w *world) {
		marks, err := app.MarksOf(w.ctx, w.o)
		if err != nil || len(marks) != 7 {
			t.Fatalf("marks are %v, %v", marks, err)
		}
		for _, m := range marks {
			if m >= 1<<5 {
				t.Errorf("a mark is %d", m)
			}
		}
	})
}
