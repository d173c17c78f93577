package verify

import (
	"slices"
	"time"
)

// Waiting counts the open sign-ins of the account beside the one asked for. A
// browser's own open sign-in should be ended with Verifier.Stop before it asks
// again.
type Waiting struct {
	Browser int // begun in this browser
	Unknown int // begun in unknown browsers
}

// Prompt asks whether a browser that gave the right password may have a sign-in
// now, and counts it. The new Limits are to be stored whatever the verdict is.
// A known browser that is known no more counts as unknown; see Known.
func (l Limits) Prompt(b Browser, w Waiting, now time.Time) (Limits, Verdict) {
	l = l.trim(now)
	if l.Known(b) {
		return l.promptKnown(b, w, now)
	}
	v := l.judge(w, now)
	if d := l.row.Door; (!v.Allowed || v.Silent) && d.open(now) {
		v = Verdict{Allowed: true, Door: d.Letters}
		l.row.Door = nil
	}
	if !v.Allowed {
		l.row.Refused = []uint64{l.refused() + 1, unix(now)}
		return l, v
	}
	l.row.Prompts = appendLast(l.row.Prompts, unix(now), PromptsDay)
	return l, v
}

// judge applies the rules for unknown browsers without counting.
func (l Limits) judge(w Waiting, now time.Time) Verdict {
	if l.row.Off {
		return Verdict{Reason: Off}
	}
	if until, ok := l.PausedUntil(now); ok {
		return Verdict{Reason: Paused, Until: until}
	}
	if w.Browser >= OpenBrowser || w.Unknown >= OpenUnknown {
		return Verdict{Reason: OpenOthers, Until: now.Add(PendingFor)}
	}
	for _, rule := range []struct {
		n  int
		in time.Duration
	}{{PromptsDay, 24 * time.Hour}, {PromptsHour, time.Hour}, {PromptsQuarter, 15 * time.Minute}} {
		if until, full := budget(l.row.Prompts, rule.n, rule.in, now); full {
			return Verdict{Reason: TooOften, Until: until}
		}
	}
	return Verdict{Allowed: true, Silent: l.Quiet()}
}

func (l Limits) promptKnown(b Browser, w Waiting, now time.Time) (Limits, Verdict) {
	if w.Browser >= OpenBrowser {
		return l, Verdict{Known: true, Reason: OpenOthers, Until: now.Add(PendingFor)}
	}
	k := l.known(b)
	if until, full := budget(k.Prompts, PromptsKnown, time.Hour, now); full {
		return l, Verdict{Known: true, Reason: TooOften, Until: until}
	}
	k.Prompts = appendLast(k.Prompts, unix(now), PromptsKnown)
	return l.withKnown(k), Verdict{Allowed: true, Known: true}
}

// TriesRecently counts the sign-ins of unknown browsers in the last 15 minutes,
// those that were refused included.
func (l Limits) TriesRecently(now time.Time) int {
	return count(l.row.Prompts, 15*time.Minute, now) + l.Refused(now)
}

// Refused counts the sign-ins of unknown browsers that were refused without
// ringing since the app was opened, or since the last quiet quarter of an hour.
func (l Limits) Refused(now time.Time) int { return int(l.trim(now).refused()) }

func (l Limits) refused() uint64 {
	if len(l.row.Refused) != 2 {
		return 0
	}
	return l.row.Refused[0]
}

// trim forgets what no rule looks at any more.
func (l Limits) trim(now time.Time) Limits {
	l.row.Prompts = within(l.row.Prompts, 24*time.Hour, now)
	l.row.Wrong = within(l.row.Wrong, WrongWindow, now)
	if n := len(l.row.Refused); n == 2 && ago(l.row.Refused[1], 15*time.Minute, now) {
		l.row.Refused = nil
	}
	if !l.row.Door.open(now) {
		l.row.Door = nil
	}
	var known []knownRow
	for _, k := range l.row.Known {
		k.Prompts = within(k.Prompts, time.Hour, now)
		if len(k.Prompts) > 0 || !k.clean() {
			known = append(known, k)
		}
	}
	l.row.Known = known
	return l
}

// budget reports whether n of the times lie within the window, and until when.
func budget(times []uint64, n int, window time.Duration, now time.Time) (time.Time, bool) {
	if count(times, window, now) < n {
		return time.Time{}, false
	}
	return time.Unix(int64(times[len(times)-n]), 0).Add(window), true
}

// count counts the times within the window. A time after now counts: a clock set
// back must not empty a budget.
func count(times []uint64, window time.Duration, now time.Time) int {
	return len(within(times, window, now))
}

func within(times []uint64, window time.Duration, now time.Time) []uint64 {
	for i, t := range times {
		if !ago(t, window, now) {
			return times[i:]
		}
	}
	return nil
}

// ago reports whether t is at least the window before now.
func ago(t uint64, window time.Duration, now time.Time) bool {
	return unix(now) >= t+uint64(window/time.Second)
}

// appendLast appends without touching the array below, and keeps the last n.
func appendLast(times []uint64, t uint64, n int) []uint64 {
	out := append(slices.Clip(times), t)
	return out[max(0, len(out)-n):]
}
