package app

import (
	"context"
	"errors"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// Allow answers a sign-in with a code: it draws one, seals it to the backend,
// and gives it once the backend has accepted it. Without an answer it sends the
// same bytes again until the request or ctx ends. Called again it gives the same
// code while that may be typed.
func (d *Device) Allow(ctx context.Context, id trust.ChallengeID) (Shown, error) {
	in, err := d.answer(ctx, id, trust.Allow)
	if err != nil {
		return Shown{}, err
	}
	var shown Shown
	err = d.act(ctx, func(c *core) error {
		shown = Shown{Request: c.localRequest(in.Request), Code: in.Code, Until: c.clock.local(in.Until)}
		return nil
	})
	return shown, err
}

// NotMe ends a sign-in, even one that was allowed, here or on another device, as long
// as the code was not typed. The answer is kept and sent when the backend is reached again.
func (d *Device) NotMe(ctx context.Context, id trust.ChallengeID) error {
	_, err := d.answer(ctx, id, trust.NotMe)
	return err
}

// NotNow puts a request away on this device. It stays open and can still be
// answered, here or elsewhere, so being unreachable is no error.
func (d *Device) NotNow(ctx context.Context, id trust.ChallengeID) error {
	_, err := d.answer(ctx, id, trust.NotNow)
	if errors.Is(err, errNoAnswer) {
		return nil
	}
	return err
}

// HideCode takes the code from display before its time.
func (d *Device) HideCode() {
	d.tell(func(c *core) {
		err := c.change(func(r *record) error {
			for i := range r.Intents {
				r.Intents[i].Hidden = r.Intents[i].Hidden || r.Intents[i].displayed(c.now())
			}
			return nil
		})
		if err != nil && !errors.Is(err, ErrNoAccount) {
			c.o.Log.Error("hiding the code", "err", err)
		}
	})
}

// answer stores the answer, delivers it, and stores how it was taken.
func (d *Device) answer(ctx context.Context, id trust.ChallengeID, answer trust.Answer) (intent, error) {
	var in intent
	var left time.Duration
	err := d.act(ctx, func(c *core) (err error) {
		in, err = c.decide(id, answer)
		left = in.Until.Sub(c.now())
		return err
	})
	if err != nil || in.Accepted {
		return in, err
	}
	ctx, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	err = d.deliver(ctx, in)
	if final(err) { // perhaps only because it arrived before: the log knows
		err = errors.Join(err, d.fetchEvents(ctx))
	}
	return in, d.act(context.WithoutCancel(ctx), func(c *core) error { return c.delivered(in, err) })
}

// deliver sends the same bytes until there is an answer. NotNow is sent once.
func (d *Device) deliver(ctx context.Context, in intent) error {
	for wait := newBackoff(); ; {
		err := d.line.call(ctx, func(a api.Account, token api.Secret) error { return a.Answer(ctx, token, in.Approval) })
		if !errors.Is(err, errNoAnswer) || in.Answer == trust.NotNow || ctx.Err() != nil {
			return err
		}
		if !wait.sleep(ctx, nil) {
			return err
		}
	}
}

// delivered stores what became of an answer, and gives what to tell the person.
func (c *core) delivered(in intent, outcome error) error {
	if was := c.rec.intentFor(in.Hash); was != nil && was.Answer == in.Answer && was.Accepted {
		outcome = nil // the log says so
	}
	switch {
	case outcome == nil:
		return c.accepted(in)
	case !final(outcome):
		return outcome // not known whether it arrived: kept
	}
	c.dismiss(in.Request.ID)
	return errors.Join(outcome, c.change(func(r *record) error { r.drop(in.Hash, in.Answer); return nil }))
}

func (c *core) accepted(in intent) error {
	if in.Answer != trust.NotNow {
		c.dismiss(in.Request.ID)
	}
	return c.change(func(r *record) error {
		r.accept(in.Hash)
		if in.Answer == trust.NotMe {
			r.settle(in.Request.ID)
		}
		return nil
	})
}

// final reports whether the same answer will be refused for ever.
func final(outcome error) bool {
	var refusal *api.Error
	if !errors.As(outcome, &refusal) {
		return false
	}
	switch refusal.Code {
	case api.CodeAnswered, api.CodeLate, api.CodeApproval, api.CodeMalformed, api.CodeNotFound, api.CodeYoung:
		return true
	}
	return false
}

// undelivered gives the Not me answers that the backend has not confirmed. An
// Allow is not among them: it shows a code, and only to who just asked for it.
func (c *core) undelivered() (all []intent) {
	for _, in := range c.rec.Intents {
		if in.Answer == trust.NotMe && !in.Accepted && !in.Over && in.Until.After(c.now()) {
			all = append(all, in)
		}
	}
	return all
}
