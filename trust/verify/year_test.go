package verify

import (
	"math"
	"testing"
	"time"
)

// attack is how an attacker who knows the password uses a sign-in that the person,
// who allows everything, has allowed: how many codes to type before giving it up.
type attack struct {
	name     string
	tries    int
	parallel int // sign-ins at a time
}

// year plays one year against the limits and tells how many codes were typed and
// whether one was right. draw gives whether a code is right that was not tried
// before among 10,000.
func (a attack) year(right func(tried int) bool) (guesses int, in bool) {
	var l Limits
	now, end := noon, noon.AddDate(1, 0, 0)
	for now.Before(end) {
		var open []SignIn
		var v Verdict
		for range a.parallel {
			if l, v = l.Prompt(Browser{}, Waiting{Unknown: len(open)}, now); v.Allowed {
				open = append(open, SignIn{State: Approved})
			}
		}
		if len(open) == 0 && v.Until.IsZero() {
			return guesses, false // off for good
		}
		for try := range a.tries {
			for i, s := range open {
				if s.State != Approved || !l.mayType(s) {
					continue
				}
				guesses++
				if right(try) {
					return guesses, true
				}
				s.Tries++
				r := Result{Outcome: Wrong}
				if s.Tries == MaxTries {
					s.State, r = Burned, Result{Outcome: TooMany}
				}
				l, _ = l.typed(s, r, now)
				open[i] = s
			}
		}
		now = now.Add(4 * time.Minute)
		if !v.Allowed && v.Until.After(now) {
			now = v.Until
		}
	}
	return guesses, false
}

var attacks = []attack{
	{"three codes each time", 3, 1}, {"gives up after two", 2, 1}, {"gives up after one", 1, 1},
	{"two at a time, three each", 3, 2}, {"two at a time, two each", 2, 2}, {"two at a time, one each", 1, 2},
}

func TestNoAttackGetsMoreThanSixGuessesAYear(t *testing.T) {
	for _, a := range attacks {
		if n, _ := a.year(func(int) bool { return false }); n != OffAtWrong {
			t.Errorf("%s: %d guesses", a.name, n)
		}
	}
}

// With q = 1, a person who allows everything all year, an attacker gets in with
// probability 6/10,000 (docs/protocol.md §6.4), within 3 sigma.
func TestAttackerForAYear(t *testing.T) {
	runs := 400_000
	if testing.Short() {
		runs = 5_000
	}
	rand := newDice("year")
	for _, a := range attacks[:2] {
		hits := 0
		for range runs {
			if _, in := a.year(func(tried int) bool { return rand.below(10_000-tried) == 0 }); in {
				hits++
			}
		}
		p := 6e-4
		mean, sigma := p*float64(runs), math.Sqrt(p*(1-p)*float64(runs))
		if math.Abs(float64(hits)-mean) > 3*sigma {
			t.Errorf("%s: %d of %d, want %.1f ± %.1f", a.name, hits, runs, mean, 3*sigma)
		}
	}
}
