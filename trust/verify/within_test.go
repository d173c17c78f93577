package verify

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/countersign/countersign/trust"
	"pgregory.net/rapid"
)

// dice are throws that are the same in every run.
type dice struct{ *rand.Rand }

func newDice(seed string) dice {
	var s [32]byte
	copy(s[:], seed)
	return dice{rand.New(rand.NewChaCha8(s))}
}

func (d dice) below(n int) int { return d.IntN(n) }

// types types a code under limits, in the sign-in's own browser.
func (w *world) types(l Limits, s SignIn, code string) (SignIn, Limits, Result, Effect) {
	w.Helper()
	s, l, r, e, err := w.CheckWithin(l, s, w.state, s.Session, code, w.now)
	if err != nil {
		w.Fatal(err)
	}
	return w.stored(s), l, r, e
}

func TestCheckWithinEndsOpenSignInsWhenTheBudgetIsUsedUp(t *testing.T) {
	w := newWorld(t)
	var l Limits
	l, _ = types(l, Browser{}, 1, Wrong, w.now)
	l, _ = types(l, Browser{}, 1, Wrong, w.now)
	a, codeA := w.approved("a")
	b, codeB := w.approved("b")
	a, l, _, _ = w.types(l, a, wrong(codeA, 0))
	b, l, _, _ = w.types(l, b, wrong(codeB, 0))
	a, l, r, _ := w.types(l, a, wrong(codeA, 1))
	if r.Outcome != Wrong {
		t.Fatalf("fifth: %v", r)
	}
	b, l, r, e := w.types(l, b, wrong(codeB, 1))
	if r.Outcome != TooMany || b.State != Burned || !e.Off {
		t.Fatalf("sixth: %v, %s, %+v", r, b.State, e)
	}
	a, l, r, _ = w.types(l, a, string(codeA))
	if r.Outcome != Over || a.State != Burned {
		t.Errorf("the right code when all is off: %v, %s", r, a.State)
	}
	if !l.SwitchedOff() {
		t.Error("not off")
	}
}

func TestCheckWithinCountsForTheRightBrowser(t *testing.T) {
	w := newWorld(t)
	in := ask("a")
	in.Known, in.Browser = true, browser("a")
	s := w.begin(in)
	raw, code := w.allows(s, "phone")
	s = w.answer(s, raw)
	l := Limits{}
	for n := range MaxTries {
		s, l, _, _ = w.types(l, s, wrong(code, n))
	}
	if l.known(browser("a")).Wrong != 3 || len(l.row.Wrong) != 0 {
		t.Errorf("%+v", l.row)
	}
}

// Not me, said of one sign-in of a known browser, ends the other one too.
func TestCheckWithinOfABrowserThatIsKnownNoMore(t *testing.T) {
	w := newWorld(t)
	in := ask("a")
	in.Known, in.Browser = true, browser("a")
	s := w.begin(in)
	raw, code := w.allows(s, "phone")
	s = w.answer(s, raw)
	l, _ := Limits{}.Ended(SignIn{State: Denied, Known: true, Browser: browser("a")}, w.now)
	if s, _, r, _ := w.types(l, s, string(code)); r.Outcome != Over || s.State != Burned {
		t.Errorf("%v, %s", r, s.State)
	}
}

func TestCheckWithinThroughTheDoor(t *testing.T) {
	w := newWorld(t)
	l, _ := burns(Limits{}, Browser{}, w.now)
	l, _ = burns(l, Browser{}, w.now)
	l, letters, err := l.OpenDoor(w.now, w.rand)
	if err != nil {
		t.Fatal(err)
	}
	l, v := l.Prompt(Browser{}, Waiting{}, w.now)
	in := ask("a")
	in.Door = v.Door
	s := w.begin(in)
	if s.Door != letters {
		t.Fatalf("%q", s.Door)
	}
	raw, code := w.allows(s, "phone")
	s = w.answer(s, raw)
	s, l, r, _ := w.types(l, s, wrong(code, 0))
	if r.Outcome != Wrong {
		t.Fatalf("%v", r)
	}
	if s, _, r, _ = w.types(l, s, string(code)); r.Outcome != Right {
		t.Errorf("%v, %s", r, s.State)
	}
}

func TestCheckWithinPassesErrorsOn(t *testing.T) {
	w := newWorld(t)
	s, code := w.approved("a")
	full, _ := burns(Limits{}, Browser{}, w.now)
	full, _ = burns(full, Browser{}, w.now)
	for name, l := range map[string]Limits{"fresh": {}, "used up": full} {
		got, _, _, _, err := w.CheckWithin(l, s, w.state, session("other"), string(code), w.now)
		if err != ErrSession || got.State != Approved {
			t.Errorf("%s: another browser: %v, %s", name, err, got.State)
		}
	}
	if got, l, _, _, err := w.CheckWithin(Limits{}, s, w.state, s.Session, "12", w.now); err != trust.ErrCode || got.Tries != 0 || len(l.row.Wrong) != 0 {
		t.Errorf("no code: %v", err)
	}
}

// Whatever an attacker does with unknown browsers, in whatever order and at
// whatever times, between two confirmations he types at most six codes, and the
// invariants of the rows hold.
func TestAnyAttackGetsSixGuesses(t *testing.T) {
	w := newWorld(t)
	rapid.Check(t, func(rt *rapid.T) {
		var l Limits
		now, guesses := noon, 0
		var open []SignIn
		rt.Repeat(map[string]func(*rapid.T){
			"waits": func(rt *rapid.T) {
				now = now.Add(time.Duration(rapid.Int64Range(0, 40*24*3600).Draw(rt, "seconds")) * time.Second)
				if now.After(noon.Add(WrongWindow)) {
					now = noon.Add(WrongWindow - time.Second)
				}
			},
			"asks": func(rt *rapid.T) {
				var v Verdict
				if l, v = l.Prompt(Browser{}, Waiting{Unknown: len(open)}, now); v.Allowed && v.Door == "" {
					open = append(open, SignIn{State: Approved})
				}
				if v.Allowed == (v.Reason != "") {
					rt.Fatalf("%+v", v)
				}
			},
			"types": func(rt *rapid.T) {
				if len(open) == 0 {
					rt.Skip("nothing is open")
				}
				s := &open[rapid.IntRange(0, len(open)-1).Draw(rt, "which")]
				if s.State != Approved || !l.mayType(*s) {
					return
				}
				guesses++
				s.Tries++
				o := Wrong
				if s.Tries == MaxTries {
					s.State, o = Burned, TooMany
				}
				l, _ = l.typed(*s, Result{Outcome: o}, now)
			},
			"abandons": func(rt *rapid.T) {
				if len(open) == 0 {
					rt.Skip("nothing is open")
				}
				s := open[0]
				s.State = rapid.SampledFrom([]State{Expired, Stopped}).Draw(rt, "how")
				l, _ = l.Ended(s, now)
				open = open[1:]
			},
			"owner says not me":   func(*rapid.T) { l, _ = l.Ended(ended(Denied), now) },
			"owner opens the app": func(*rapid.T) { l = l.Opened() },
			"owner signs in":      func(*rapid.T) { l, _ = types(l, Browser{}, 1, Right, now) },
			"owner confirms":      func(*rapid.T) { l, guesses, open = l.Confirm(), 0, nil },
			"": func(rt *rapid.T) {
				if guesses > OffAtWrong {
					rt.Fatalf("%d guesses", guesses)
				}
				row := w.EncodeLimits(trust.AccountID{1}, l)
				if got, err := w.DecodeLimits(trust.AccountID{1}, row); err != nil || string(w.EncodeLimits(trust.AccountID{1}, got)) != string(row) {
					rt.Fatalf("the row does not come back: %v", err)
				}
			},
		})
	})
}
