package offline

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/countersign/countersign/trust"
)

// RFC 6238, appendix B, the rows of SHA-256, whose secret is as long as our seeds.
func TestCodesOfTheStandard(t *testing.T) {
	seed := Seed([]byte("12345678901234567890123456789012"))
	for at, want := range map[int64]Code{
		59: "46119246", 1111111109: "68084774", 1111111111: "67062674", 1234567890: "91819424", 2000000000: "90698825", 20000000000: "77737706",
	} {
		if got := seed.Code(StepAt(time.Unix(at, 0))); got != want {
			t.Errorf("at %d the code is %s, not %s", at, got, want)
		}
	}
}

func TestSteps(t *testing.T) {
	for at, want := range map[int64]Step{-1: 0, 0: 0, 29: 0, 30: 1, 59: 1, 60: 2} {
		if got := StepAt(time.Unix(at, 0)); got != want {
			t.Errorf("%d seconds are in step %d, not %d", at, got, want)
		}
	}
	if s := Step(7); !s.Begins().Equal(time.Unix(210, 0)) || !s.Ends().Equal(time.Unix(240, 0)) {
		t.Errorf("step 7 is from %s to %s", s.Begins(), s.Ends())
	}
}

func TestWindow(t *testing.T) {
	seed, now := newSeed(t, "window"), time.Unix(1_800_000_010, 0)
	present := StepAt(now)
	for d := -3; d <= 3; d++ {
		step := present + Step(d)
		found, ok := seed.Match(seed.Code(step), 0, now)
		if want := d >= -1 && d <= 1; ok != want || ok && found != step {
			t.Errorf("a code %d steps away gives step %d, %t", d, found-present, ok)
		}
	}
}

func TestUsedSteps(t *testing.T) {
	seed, now := newSeed(t, "used"), time.Unix(1_800_000_010, 0)
	present := StepAt(now)
	for _, c := range []struct {
		code, used Step
		ok         bool
	}{
		{present, present - 1, true}, {present, present, false}, {present, present + 1, false},
		{present - 1, present - 1, false}, {present - 1, present - 2, true}, {present + 1, present, true}, {present + 1, present + 1, false},
	} {
		if _, ok := seed.Match(seed.Code(c.code), c.used, now); ok != c.ok {
			t.Errorf("step %+d after %+d was used: %t", int64(c.code-present), int64(c.used-present), ok)
		}
	}
}

// Near 1970 there is no step before the first, and no wrapping around to the last.
func TestWindowAtTheBeginning(t *testing.T) {
	seed := newSeed(t, "beginning")
	for at, want := range map[int64]bool{0: true, 31: true, 61: true, 91: false} {
		if _, ok := seed.Match(seed.Code(1), 0, time.Unix(at, 0)); ok != want {
			t.Errorf("step 1 at %d seconds: %t", at, ok)
		}
	}
	if _, ok := seed.Match(seed.Code(Step(1<<64-1)), 0, time.Unix(0, 0)); ok {
		t.Error("the step before the first is accepted")
	}
}

func TestTypedCodes(t *testing.T) {
	for _, text := range []string{"12345678", "1234 5678", " 1234-5678 ", "1234\u00a05678"} {
		if got, err := ParseCode(text); err != nil || got != "12345678" {
			t.Errorf("%q gives %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "1234567", "123456789", "1234567a", "１２３４５６７８", "1234\n5678", "4821", "482113", "+1234567"} {
		if got, err := ParseCode(text); !errors.Is(err, trust.ErrCode) || got != "" {
			t.Errorf("%q gives %q, %v", text, got, err)
		}
	}
}

func TestSeedHidesItself(t *testing.T) {
	seed := Seed([]byte("12345678901234567890123456789012"))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, seed); got != "(seed)" {
			t.Errorf("%s gives %q", verb, got)
		}
	}
}
