package app

import (
	"fmt"
	"slices"
	"time"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

const (
	// requestLife is when every sign-in ends, whatever happened.
	requestLife = 5 * time.Minute
	// maxIntents is how many answers are remembered, chosen arbitrarily. The
	// newest are what a finished sign-in is compared with.
	maxIntents = 100
)

// intent is an answer a person gave on this device. It is stored before it is
// sent, so that a program killed in between sends the same bytes again and shows
// the same code. Times are in the backend's clock.
type intent struct {
	Hash     trust.Hash   `json:"hash"` // of the challenge
	Answer   trust.Answer `json:"answer"`
	Approval []byte       `json:"approval,omitempty"` // erased when the sign-in is over
	Code     trust.Code   `json:"code,omitempty"`     // likewise
	Request  Request      `json:"request"`
	Until    time.Time    `json:"until"` // end of the code's life, or of the request
	Accepted bool         `json:"accepted,omitempty"`
	Hidden   bool         `json:"hidden,omitempty"` // the person put the code away
	Over     bool         `json:"over,omitempty"`
	// Permitted: the change that the sign-in was a step-up for may be made, or was.
	Permitted bool      `json:"permitted,omitempty"`
	Owed      bool      `json:"owed,omitempty"`  // the backend's list has not told the end yet
	Missed    time.Time `json:"missed,omitzero"` // since when it should have
}

// intentFor gives the newest answer to a challenge, nil if there is none.
func (r *record) intentFor(hash trust.Hash) *intent {
	for i := len(r.Intents) - 1; i >= 0; i-- {
		if r.Intents[i].Hash == hash {
			return &r.Intents[i]
		}
	}
	return nil
}

// intentOn is intentFor by the sign-in's identifier.
func (r *record) intentOn(id trust.ChallengeID) *intent {
	for i := len(r.Intents) - 1; i >= 0; i-- {
		if r.Intents[i].Request.ID == id {
			return &r.Intents[i]
		}
	}
	return nil
}

func (r *record) intend(in intent) {
	r.Intents = append(r.Intents, in)
	if n := len(r.Intents) - maxIntents; n > 0 {
		r.Intents = append([]intent(nil), r.Intents[n:]...)
	}
}

// accept notes that the backend took the answer.
func (r *record) accept(hash trust.Hash) {
	if in := r.intentFor(hash); in != nil {
		in.Accepted = true
	}
}

// allowed reports whether this device allowed the sign-in.
func (r *record) allowed(id trust.ChallengeID) bool {
	return slices.ContainsFunc(r.Intents, func(in intent) bool { return in.Request.ID == id && in.Answer == trust.Allow })
}

// stopped reports whether the backend took this device's Not me.
func (r *record) stopped(id trust.ChallengeID) bool {
	return slices.ContainsFunc(r.Intents, func(in intent) bool {
		return in.Request.ID == id && in.Answer == trust.NotMe && in.Accepted
	})
}

// settle ends the answers to a sign-in that is over and erases their codes.
func (r *record) settle(id trust.ChallengeID) {
	for i := range r.Intents {
		if r.Intents[i].Request.ID == id {
			r.Intents[i].close()
		}
	}
}

// expire ends what outlived its time.
func (r *record) expire(now time.Time) {
	for i := range r.Intents {
		if !r.Intents[i].Over && !r.Intents[i].Until.After(now) {
			r.Intents[i].close()
		}
	}
}

// drop forgets an answer that the backend refused.
func (r *record) drop(hash trust.Hash, answer trust.Answer) {
	r.Intents = slices.DeleteFunc(r.Intents, func(in intent) bool { return in.Hash == hash && in.Answer == answer })
}

func (in *intent) close() { in.Over, in.Code, in.Approval = true, "", nil }

// decide stores the answer to a sign-in that waits, or gives the one stored
// before: the same tap twice is one answer.
func (c *core) decide(id trust.ChallengeID, answer trust.Answer) (intent, error) {
	if err := c.refresh(); err != nil {
		return intent{}, err
	}
	if answer == trust.Allow && c.rec.Fork != nil {
		return intent{}, ErrFrozen
	}
	in := c.rec.intentOn(id)
	if in != nil && in.Answer == answer && !in.Over && in.Until.After(c.now()) {
		return *in, nil
	}
	one, ok := c.waiting(id)
	if answer == trust.NotMe {
		one, ok = c.stoppable(id)
	}
	stopped := in != nil && in.Answer == trust.NotMe
	if stopped || !ok && (in == nil || in.Over || answer != trust.NotMe) {
		return intent{}, ErrGone
	}
	if !ok { // Not me after Allow: the sign-in no longer waits, but can be stopped
		one = ask{asked: verify.Asked{Hash: in.Hash}, request: in.Request}
	}
	fresh, err := c.sign(one, answer)
	if err != nil {
		return intent{}, err
	}
	return fresh, c.change(func(r *record) error { r.intend(fresh); return nil })
}

// sign makes the approval. The code is drawn here and not earlier: before Allow
// there is nothing that could be guessed.
func (c *core) sign(a ask, answer trust.Answer) (intent, error) {
	in := intent{Hash: a.asked.Hash, Answer: answer, Request: a.request, Until: a.request.Expires, Owed: answer != trust.NotNow}
	now, end := c.now(), a.request.Asked.Add(requestLife)
	var err error
	switch answer {
	case trust.Allow:
		in.Until = earlier(now.Add(verify.CodeFor), end)
		in.Approval, in.Code, err = a.asked.Allow(c.chain, c.secrets.Device, c.keys, now, c.o.Rand)
	case trust.NotMe:
		in.Until = end // worth sending as long as the code could be typed
		fallthrough
	default:
		in.Approval, err = a.asked.Decline(answer, c.chain, c.secrets.Device, c.keys, now)
	}
	if err != nil {
		return intent{}, fmt.Errorf("signing the answer: %w", err)
	}
	return in, nil
}

// shown gives the code on display: the newest that was accepted, is not put away
// and may still be typed.
func (c *core) shown() *Shown {
	for i := len(c.rec.Intents) - 1; i >= 0; i-- {
		in := &c.rec.Intents[i]
		if in.displayed(c.now()) && c.rec.intentFor(in.Hash) == in {
			return &Shown{Request: c.localRequest(in.Request), Code: in.Code, Until: c.clock.local(in.Until)}
		}
	}
	return nil
}

func (in *intent) displayed(now time.Time) bool {
	return in.Answer == trust.Allow && in.Accepted && !in.Hidden && !in.Over && in.Code != "" && in.Until.After(now)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
