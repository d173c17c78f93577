package verify

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/countersign/countersign/trust"
)

// texting is a world in which codes come by text message.
type texting struct {
	*world
	limits Limits
}

func newTexting(t *testing.T) *texting { return &texting{world: newWorld(t)} }

// sent asks for a code and has it drawn, as both happen when no limit refuses.
func (x *texting) sent(s SignIn) (SignIn, string) {
	x.Helper()
	s = x.asked(s)
	s, code, err := x.DrawText(s, x.now, x.rand)
	if err != nil {
		x.Fatal(err)
	}
	return x.stored(s), code
}

func (x *texting) asked(s SignIn) SignIn {
	x.Helper()
	next, limits, verdict, err := x.AskText(x.limits, s, s.Session, x.now)
	if err != nil || !verdict.Allowed {
		x.Fatalf("asking gives %+v, %v", verdict, err)
	}
	x.keep(limits)
	return x.stored(next)
}

func (x *texting) keep(l Limits) {
	x.Helper()
	got, err := x.DecodeLimits(x.state.Account(), x.EncodeLimits(x.state.Account(), l))
	if err != nil {
		x.Fatal(err)
	}
	x.limits = got
}

func (x *texting) types(s SignIn, code string) (SignIn, Result, Verdict) {
	x.Helper()
	next, limits, r, v, err := x.CheckText(x.limits, s, s.Session, code, x.now)
	if err != nil {
		x.Fatal(err)
	}
	x.keep(limits)
	return x.stored(next), r, v
}

// not gives a code that is not this one.
func not(code string) string {
	other := []byte(code)
	other[0] = '0' + (other[0]-'0'+1)%10
	return string(other)
}

// spoil types n wrong codes, two in each sign-in, as fast as they are let.
func (x *texting) spoil(n int) {
	x.Helper()
	for n > 0 {
		x.limits.row.Text = &textRow{Wrong: x.limits.text().Wrong, Last: x.limits.text().Last} // as days after
		s, code := x.sent(x.begin(ask("page")))
		for range min(n, 2) {
			var r Result
			if s, r, _ = x.types(s, not(code)); r.Outcome != Wrong {
				x.Fatalf("a wrong one is %q", r.Outcome)
			}
			n--
		}
	}
}

func TestTextCodeEndsTheSignIn(t *testing.T) {
	x := newTexting(t)
	s, code := x.sent(x.begin(ask("page")))
	if row := x.Encode(s); bytes.Contains(row, []byte(code)) || len(code) != 8 {
		t.Errorf("the row holds %q", code)
	}
	after, r, v := x.types(s, code[:4]+" "+code[4:])
	if !v.Allowed || r.Outcome != Right || after.State != Done || !after.Device.IsZero() {
		t.Fatalf("it is %q by %s, %+v", r.Outcome, after.Device, v)
	}
	if _, r, _ := x.types(after, code); r.Outcome != Over {
		t.Errorf("typed again it is %q", r.Outcome)
	}
}

func TestTextCodesThatDoNotCount(t *testing.T) {
	for name, attack := range map[string]func(*texting) (SignIn, string){
		"another sign-in's": func(x *texting) (SignIn, string) {
			_, code := x.sent(x.begin(ask("page")))
			s, own := x.sent(x.begin(ask("other page")))
			if own == code {
				t.Skip("drawn alike")
			}
			return s, code
		},
		"the one before": func(x *texting) (SignIn, string) {
			s, old := x.sent(x.begin(ask("page")))
			s, _ = x.sent(s)
			return s, old
		},
		"the one of a message that was sent twice": func(x *texting) (SignIn, string) {
			s, old := x.sent(x.begin(ask("page")))
			s, _, err := x.DrawText(s, x.now, x.rand)
			if err != nil {
				t.Fatal(err)
			}
			return s, old
		},
	} {
		x := newTexting(t)
		s, code := attack(x)
		if _, r, _ := x.types(s, code); r.Outcome != Wrong {
			t.Errorf("%s is %q", name, r.Outcome)
		}
	}
	x := newTexting(t)
	s, code := x.sent(x.begin(ask("page")))
	if _, r, _ := x.types(x.asked(s), code); r.Outcome != NotYet {
		t.Errorf("the one before, with another under way, is %q", r.Outcome)
	}
	if _, r, _ := x.types(x.begin(ask("quiet")), code); r.Outcome != NotYet {
		t.Errorf("where none was asked for it is %q", r.Outcome)
	}
	if _, _, _, _, err := x.CheckText(x.limits, s, session("another"), code, x.now); !errors.Is(err, ErrSession) {
		t.Errorf("in another browser: %v", err)
	}
	if _, _, _, err := x.AskText(x.limits, s, session("another"), x.now); !errors.Is(err, ErrSession) {
		t.Errorf("asked for by another browser: %v", err)
	}
	if _, limits, _, _, err := x.CheckText(x.limits, s, s.Session, "1234", x.now); !errors.Is(err, trust.ErrCode) || limits.text().Wrong != 0 {
		t.Errorf("four digits: %v, counted %d", err, limits.text().Wrong)
	}
}

func TestTextsAreFew(t *testing.T) {
	x := newTexting(t)
	s := x.begin(ask("page"))
	refused := func(what string, until time.Time) {
		t.Helper()
		_, limits, v, err := x.AskText(x.limits, x.begin(ask("other page")), session("other page"), x.now)
		if err != nil || v.Reason != TextsOften || !v.Until.Equal(until) || len(limits.text().Sent) != len(x.limits.text().Sent) {
			t.Errorf("%s gives %+v, %v", what, v, err)
		}
	}
	first := x.now
	for range TextsQuarter {
		s = x.asked(s)
	}
	refused("a fourth within 15 minutes", first.Add(15*time.Minute))
	x.later(15 * time.Minute)
	for range TextsDay - TextsQuarter {
		x.asked(x.begin(ask("page")))
	}
	x.later(time.Hour)
	refused("a sixth within a day", first.Add(24*time.Hour))
	x.later(23 * time.Hour)
	x.asked(x.begin(ask("page")))
}

func TestWrongTextCodes(t *testing.T) {
	x := newTexting(t)
	s, code := x.sent(x.begin(ask("page")))
	for left := TextTries - 1; left >= 0; left-- {
		var r Result
		if s, r, _ = x.types(s, not(code)); r.Outcome != Wrong || r.Left != left {
			t.Fatalf("it is %q with %d left, not %d", r.Outcome, r.Left, left)
		}
	}
	if _, _, v := x.types(s, code); v.Reason != TextSpent {
		t.Errorf("after three wrong ones in a sign-in: %+v", v)
	}
	if _, _, v, _ := x.AskText(x.limits, s, s.Session, x.now); v.Reason != TextSpent {
		t.Errorf("another one for it: %+v", v)
	}
	x.spoil(TextSlowAt - TextTries)
	s, code = x.begin(ask("page")), ""
	if _, _, v, _ := x.AskText(x.limits, s, s.Session, x.now); v.Reason != TextOften || !v.Until.Equal(x.now.Add(TextSlow)) {
		t.Errorf("after five wrong ones: %+v", v)
	}
	x.later(TextSlow)
	x.spoil(TextOffAt - TextSlowAt)
	x.later(365 * 24 * time.Hour)
	if v := x.limits.TextVerdict(x.now); v.Reason != TextOff {
		t.Errorf("after ten: %+v", v)
	}
	confirmed, changed := x.limits.TextConfirmed()
	if v := confirmed.TextVerdict(x.now); !changed || !v.Allowed {
		t.Errorf("after the password on a device: %+v", v)
	}
	if v := x.limits.PasswordChanged().TextVerdict(x.now); !v.Allowed {
		t.Errorf("after another password: %+v", v)
	}
	if v := x.limits.OfflineVerdict(x.now); !v.Allowed {
		t.Errorf("offline codes: %+v", v)
	}
}

func TestNoTextCodeWhilePausedOrOff(t *testing.T) {
	for want, l := range map[Reason]Limits{Paused: {row: limitsRow{Paused: unix(noon.Add(time.Hour))}}, Off: {row: limitsRow{Off: true}}} {
		x := newTexting(t)
		s, code := x.sent(x.begin(ask("page")))
		l.row.Text = x.limits.row.Text
		x.limits = l
		x.now = noon
		if after, _, v := x.types(s, code); v.Reason != want || after.State != Pending {
			t.Errorf("%s: typing gives %+v", want, v)
		}
		if _, _, v, _ := x.AskText(x.limits, s, s.Session, x.now); v.Reason != want {
			t.Errorf("%s: asking gives %+v", want, v)
		}
	}
}

// The message needs time, the devices get no more of it.
func TestTextCodeHasItsTime(t *testing.T) {
	x := newTexting(t)
	s := x.begin(ask("page"))
	x.later(PendingFor - time.Second)
	raw, _ := x.allows(s, "phone")
	s, _ = x.sent(s)
	x.later(CodeFor)
	if _, err := x.Answer(s, x.state, raw, x.now); !errors.Is(err, ErrLate) {
		t.Errorf("an Allow after its time gives %v", err)
	}
	if denied, err := x.Answer(s, x.state, x.declines(s, "phone", trust.NotMe), x.now); err != nil || denied.State != Denied {
		t.Errorf("Not me gives %q, %v", denied.State, err)
	}
	again, code, err := x.DrawText(s, x.now, x.rand)
	if err != nil {
		t.Fatal(err)
	}
	if _, r, _ := x.types(again, code); r.Outcome != Right {
		t.Errorf("at the end of its time it is %q", r.Outcome)
	}
	x.later(time.Second)
	if _, r, _ := x.types(again, code); r.Outcome != Over {
		t.Errorf("after its time it is %q", r.Outcome)
	}
	if _, _, err := x.DrawText(again, x.now, x.rand); !errors.Is(err, ErrLate) {
		t.Errorf("a message that waited longer gets %v", err)
	}
	if _, _, _, err := x.AskText(x.limits, s, s.Session, x.now); !errors.Is(err, ErrLate) {
		t.Errorf("another one gets %v", err)
	}
}
