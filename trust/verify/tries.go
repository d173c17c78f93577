package verify

import (
	"time"
)

// Tries counts wrong passwords in a row for one name and class of browser (L1):
// all unknown browsers together, or one known browser. Names without an account
// are counted alike. An immutable value; the zero value is a fresh count.
// Fields are numbered for ever; do not reorder or reuse.
type Tries struct {
	Wrong uint64 `cbor:"1,keyasint"`
	Last  uint64 `cbor:"2,keyasint"` // unix seconds
}

// Try asks whether a password may be compared now, and counts it as wrong in
// advance: store the result before comparing, so that no number of parallel tries
// gets more, and store Tries{} when the password was right.
func (t Tries) Try(now time.Time) (Tries, Verdict) {
	if v := t.Verdict(now); !v.Allowed {
		return t, v
	}
	return t.Count(now), Verdict{Allowed: true}
}

// Count counts a wrong password that was let through by a door (Limits.Knock).
func (t Tries) Count(now time.Time) Tries {
	if t.Wrong < DisableAfter {
		t.Wrong++
	}
	t.Last = unix(now)
	return t
}

// Verdict tells what Try would say.
func (t Tries) Verdict(now time.Time) Verdict {
	if t.Wrong >= DisableAfter {
		return Verdict{Reason: Disabled}
	}
	if wait := t.wait(); wait > 0 && !ago(t.Last, wait, now) {
		return Verdict{Reason: WrongOften, Until: time.Unix(int64(t.Last), 0).Add(wait)}
	}
	return Verdict{Allowed: true}
}

// wait is the time to let pass after the last wrong one.
func (t Tries) wait() time.Duration {
	if t.Wrong < FreeTries {
		return 0
	}
	return min(FirstWait<<min(t.Wrong-FreeTries, 10), LongestWait)
}

// Keep gives until when the row must be kept: in a row means without end, but a
// year without a try is as good, and a day while no wait has begun: who begins anew
// each day gets fewer tries than who waits. So names that somebody makes up do not
// fill the disk.
func (t Tries) Keep() time.Time {
	kept := WrongWindow
	if t.Wrong < FreeTries {
		kept = 24 * time.Hour
	}
	return time.Unix(int64(t.Last), 0).Add(kept)
}

// Address counts wrong passwords from one network (L1). An immutable value; the
// zero value is a fresh count. Fields are numbered for ever; do not reorder or reuse.
type Address struct {
	Wrong []uint64 `cbor:"1,keyasint,omitempty"` // unix seconds, oldest first
}

// Try asks whether a password from this network may be compared now, and counts
// it as wrong in advance; see Forgive.
func (a Address) Try(now time.Time) (Address, Verdict) {
	a.Wrong = within(a.Wrong, AddressWindow, now)
	if until, full := budget(a.Wrong, AddressFailures, AddressWindow, now); full {
		return a, Verdict{Reason: Network, Until: until}
	}
	a.Wrong = appendLast(a.Wrong, unix(now), AddressFailures)
	return a, Verdict{Allowed: true}
}

// Forgive takes back the newest count, because the password was right.
func (a Address) Forgive() Address {
	if n := len(a.Wrong); n > 0 {
		a.Wrong = a.Wrong[:n-1]
	}
	return a
}

// Keep gives until when the row must be kept.
func (a Address) Keep() time.Time {
	if len(a.Wrong) == 0 {
		return time.Unix(0, 0)
	}
	return time.Unix(int64(a.Wrong[len(a.Wrong)-1]), 0).Add(AddressWindow)
}
