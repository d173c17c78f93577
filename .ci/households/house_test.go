package main

import (
	"fmt"
	"slices"
	"testing"
)

// certain are rates under which nothing happens but what a test names: whatever is
// not named is never so, what is named always.
func certain(always ...rate) rates {
	var r rates
	for _, a := range always {
		r[a] = 1
	}
	return r
}

// home is a household with one phone, its key on paper and its password by heart.
func home(r rules, always ...rate) *house {
	h := settle(r, certain(always...), luck{seed: 1, home: 1})
	h.now = 2 * year
	return h
}

// left is what an owner still has.
type left struct{ password, device, key bool }

func (l left) String() string {
	out := ""
	for i, has := range []bool{l.password, l.device, l.key} {
		if has {
			out += "PDR"[i : i+1]
		} else {
			out += "-"
		}
	}
	return out
}

// with takes from a household what is not left.
func (h *house) with(l left) *house {
	h.knows, h.trusted[phone], h.paper = l.password, l.device, l.key
	return h
}

// withoutNumber are the ancestor's three things alone.
func withoutNumber() rules {
	r := apple2013()
	r.text = false
	return r
}

func TestAnyTwoOfThree(t *testing.T) {
	const locked = -1
	rows := []struct {
		has         left
		apple, ours hours // shut out for so long
	}{
		{left{true, true, true}, 0, 0},
		{left{true, true, false}, 0, 0}, // see TestLostKey
		{left{true, false, true}, fetching, 24 + fetching},
		{left{false, true, true}, fetching, fetching},
		{left{false, true, false}, locked, 72},
		{left{true, false, false}, locked, locked},
		{left{false, false, true}, locked, locked},
		{left{false, false, false}, locked, locked},
	}
	for _, row := range rows {
		for _, c := range []struct {
			rules rules
			want  hours
		}{{withoutNumber(), row.apple}, {countersign(), row.ours}} {
			t.Run(fmt.Sprint(c.rules.name, " ", row.has), func(t *testing.T) {
				h := home(c.rules).with(row.has)
				h.mend()
				if c.want == locked {
					if h.end != lockedOut || len(h.outages) > 0 {
						t.Fatalf("end %v, outages %v: want locked out", h.end, h.outages)
					}
					return
				}
				checkOutage(t, h, c.want)
				if !h.knows || !h.trusted[phone] {
					t.Error("password or device did not come back")
				}
				if row.has.key && !h.hasKey() {
					t.Error("the key is gone that was there")
				}
			})
		}
	}
}

func checkOutage(t *testing.T, h *house, want hours) {
	t.Helper()
	var all hours
	for _, o := range h.outages {
		all += o
	}
	if h.end != inUse || all != want {
		t.Fatalf("end %v (%s), shut out for %v h: want in use, %v h", h.end, h.why, all, want)
	}
}

func TestUsedKeyIsReplaced(t *testing.T) {
	for _, has := range []left{{true, false, true}, {false, true, true}, {false, true, false}} {
		h := home(countersign()).with(has)
		h.copied = true
		h.mend()
		if h.key != 2 || h.copied || !h.paper {
			t.Errorf("%v: key %d, copied %v, kept %v: want a new one on paper that nobody copied", has, h.key, h.copied, h.paper)
		}
	}
}

func TestTextMessageIsADeviceForTheAncestorOnly(t *testing.T) {
	h := home(apple2013()).with(left{password: true})
	h.mend()
	checkOutage(t, h, newSIM)
	h = home(byText()).with(left{password: true})
	h.mend()
	checkOutage(t, h, 72)
	h = home(byText()).with(left{})
	h.mend()
	if h.end != lockedOut {
		t.Error("a text message alone let somebody in")
	}
}

func TestLastHope(t *testing.T) {
	h := home(countersign(), keyFoundAgain).with(left{password: true})
	h.mend()
	checkOutage(t, h, 24+fetching+searching)
	h = home(countersign(), passwordBack).with(left{key: true})
	h.mend()
	checkOutage(t, h, 24+fetching+searching)
	h = home(countersign(), passwordBack).with(left{})
	h.mend()
	if h.end != lockedOut || h.why != noDeviceNoKey {
		t.Errorf("end %v, %q: a password alone is not two things", h.end, h.why)
	}
	h = home(withoutNumber(), keyFoundAgain).with(left{true, false, false})
	h.disabled = true
	h.mend()
	if h.end != lockedOut || h.why != disabledNoDevice {
		t.Errorf("end %v, %q: want locked out, disabled without a device", h.end, h.why)
	}
}

// TestStrangersFail: failed attempts cost owners nothing, whatever they have left.
func TestStrangersFail(t *testing.T) {
	for n := range 8 {
		has := left{n&1 > 0, n&2 > 0, n&4 > 0}
		h := home(countersign()).with(has)
		h.hammer()
		if h.end != inUse || h.disabled || len(h.outages) > 0 {
			t.Errorf("ours, %v: end %v, disabled %v, outages %v", has, h.end, h.disabled, h.outages)
		}
	}
	h := home(apple2013())
	h.hammer()
	checkOutage(t, h, fetching)
	h = home(apple2013()).with(left{true, true, false})
	h.hammer()
	if h.end != lockedOut || h.why != disabledNoKey {
		t.Errorf("the ancestor without key: end %v, %q", h.end, h.why)
	}
}

// TestLostKey plays one life step by step: the paper is lost in the spring, the
// phone in the next year.
func TestLostKey(t *testing.T) {
	l := life{luck: luck{seed: 1, home: 1}, events: []event{
		{at: 100 * day, what: paperGone},
		{at: 500 * day, what: deviceGone, which: phone},
	}}
	play := func(r rules, end hours, always ...rate) *house {
		return settle(r, certain(always...), l.luck).live(l, end)
	}
	if h := play(countersign(), 101*day, drillDone); h.hasKey() || h.key != 1 {
		t.Fatal("the paper was lost on day 100, and nobody asked yet")
	}
	if h := play(countersign(), 140*day, drillDone); !h.hasKey() || h.key != 2 {
		t.Fatal("the app asked within a month, and there is no new key")
	}
	h := play(countersign(), year*2, drillDone)
	checkOutage(t, h, 24+fetching)
	if h.key != 3 {
		t.Errorf("key %d: want a third one, as the second was used", h.key)
	}
	if h := play(countersign(), year*2); h.end != lockedOut || h.why != noDeviceNoKey || h.ended != 500*day {
		t.Errorf("without the drill: end %v, %q on day %v", h.end, h.why, h.ended/day)
	}
	if h := play(withoutNumber(), year*2, drillDone); h.end != lockedOut {
		t.Error("the ancestor never asks for the key, and yet it was there")
	}
}

func TestDrillAsksMonthlyForEver(t *testing.T) {
	asked := func(r rules) int {
		h, n := settle(r, certain(drillDone), luck{seed: 1, home: 1}), 0
		for len(h.queue) > 0 && h.queue[0].at < 3*year {
			e := h.queue[0]
			h.queue = slices.Delete(h.queue, 0, 1)
			h.now = e.at
			if e.what == paperAsked {
				n++
			}
			h.befall(e)
		}
		return n
	}
	if n := asked(countersign()); n != 35 {
		t.Errorf("asked %d times in less than 36 months: want 35", n)
	}
	if n := asked(but("", seldom)); n != 6+14 {
		t.Errorf("asked %d times: want 6 in half a year, and then every second month", n)
	}
	if n := asked(apple2013()); n != 0 {
		t.Errorf("the ancestor asked %d times", n)
	}
}

// TestForgettingIsNoticedLater: between forgetting and noticing, losing the phone
// takes two things at once.
func TestForgettingIsNoticedLater(t *testing.T) {
	v := certain()
	v[daysToNotice] = 20
	l := life{luck: luck{seed: 1, home: 1}, events: []event{{at: 100 * day, what: passwordGone}}}
	h := settle(countersign(), v, l.luck).live(l, 2*year)
	checkOutage(t, h, fetching)
	l.events = append(l.events, event{at: 100*day + 1, what: deviceGone, which: phone})
	h = settle(countersign(), v, l.luck).live(l, 2*year)
	if h.end != lockedOut || h.why != noDeviceNoPassword {
		t.Errorf("end %v, %q: want locked out with the key alone", h.end, h.why)
	}
}

func TestHomeLost(t *testing.T) {
	h := home(countersign(), phoneInHome)
	h.burn()
	if h.end != lockedOut || h.why != noHome {
		t.Errorf("all at home, and the phone: end %v, %q", h.end, h.why)
	}
	h = home(countersign(), phoneInHome, keySecondAsked)
	h.burn()
	checkOutage(t, h, 24+fetching)
	h = home(countersign(), rekeyedAfter)
	h.burn()
	checkOutage(t, h, 0)
	if h.hasKey() {
		t.Error("the paper outlived its home")
	}
}

// TestSecondCopy: the drill is answered from either, so it finds out only when both
// are gone.
func TestSecondCopy(t *testing.T) {
	if h := home(countersign(), keySecondCopy); h.second {
		t.Error("a second copy, though nobody followed the light")
	}
	if h := home(countersign(), keySecondAsked, keyNeverKept); h.second {
		t.Error("a second copy of a key that was not kept at all")
	}
	h := home(countersign(), keySecondAsked, drillDone)
	h.losePaper()
	h.befall(event{h.now, paperAsked, h.key})
	if !h.hasKey() || h.key != 1 {
		t.Errorf("key %d, there %v: want the first one, elsewhere", h.key, h.hasKey())
	}
	h.befall(event{h.now, secondGone, 0})
	if h.hasKey() {
		t.Fatal("both are gone, and the key is there")
	}
	h.befall(event{h.now, paperAsked, h.key})
	if !h.hasKey() || h.key != 2 {
		t.Errorf("key %d, there %v: want a second one", h.key, h.hasKey())
	}
}

func TestFurtherDevice(t *testing.T) {
	h := home(countersign(), ownsComputer, trustsAdvised)
	h.lose(phone)
	checkOutage(t, h, 0)
	if h.trusted[phone] {
		t.Error("the lost phone is still trusted")
	}
	h = home(countersign(), ownsComputer, trustsSecond)
	if h.trusted[computer] {
		t.Error("trusted without the advice being followed")
	}
}

// TestOldPaperIsAskedForNoMore: what was planned for a key ends with it.
func TestOldPaperIsAskedForNoMore(t *testing.T) {
	h := home(countersign(), drillDone)
	h.newKey()
	h.paper, h.queue = false, nil
	for _, what := range []mishap{paperAsked, paperMissed} {
		h.befall(event{h.now, what, 1})
	}
	h.befall(event{h.now, passwordNeeded, h.password - 1})
	if h.key != 2 || len(h.queue) > 0 || len(h.outages) > 0 {
		t.Errorf("key %d, planned %v, shut out %v: the old key's drill went on", h.key, h.queue, h.outages)
	}
}
