package server

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/verify"
)

// aloneLength is how many characters a password has to have that stands alone.
const aloneLength = 15

// setPassword writes another password's row and ends what the old one brought
// about: sessions, sign-ins under way, pauses, and waits that were asked for with it
// or without it.
func (s *Server) setPassword(tx store.Tx, a account, row []byte, kind api.EventKind, data api.EventData) error {
	a.Password, a.limits = row, a.limits.PasswordChanged()
	if err := s.save(tx, a); err != nil {
		return err
	}
	if err := s.forgetTries(tx, a.Key, verify.Browser{}); err != nil {
		return err
	}
	if err := s.endSessions(tx, a); err != nil {
		return err
	}
	if err := s.endSignIns(tx, a); err != nil {
		return err
	}
	if err := s.stopWaits(tx, a.ID, "replaced", func(wait) bool { return true }); err != nil {
		return err
	}
	return s.tell(tx, a.ID, kind, data)
}

// nextRow gives the row of a password that may be set.
func (s *Server) nextRow(ctx context.Context, a account, next string) ([]byte, error) {
	if !checkPassword(a.Name, next) {
		return nil, refuse(api.CodePassword, "this cannot be the next password", "8 to 256 bytes, and not the name")
	}
	return s.hasher.make(ctx, s.rand, a.ID, next)
}

// ResetWithKey sets another password, with the recovery key's own replacement as
// the proof that it was typed.
func (s *Server) ResetWithKey(ctx context.Context, token api.Secret, next string, entry []byte) error {
	c, err := s.callerNow(ctx, token)
	if err != nil {
		return s.orInternal(ctx, "reset", err)
	}
	row, err := s.nextRow(ctx, c.account, next)
	if err != nil {
		return s.orInternal(ctx, "reset", err)
	}
	same, err := s.hasher.check(ctx, c.Password, c.ID, next)
	if err != nil {
		return s.orInternal(ctx, "reset", err)
	}
	err = s.store.Update(ctx, func(tx store.Tx) error {
		if c, err = s.caller(tx, token); err != nil {
			return err
		}
		e, err := chain.Inspect(entry)
		if err != nil {
			return refuseEntry(err)
		}
		if known, ok := c.chain.At(e.Seq); ok && known == trust.HashEntry(entry) && same {
			return nil // the answer was lost on the way
		}
		if err := s.replaceKey(tx, c.account, e, entry); err != nil {
			return err
		}
		return s.setPassword(tx, c.account, row, api.EventReset, api.EventData{Device: c.device, By: "key"})
	})
	if err == nil {
		s.hub.hint(c.ID)
	}
	return s.orInternal(ctx, "reset", err)
}

// replaceKey writes an entry in which the recovery key replaces itself.
func (s *Server) replaceKey(tx store.Tx, a account, e chain.Entry, raw []byte) error {
	after, err := byKey(a, a.chain, e, raw)
	if err != nil {
		return err
	}
	if e.Op != chain.OpSetRecovery || !replaced(a.chain, after) {
		return errEntry()
	}
	return s.extend(tx, a, e, raw, after, nil)
}

// byKey gives the state after an entry that the recovery key on paper has signed.
func byKey(a account, before chain.State, e chain.Entry, raw []byte) (chain.State, error) {
	if e.Account != a.ID || !e.Author.IsZero() || e.Recovery != trust.Paper {
		return chain.State{}, errEntry()
	}
	if head := before.Head(); e.Seq != head.Seq+1 || e.Prev != head.Hash {
		return chain.State{}, refuse(api.CodeStale, "another change was first", "fetch the chain and sign anew")
	}
	after, err := before.Apply(raw)
	if err != nil {
		return chain.State{}, refuseEntry(err)
	}
	return after, nil
}

// replaced reports whether the recovery key on paper is another than before.
func replaced(before, after chain.State) bool {
	old, had := before.Recovery(trust.Paper)
	now, has := after.Recovery(trust.Paper)
	return had && has && old.Sign != now.Sign
}

// callerNow is caller in a view of its own.
func (s *Server) callerNow(ctx context.Context, token api.Secret) (c caller, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		c, err = s.caller(tx, token)
		return err
	})
	return c, err
}

// BeginReset asks for another password with the device alone.
func (s *Server) BeginReset(ctx context.Context, token api.Secret) (out api.Wait, err error) {
	var c caller
	err = s.store.Update(ctx, func(tx store.Tx) error {
		if c, err = s.caller(tx, token); err != nil {
			return err
		}
		if err := s.mayChange(tx, c); err != nil {
			return err
		}
		hours := c.chain.Policy().DeviceAloneWait
		if hours == 0 {
			return refuse(api.CodeNotFound, "this account's rules do not allow it", "use the recovery key")
		}
		w, err := s.ownWait(tx, c, api.WaitPassword, time.Duration(hours)*time.Hour)
		out = w.Wait
		return err
	})
	if err == nil {
		s.hub.hint(c.ID)
	}
	return out, s.orInternal(ctx, "reset", err)
}

// ownWait finds the wait that the caller began, or begins it.
func (s *Server) ownWait(tx store.Tx, c caller, kind api.WaitKind, lasts time.Duration) (wait, error) {
	w, found, err := s.waitOf(tx, c.ID, kind, c.device)
	if err != nil || found && w.runs() {
		return w, err
	}
	d, _ := c.chain.Device(c.device)
	return s.startWait(tx, c.account, api.Wait{Kind: kind, Device: c.device, Name: d.Name, Address: addressText(c.address)}, nil, lasts)
}

// FinishReset sets the password after the wait.
func (s *Server) FinishReset(ctx context.Context, token api.Secret, next string) error {
	c, err := s.callerNow(ctx, token)
	if err != nil {
		return s.orInternal(ctx, "reset", err)
	}
	row, err := s.nextRow(ctx, c.account, next)
	if err != nil {
		return s.orInternal(ctx, "reset", err)
	}
	same, err := s.hasher.check(ctx, c.Password, c.ID, next)
	if err != nil {
		return s.orInternal(ctx, "reset", err)
	}
	err = s.store.Update(ctx, func(tx store.Tx) error {
		if c, err = s.caller(tx, token); err != nil {
			return err
		}
		w, found, err := s.waitOf(tx, c.ID, api.WaitPassword, c.device)
		if err != nil {
			return err
		}
		if found && w.Done && same {
			return nil // the answer was lost on the way
		}
		if !found || !w.runs() {
			return errStopped()
		}
		if !w.over(s.now()) {
			return s.errWait(w.Wait.Until)
		}
		w.Done = true
		if err := s.putWait(tx, w); err != nil {
			return err
		}
		return s.setPassword(tx, c.account, row, api.EventReset, api.EventData{Device: c.device, By: "wait"})
	})
	if err == nil {
		s.hub.hint(c.ID)
	}
	return s.orInternal(ctx, "reset", err)
}

// Leave asks to switch two-step verification off.
func (s *Server) Leave(ctx context.Context, token api.Secret, password string) (out api.Wait, err error) {
	c, err := s.confirmed(ctx, token, password, func(tx store.Tx, c caller) error {
		if err := s.mayChange(tx, c); err != nil {
			return err
		}
		if utf8.RuneCountInString(password) < aloneLength {
			return refuse(api.CodeShort, "the password is too short to stand alone", "set one of 15 characters or more first")
		}
		lasts := leaveWait
		if s.now().Sub(c.Created) <= leaveAtOne {
			lasts = 0
		}
		w, err := s.ownWait(tx, c, api.WaitLeave, lasts)
		if err != nil {
			return err
		}
		if out = w.Wait; w.over(s.now()) {
			return s.leave(tx, w)
		}
		return nil
	})
	if err == nil {
		s.hub.hint(c.ID)
	}
	return out, s.orInternal(ctx, "leave", err)
}

// leave switches two-step verification off.
func (s *Server) leave(tx store.Tx, w wait) error {
	a, err := s.account(tx, w.account)
	if err != nil {
		return err
	}
	w.Done = true
	if err := s.putWait(tx, w); err != nil {
		return err
	}
	a.TwoStep = false
	if err := s.save(tx, a); err != nil {
		return err
	}
	if err := s.putMark(tx, markLeft, a.ID, trust.DeviceID{}, appendSeconds(nil, s.now()), forGood); err != nil {
		return err
	}
	return s.tell(tx, a.ID, api.EventLeft, api.EventData{Device: w.Wait.Device, Wait: &w.Wait})
}

// left reports whether the account's people switched two-step verification off.
func (s *Server) left(tx store.Tx, a account) (bool, error) {
	note, err := s.marked(tx, markLeft, a.ID, trust.DeviceID{})
	return !a.TwoStep && len(note) == 8, err
}

// Pause refuses new browsers for a day.
func (s *Server) Pause(ctx context.Context, token api.Secret) error {
	var c caller
	err := s.store.Update(ctx, func(tx store.Tx) (err error) {
		if c, err = s.caller(tx, token); err != nil {
			return err
		}
		return s.pause(tx, c.account)
	})
	if err == nil {
		s.hub.hint(c.ID)
	}
	return s.orInternal(ctx, "pause", err)
}

func (s *Server) pause(tx store.Tx, a account) error {
	limits, effect := a.limits.Pause(s.now())
	a.limits = limits
	if err := s.save(tx, a); err != nil {
		return err
	}
	return s.effects(tx, a, effect, verify.Browser{})
}

// StopWait stops a wait from a trusted device.
func (s *Server) StopWait(ctx context.Context, token api.Secret, id trust.WaitID) error {
	var c caller
	err := s.store.Update(ctx, func(tx store.Tx) (err error) {
		if c, err = s.caller(tx, token); err != nil {
			return err
		}
		return s.stopWait(tx, c.ID, id, "device", c.device)
	})
	if err == nil {
		s.hub.hint(c.ID)
	}
	return s.orInternal(ctx, "stop", err)
}
