package verify

import (
	"time"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// Outcome is what became of a typed code.
type Outcome string

// The outcomes.
const (
	NotYet  Outcome = "not yet" // no device has allowed it: there is nothing to compare with
	Right   Outcome = "right"   // the sign-in is done
	Wrong   Outcome = "wrong"   // Result.Left tries are left
	TooMany Outcome = "burned"  // wrong, and it was the last try
	Over    Outcome = "over"    // the sign-in had ended before
)

// Result is the answer to a typed code.
type Result struct {
	Outcome Outcome
	Left    int // tries left, with Wrong
}

// Check compares a typed code with the one in the approval. The row it gives has
// the try counted and must be stored in the same transaction in which s was read,
// before anybody learns the result.
//
// ErrSession if the browser is another one, trust.ErrCode if the text cannot be a
// code of the length asked for (not a guess, so not counted); s is then as it was.
// Where Limits are kept, use CheckWithin.
func (v *Verifier) Check(s SignIn, st chain.State, session trust.SessionHash, typed string, now time.Time) (SignIn, Result, error) {
	if session != s.Session {
		return s, Result{}, ErrSession
	}
	s, _ = v.Expire(s, now)
	switch {
	case s.State == Pending:
		return s, Result{Outcome: NotYet}, nil
	case s.State != Approved:
		return s, Result{Outcome: Over}, nil
	}
	_, code, err := v.readApproval(s, st, s.Approval) // again: the device may have been removed since
	if err != nil {
		s.State = Expired
		return s, Result{Outcome: Over}, nil
	}
	guess, err := trust.ParseCode(typed)
	if err != nil || len(guess) != len(code) {
		return s, Result{}, trust.ErrCode
	}
	return s.try(code, guess)
}

func (s SignIn) try(code, guess trust.Code) (SignIn, Result, error) {
	s.Tries++
	if s.Tries <= MaxTries && code.Equal(guess) {
		s.State = Done
		return s, Result{Outcome: Right}, nil
	}
	if s.Tries >= MaxTries {
		s.State = Burned
		return s, Result{Outcome: TooMany}, nil
	}
	return s, Result{Outcome: Wrong, Left: MaxTries - int(s.Tries)}, nil
}
