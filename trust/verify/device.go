package verify

import (
	"errors"
	"io"
	"slices"
	"time"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// Asked is a challenge that a trusted device has found to be in order.
type Asked struct {
	trust.Challenge
	From trust.Verifier // as it stands in the chain: show this origin, no other
	Hash trust.Hash
}

// Read is the other side of Begin: what a trusted device checks before it shows
// anything. The verifier must stand in the account's chain and have signed, the
// code must be as long as the policy says, and the verifier must see the same
// history. ErrVerifier, ErrMalformed, chain.ErrFork. A verifier that is ahead of
// st is no error: fetch the missing entries (chain.State.Agrees).
func Read(raw []byte, st chain.State) (Asked, error) {
	id, account, err := trust.ChallengeVerifier(raw)
	if err != nil || account != st.Account() {
		return Asked{}, ErrMalformed
	}
	from, ok := st.Verifier(id)
	if !ok {
		return Asked{}, ErrVerifier
	}
	c, err := trust.OpenChallenge(raw, from.Sign)
	if err != nil || c.Digits < st.Policy().Digits {
		return Asked{}, ErrMalformed
	}
	if errors.Is(st.Agrees(chain.Head{Seq: c.Seq, Hash: c.Head}), chain.ErrFork) {
		return Asked{}, chain.ErrFork
	}
	return Asked{Challenge: c, From: from, Hash: trust.HashChallenge(raw)}, nil
}

// Allow draws the code and signs the approval that carries it. Show the code only
// after the verifier has taken the approval; deliver the same bytes again after a
// time-out.
func (a Asked) Allow(st chain.State, device trust.DeviceID, keys trust.Keys, now time.Time, rand io.Reader) (approval []byte, code trust.Code, err error) {
	code, err = trust.DrawCode(rand, a.Digits)
	if err != nil {
		return nil, "", err
	}
	box, err := trust.SealCode(a.From.KEM, a.Hash, device, code)
	if err != nil {
		return nil, "", err
	}
	approval, err = a.sign(trust.Allow, box, st, device, keys, now)
	return approval, code, err
}

// Decline signs trust.NotNow or trust.NotMe; another answer is ErrMalformed.
func (a Asked) Decline(answer trust.Answer, st chain.State, device trust.DeviceID, keys trust.Keys, now time.Time) ([]byte, error) {
	if !slices.Contains([]trust.Answer{trust.NotNow, trust.NotMe}, answer) {
		return nil, ErrMalformed
	}
	return a.sign(answer, nil, st, device, keys, now)
}

func (a Asked) sign(answer trust.Answer, box []byte, st chain.State, device trust.DeviceID, keys trust.Keys, now time.Time) ([]byte, error) {
	head := st.Head()
	return trust.Approval{
		Version: 1, Challenge: a.Hash, Answer: answer, Device: device, Box: box,
		Seq: head.Seq, Head: head.Hash, Time: unix(now),
	}.Seal(keys)
}
