package verify

import (
	"bytes"
	"errors"
	"slices"
	"time"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// Answer takes a device's signed answer. Allow makes a pending sign-in approved.
// Not me denies a pending or approved one, so it wins over an Allow before and
// after it. Not now leaves it pending and is remembered for that device. The same
// answer delivered again changes nothing and is no error.
//
// ErrMalformed, ErrNotMember, ErrLate, ErrAnswered (an Answered that says who was
// first), chain.ErrFork if the device sees another history. On an error it gives
// s as it was.
func (v *Verifier) Answer(s SignIn, st chain.State, approval []byte, now time.Time) (SignIn, error) {
	a, _, err := v.readApproval(s, st, approval)
	if err != nil {
		return s, err
	}
	live := s.Open() && !s.over(now)
	switch {
	case (live || s.State == Denied) && bytes.Equal(s.Approval, approval):
		return s, nil
	case s.State == Denied, live && s.State == Approved && a.Answer != trust.NotMe:
		return s, Answered{Device: s.Device, State: s.State}
	case !live, a.Answer == trust.Allow && unix(now) > s.Expires: // it may wait for a code by text message
		return s, ErrLate
	}
	return s.answered(a, approval, now), nil
}

func (s SignIn) answered(a trust.Approval, raw []byte, now time.Time) SignIn {
	switch a.Answer {
	case trust.NotNow:
		if !slices.Contains(s.Away, a.Device) {
			s.Away = append(slices.Clip(s.Away), a.Device)
		}
		return s
	case trust.Allow:
		s.State, s.ApprovedAt = Approved, unix(now)
	case trust.NotMe:
		s.State = Denied
	}
	s.Device, s.Approval = a.Device, bytes.Clone(raw)
	return s
}

// readApproval checks everything about an approval that does not depend on when
// it comes: author, signature, sign-in and view of the chain. With Allow it gives
// the code, which must have the length asked for, so that a person is never shown
// a code that cannot be right.
func (v *Verifier) readApproval(s SignIn, st chain.State, raw []byte) (a trust.Approval, code trust.Code, err error) {
	by, err := trust.ApprovalBy(raw)
	if err != nil || s.Account != st.Account() {
		return a, "", ErrMalformed
	}
	d, ok := st.Device(by)
	if !ok {
		return a, "", ErrNotMember
	}
	a, err = trust.OpenApproval(raw, d.Sign)
	if err != nil || a.Challenge != trust.HashChallenge(s.Challenge) {
		return a, "", ErrMalformed
	}
	if errors.Is(st.Agrees(chain.Head{Seq: a.Seq, Hash: a.Head}), chain.ErrFork) {
		return a, "", chain.ErrFork
	}
	if a.Answer != trust.Allow {
		return a, "", nil
	}
	code, err = trust.OpenCode(v.keys, a.Challenge, a.Device, a.Box)
	if err != nil || uint64(len(code)) != s.Digits {
		return a, "", ErrMalformed
	}
	return a, code, nil
}
