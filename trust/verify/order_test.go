package verify

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/trust"
)

func TestAnswersInEveryOrder(t *testing.T) {
	for name, c := range map[string]struct {
		answers []string // device and answer; "=" delivers the one before again
		want    State
		errs    []error
	}{
		"allow":                            {[]string{"phone allow"}, Approved, []error{nil}},
		"allow delivered twice":            {[]string{"phone allow", "="}, Approved, []error{nil, nil}},
		"allow by two":                     {[]string{"phone allow", "laptop allow"}, Approved, []error{nil, ErrAnswered}},
		"allow twice, drawn anew":          {[]string{"phone allow", "phone allow"}, Approved, []error{nil, ErrAnswered}},
		"not me":                           {[]string{"phone not me"}, Denied, []error{nil}},
		"not me delivered twice":           {[]string{"phone not me", "="}, Denied, []error{nil, nil}},
		"not me by two":                    {[]string{"phone not me", "laptop not me"}, Denied, []error{nil, ErrAnswered}},
		"allow after not me":               {[]string{"phone not me", "laptop allow"}, Denied, []error{nil, ErrAnswered}},
		"not me after allow":               {[]string{"phone allow", "laptop not me"}, Denied, []error{nil, nil}},
		"not me after allow, same device":  {[]string{"phone allow", "phone not me"}, Denied, []error{nil, nil}},
		"allow once more after all of it":  {[]string{"phone allow", "laptop not me", "phone allow"}, Denied, []error{nil, nil, ErrAnswered}},
		"not now":                          {[]string{"phone not now"}, Pending, []error{nil}},
		"not now twice":                    {[]string{"phone not now", "phone not now"}, Pending, []error{nil, nil}},
		"not now by all":                   {[]string{"phone not now", "laptop not now"}, Pending, []error{nil, nil}},
		"allow after not now":              {[]string{"phone not now", "laptop allow"}, Approved, []error{nil, nil}},
		"allow after not now, same device": {[]string{"phone not now", "phone allow"}, Approved, []error{nil, nil}},
		"not now after allow":              {[]string{"phone allow", "laptop not now"}, Approved, []error{nil, ErrAnswered}},
		"not now after not me":             {[]string{"phone not me", "laptop not now"}, Denied, []error{nil, ErrAnswered}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.begin(ask("browser"))
			var raw []byte
			for i, line := range c.answers {
				if line != "=" {
					raw = w.answerLine(s, line)
				}
				next, err := w.Answer(s, w.state, raw, w.now)
				if !errors.Is(err, c.errs[i]) || (err == nil) != (c.errs[i] == nil) {
					t.Fatalf("%s: %v, want %v", line, err, c.errs[i])
				}
				var by Answered
				if errors.As(err, &by) && (by.Device != s.Device || by.State != s.State) {
					t.Errorf("answered %+v, but it was %v, %s", by, s.Device, s.State)
				}
				s = w.stored(next)
			}
			if s.State != c.want {
				t.Errorf("state %s, want %s", s.State, c.want)
			}
		})
	}
}

func (w *world) answerLine(s SignIn, line string) []byte {
	w.Helper()
	for _, device := range []string{"phone", "laptop"} {
		switch line {
		case device + " allow":
			raw, _ := w.allows(s, device)
			return raw
		case device + " not now":
			return w.declines(s, device, trust.NotNow)
		case device + " not me":
			return w.declines(s, device, trust.NotMe)
		}
	}
	w.Fatalf("no such answer: %q", line)
	return nil
}

func TestNotNowIsRememberedForItsDevice(t *testing.T) {
	w := newWorld(t)
	s := w.begin(ask("browser"))
	s = w.answer(s, w.declines(s, "phone", trust.NotNow))
	s = w.answer(s, w.declines(s, "phone", trust.NotNow))
	if len(s.Away) != 1 || s.Away[0] != deviceOf(t, "phone").ID || s.Approval != nil || !s.Device.IsZero() {
		t.Errorf("%+v", s)
	}
	w.later(PendingFor + time.Second)
	if s, ok := w.Expire(s, w.now); !ok || s.Ignored() {
		t.Error("put away counts as nobody there")
	}
}

// After the end nothing but the same "too late" is to be had.
func TestNothingComesBack(t *testing.T) {
	w := newWorld(t)
	pending := w.begin(ask("browser"))
	allow, code := w.allows(pending, "phone")
	notMe := w.declines(pending, "laptop", trust.NotMe)
	approved := w.answer(pending, allow)
	done, _ := w.check(approved, string(code))
	burned := approved
	for n := range MaxTries {
		burned, _ = w.check(burned, wrong(code, n))
	}
	stopped, err := w.Stop(pending, pending.Session, w.now)
	if err != nil {
		t.Fatal(err)
	}
	w.later(PendingFor + time.Second)
	expired, ok := w.Expire(pending, w.now)
	if !ok {
		t.Fatal("not expired")
	}
	w.later(-PendingFor)
	for _, s := range []SignIn{done, burned, stopped, expired} {
		for name, raw := range map[string][]byte{"allow": allow, "not me": notMe} {
			if got, err := w.Answer(s, w.state, raw, w.now); err != ErrLate || got.State != s.State {
				t.Errorf("%s on %s: %v", name, s.State, err)
			}
		}
		if got, r := w.check(s, string(code)); r.Outcome != Over || got.State != s.State || got.Tries != s.Tries {
			t.Errorf("code on %s: %v", s.State, r)
		}
		if _, err := w.Stop(s, s.Session, w.now); err != ErrLate {
			t.Errorf("stop on %s: %v", s.State, err)
		}
		if _, err := w.Choose(s, w.state, deviceOf(t, "phone").ID, w.now); err != ErrLate {
			t.Errorf("choose on %s: %v", s.State, err)
		}
		if _, ok := w.Expire(s, w.now.Add(time.Hour)); ok {
			t.Errorf("%s expires once more", s.State)
		}
		if s.Open() {
			t.Errorf("%s is open", s.State)
		}
	}
}

func TestLateness(t *testing.T) {
	w := newWorld(t)
	s := w.begin(ask("browser"))
	raw, code := w.allows(s, "phone")
	if got, err := w.Answer(s, w.state, raw, w.now.Add(PendingFor)); err != nil || got.State != Approved {
		t.Errorf("in the last second: %v", err)
	}
	if got, err := w.Answer(s, w.state, raw, w.now.Add(PendingFor+time.Second)); err != ErrLate || got.State != Pending {
		t.Errorf("a second late: %v", err)
	}
	s = w.answer(s, raw)
	for name, c := range map[string]struct {
		after time.Duration
		want  Outcome
	}{"in the last second": {CodeFor, Right}, "a second late": {CodeFor + time.Second, Over}, "a day late": {24 * time.Hour, Over}} {
		got, r, err := w.Check(s, w.state, s.Session, string(code), w.now.Add(c.after))
		if err != nil || r.Outcome != c.want || (c.want == Over) != (got.State == Expired) {
			t.Errorf("%s: %v, %s, %v", name, r, got.State, err)
		}
	}
	if _, err := w.Answer(s, w.state, raw, w.now.Add(CodeFor+time.Second)); err != ErrLate {
		t.Errorf("the same approval when the code is over: %v", err)
	}
	notMe := w.declines(s, "laptop", trust.NotMe)
	if _, err := w.Answer(s, w.state, notMe, w.now.Add(CodeFor+time.Second)); err != ErrLate {
		t.Errorf("not me when the code is over: %v", err)
	}
}

// However the steps are spread, a sign-in ends within five minutes, also when the
// verifier's clock is set back.
func TestClockSteps(t *testing.T) {
	if PendingFor+CodeFor+2*ClockBack > 5*time.Minute {
		t.Error("a sign-in may live longer than five minutes")
	}
	w := newWorld(t)
	s, code := w.approved("browser")
	for back, want := range map[time.Duration]Outcome{ClockBack: Right, ClockBack + time.Second: Over, 5 * time.Minute: Over, 24 * time.Hour: Over} {
		if _, r, err := w.Check(s, w.state, s.Session, string(code), w.now.Add(-back)); err != nil || r.Outcome != want {
			t.Errorf("set back by %v: %v, %v", back, r, err)
		}
	}
	pending := w.begin(ask("other"))
	raw, _ := w.allows(pending, "phone")
	if _, err := w.Answer(pending, w.state, raw, w.now.Add(-5*time.Minute)); err != ErrLate {
		t.Errorf("set back before the answer: %v", err)
	}
	if got, ok := w.Expire(pending, w.now.Add(-5*time.Minute)); !ok || got.State != Expired {
		t.Error("set back, and it lives on")
	}
}

// The device's clock is shown, never judged.
func TestDeviceClockDoesNotMatter(t *testing.T) {
	for _, off := range []time.Duration{-24 * time.Hour, 24 * time.Hour, -100 * 365 * 24 * time.Hour} {
		w := newWorld(t)
		s := w.begin(ask("browser"))
		w.later(off)
		raw, code := w.allows(s, "phone")
		w.later(-off)
		if _, r := w.check(w.answer(s, raw), string(code)); r.Outcome != Right {
			t.Errorf("off by %v: %v", off, r)
		}
	}
}

func TestDeviceRemovedBetweenAllowAndCode(t *testing.T) {
	w := newWorld(t)
	s := w.begin(ask("browser"))
	raw, code := w.allows(s, "laptop")
	s = w.answer(s, raw)
	w.remove("laptop", "phone")
	got, r := w.check(s, string(code))
	if r.Outcome != Over || got.State != Expired {
		t.Errorf("%v, %s", r, got.State)
	}
	if got.Ignored() {
		t.Error("counts as ignored, though somebody allowed it")
	}
	again := w.begin(ask("browser 2"))
	if _, err := w.Answer(again, w.state, raw, w.now); err != ErrNotMember {
		t.Errorf("removed device answers: %v", err)
	}
}

func TestStopAndChoose(t *testing.T) {
	w := newWorld(t)
	s := w.begin(ask("browser"))
	if _, err := w.Stop(s, session("other"), w.now); err != ErrSession {
		t.Errorf("stopped from another browser: %v", err)
	}
	if _, err := w.Choose(s, w.state, deviceOf(t, "thief").ID, w.now); err != ErrNotMember {
		t.Errorf("chose a stranger: %v", err)
	}
	got, err := w.Choose(s, w.state, deviceOf(t, "laptop").ID, w.now)
	if err != nil || got.Target != deviceOf(t, "laptop").ID {
		t.Fatal(err)
	}
	raw, _ := w.allows(got, "phone")
	if got = w.answer(got, raw); got.State != Approved {
		t.Error("a device that was not chosen may not answer")
	}
	if _, err := w.Choose(got, w.state, trust.DeviceID{}, w.now); err != ErrLate {
		t.Errorf("chosen after Allow: %v", err)
	}
	if got, err = w.Stop(got, got.Session, w.now); err != nil || got.State != Stopped {
		t.Errorf("%v", err)
	}
	if _, err := w.Stop(s, s.Session, w.now.Add(PendingFor+time.Second)); err != ErrLate {
		t.Errorf("stopped after the end: %v", err)
	}
}

func TestIgnored(t *testing.T) {
	w := newWorld(t)
	pending := w.begin(ask("a"))
	approved, _ := w.approved("b")
	w.later(5 * time.Minute)
	for name, c := range map[string]struct {
		s    SignIn
		want bool
	}{"nobody answered": {pending, true}, "allowed, no code typed": {approved, false}} {
		if got, ok := w.Expire(c.s, w.now); !ok || got.Ignored() != c.want {
			t.Errorf("%s: %v, %v", name, ok, got.Ignored())
		}
	}
	if pending.Ignored() {
		t.Error("ignored before its end")
	}
}

// A hundred browsers' posts at once over one row that is read and written in one
// transaction: exactly three are compared.
func TestParallelCodes(t *testing.T) {
	w := newWorld(t)
	s, code := w.approved("browser")
	row := w.Encode(s)
	var mu sync.Mutex
	var wg sync.WaitGroup
	outcomes := map[Outcome]int{}
	for n := range 100 {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			s, err := w.Decode(row)
			if err != nil {
				t.Error(err)
				return
			}
			s, r, err := w.Check(s, w.state, s.Session, wrong(code, n), w.now)
			if err != nil {
				t.Error(err)
			}
			outcomes[r.Outcome]++
			row = w.Encode(s)
		})
	}
	wg.Wait()
	if outcomes[Wrong] != 2 || outcomes[TooMany] != 1 || outcomes[Over] != 97 {
		t.Errorf("%v", outcomes)
	}
	if s, _ := w.Decode(row); s.Tries != 3 || s.State != Burned {
		t.Errorf("%d tries counted, %s", s.Tries, s.State)
	}
}

// What the database holds yields no code to who has not the verifier's keys.
func TestRowHoldsNoCode(t *testing.T) {
	w := newWorld(t)
	w.digits(6)
	for n := range 20 {
		s, code := w.approved(fmt.Sprint("browser", n))
		row := w.Encode(s)
		if bytes.Contains(row, []byte(code)) {
			t.Fatal("the code stands in the row")
		}
		a, err := trust.OpenApproval(s.Approval, deviceOf(t, "phone").Sign)
		if err != nil {
			t.Fatal(err)
		}
		for _, thief := range []string{"phone", "thief"} {
			if _, err := trust.OpenCode(keysOf(t, thief), a.Challenge, a.Device, a.Box); err == nil {
				t.Fatalf("opened with the keys of %q", thief)
			}
		}
		if got, r, _ := w.Check(s, w.state, s.Session, string(code), w.now); r.Outcome != Right || bytes.Contains(w.Encode(got), []byte(code)) {
			t.Fatal("the code stands in the row when it was typed")
		}
	}
}

// A verifier whose key file was lost and made anew must not burn people's tries.
func TestKeyReplacedBetweenAllowAndCode(t *testing.T) {
	w := newWorld(t)
	s, code := w.approved("browser")
	anew := New(w.Record(), keysOf(t, "anew"), [32]byte{1})
	if got, r, err := anew.Check(s, w.state, s.Session, string(code), w.now); err != nil || r.Outcome != Over || got.Tries != 0 {
		t.Errorf("%v, %v", r, err)
	}
}
