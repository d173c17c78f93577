package verify

import (
	"testing"
	"time"
)

func TestPasswordTries(t *testing.T) {
	var tries Tries
	now := noon
	waits := []time.Duration{0, 0, 0, 0, 30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute,
		16 * time.Minute, 32 * time.Minute, time.Hour, time.Hour, time.Hour}
	for n, wait := range waits {
		var v Verdict
		if tries, v = tries.Try(now); !v.Allowed {
			t.Fatalf("try %d: %+v", n+1, v)
		}
		if wait > 0 {
			if _, v = tries.Try(now.Add(wait - time.Second)); v.Allowed || v.Reason != WrongOften || !v.Until.Equal(now.Add(wait)) {
				t.Fatalf("after try %d: %+v", n+1, v)
			}
		}
		now = now.Add(wait)
	}
}

func TestPasswordIsDisabledAfterAHundred(t *testing.T) {
	var tries Tries
	now, allowed := noon, 0
	for range 24 * 365 { // an attacker who comes back every hour for a year
		var v Verdict
		if tries, v = tries.Try(now); v.Allowed {
			allowed++
		}
		now = now.Add(time.Hour)
	}
	if _, v := tries.Try(now); allowed != DisableAfter || v.Reason != Disabled || !v.Until.IsZero() {
		t.Errorf("%d passwords tried, %+v", allowed, v)
	}
	if !tries.Keep().After(now) {
		t.Error("the row may be dropped, and the attacker begins anew")
	}
	if _, v := (Tries{}).Try(now); !v.Allowed {
		t.Error("reset, and still refused")
	}
}

// Tries are counted before the password is compared, so parallel ones do not help.
func TestParallelPasswords(t *testing.T) {
	var tries Tries
	allowed := 0
	for range 1000 {
		var v Verdict
		if tries, v = tries.Try(noon); v.Allowed {
			allowed++
		}
	}
	if allowed != FreeTries {
		t.Errorf("%d passwords at once", allowed)
	}
	if _, v := tries.Try(noon.Add(-time.Hour)); v.Allowed {
		t.Error("the clock was set back, and it does not wait")
	}
	if _, v := (Tries{Wrong: 1, Last: unix(noon)}).Try(noon.Add(-time.Hour)); !v.Allowed {
		t.Error("the clock was set back, and a free try is refused")
	}
	if c := tries.Count(noon.Add(time.Minute)); c.Wrong != tries.Wrong+1 || c.Last != unix(noon.Add(time.Minute)) {
		t.Errorf("%+v", c)
	}
}

func TestAddress(t *testing.T) {
	var a Address
	allowed := 0
	for n := range 1000 {
		var v Verdict
		if a, v = a.Try(noon.Add(time.Duration(n) * time.Second / 2)); v.Allowed {
			allowed++
		} else if v.Reason != Network || !v.Until.Equal(noon.Add(AddressWindow)) {
			t.Fatalf("%+v", v)
		}
	}
	if allowed != AddressFailures {
		t.Errorf("%d allowed in 8 minutes", allowed)
	}
	if _, v := a.Try(noon.Add(AddressWindow)); !v.Allowed {
		t.Error("not allowed when it was said")
	}
	if !a.Keep().After(noon.Add(AddressWindow)) {
		t.Error("the row may be dropped too early")
	}
	a = Address{}
	for range 1000 { // people who know their password
		var v Verdict
		if a, v = a.Try(noon); !v.Allowed {
			t.Fatalf("%+v", v)
		}
		a = a.Forgive()
	}
	if len(a.Forgive().Wrong) != 0 || !(Address{}).Keep().Equal(time.Unix(0, 0)) {
		t.Error("something is left")
	}
}
