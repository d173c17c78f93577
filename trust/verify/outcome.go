package verify

import (
	"time"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// CheckWithin is Check under the account's limits: a code is not even compared
// when the budget of wrong codes is used up. Both the row and the limits must be
// stored in the transaction in which they were read. The error is Check's.
func (v *Verifier) CheckWithin(l Limits, s SignIn, st chain.State, session trust.SessionHash, typed string, now time.Time) (SignIn, Limits, Result, Effect, error) {
	if session == s.Session && s.State == Approved && !l.mayType(s) {
		s.State = Burned
		return s, l, Result{Outcome: Over}, Effect{}, nil
	}
	s, r, err := v.Check(s, st, session, typed, now)
	if err != nil {
		return s, l, r, Effect{}, err
	}
	l, e := l.typed(s, r, now)
	if s.Open() && !l.mayType(s) {
		s.State, r = Burned, Result{Outcome: TooMany}
	}
	return s, l, r, e, nil
}

// mayType reports whether another wrong code would stay within L4, and the browser
// was not told off (L5) since it asked. What came through the door was let in by the
// owner, so it has its own three tries.
func (l Limits) mayType(s SignIn) bool {
	switch {
	case s.Door != "":
		return true
	case s.Known:
		return !l.known(s.Browser).Gone
	}
	return !l.row.Off
}

// typed counts a typed code. Wrong ones are counted at once, and given back when
// the same sign-in succeeds, so that neither giving up after two nor two sign-ins
// at a time buys a guess.
func (l Limits) typed(s SignIn, r Result, now time.Time) (Limits, Effect) {
	l = l.trim(now)
	switch {
	case r.Outcome == Right:
		return l.succeeded(s), Effect{}
	case r.Outcome != Wrong && r.Outcome != TooMany:
		return l, Effect{}
	case s.Known:
		return l.wrongKnown(s.Browser)
	}
	return l.wrong(now)
}

func (l Limits) wrong(now time.Time) (Limits, Effect) {
	l.row.Wrong = appendLast(l.row.Wrong, unix(now), OffAtWrong)
	switch n := len(l.row.Wrong); {
	case n >= OffAtWrong && !l.row.Off:
		l.row.Off = true
		return l, Effect{Off: true}
	case n == PauseAtWrong:
		return l.pause(ShortPause, now)
	}
	return l, Effect{}
}

func (l Limits) wrongKnown(b Browser) (Limits, Effect) {
	k := l.known(b)
	k.Wrong++
	k.Gone = k.Gone || k.Wrong >= ForgetAtWrong
	return l.withKnown(k), Effect{Forget: k.Gone}
}

// succeeded gives back the sign-in's own wrong codes and ends L6; L4's others and
// L5 stay.
func (l Limits) succeeded(s SignIn) Limits { return l.giveBack(s, int(s.Tries)-1) }

func (l Limits) giveBack(s SignIn, slips int) Limits {
	if s.Known {
		k := l.known(s.Browser)
		k.Wrong -= min(k.Wrong, uint64(slips))
		return l.withKnown(k)
	}
	l.row.Wrong = l.row.Wrong[:max(0, len(l.row.Wrong)-slips)]
	l.row.Ignored = 0
	return l
}

// Ended counts a sign-in that ended without a code: denied (L5) or expired (L6).
// Call it once, when the state changed.
func (l Limits) Ended(s SignIn, now time.Time) (Limits, Effect) {
	l = l.trim(now)
	switch {
	case s.State == Denied:
		return l.notMe(s, now)
	case s.Ignored() && !s.Known:
		l.row.Ignored++
		return l, Effect{Quiet: l.row.Ignored == QuietAfter}
	}
	return l, Effect{}
}

func (l Limits) notMe(s SignIn, now time.Time) (Limits, Effect) {
	again := !ago(l.row.NotMe, NotMeWindow, now)
	l.row.NotMe = unix(now)
	pause := ShortPause
	if again {
		pause, l.row.Change = LongPause, true
	}
	l, e := l.pause(pause, now)
	e.MustChange = again
	if s.Known {
		k := l.known(s.Browser)
		k.Gone, e.Forget = true, true
		l = l.withKnown(k)
	}
	return l, e
}

// Pause refuses unknown browsers for a day because the owner says so.
func (l Limits) Pause(now time.Time) (Limits, Effect) { return l.trim(now).pause(LongPause, now) }

// pause refuses unknown browsers for a while; a longer pause stays.
func (l Limits) pause(d time.Duration, now time.Time) (Limits, Effect) {
	until := now.Add(d)
	if unix(until) <= l.row.Paused {
		return l, Effect{}
	}
	l.row.Paused = unix(until)
	return l, Effect{Paused: time.Unix(int64(l.row.Paused), 0)}
}

// PausedUntil gives until when unknown browsers are refused, false if they are not.
func (l Limits) PausedUntil(now time.Time) (time.Time, bool) {
	if unix(now) >= l.row.Paused {
		return time.Time{}, false
	}
	return time.Unix(int64(l.row.Paused), 0), true
}

// SwitchedOff reports whether unknown browsers are refused until the person acts.
func (l Limits) SwitchedOff() bool { return l.row.Off }

// MustChangePassword reports whether the password counts as known to others.
func (l Limits) MustChangePassword() bool { return l.row.Change }

// Quiet reports whether devices do not ring for unknown browsers (L6).
func (l Limits) Quiet() bool { return l.row.Ignored >= QuietAfter }
