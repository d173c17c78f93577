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

// pausedLong is how much of a day's pause may be left for another to change nothing.
const pausedLong = 23 * time.Hour

// setPassword writes another password's row and ends what the old one brought
// about: sessions, sign-ins under way, what was granted or permitted, pauses, and waits
// that were asked for with it or without it.
func (s *Server) setPassword(tx store.Tx, a account, row []byte, kind api.EventKind, data api.EventData) error {
	a.Password, a.limits = row, a.limits.PasswordChanged()
	if err := s.save(tx, a); err != nil {
		return err
	}
	if kind == api.EventReset {
		if err := s.cutApps(tx, a); err != nil {
			return err
		}
	}
	if err := s.forgetAllTries(tx, a); err != nil {
		return err
	}
	if err := s.endSessions(tx, a); err != nil {
		return err
	}
	if err := s.endSignIns(tx, a); err != nil {
		return err
	}
	if err := s.takeEvery(tx, store.Grant, a.ID); err != nil {
		return err
	}
	if err := s.stopWaits(tx, a.ID, "replaced", func(wait) bool { return true }); err != nil {
		return err
	}
	return s.tell(tx, a.ID, kind, data)
}

// forgetAllTries ends what wrong passwords have brought about: at the page, on each
// device, and beside the recovery key.
func (s *Server) forgetAllTries(tx store.Tx, a account) error {
	if err := s.forgetTries(tx, a.Key, verify.Browser{}); err != nil {
		return err
	}
	for _, d := range a.chain.Devices() {
		if err := s.putTries(tx, s.deviceTries(caller{account: a, device: d.ID}), verify.Tries{}); err != nil {
			return err
		}
	}
	return s.putTries(tx, s.keyTries(a), verify.Tries{})
}

// nextRow gives the row of a password that may be set.
func (s *Server) nextRow(ctx context.Context, a account, next string) ([]byte, error) {
	if !checkPassword(a.Name, next) {
		return nil, refuse(api.CodePassword, "this cannot be the next password", "8 to 256 bytes, and not the name")
	}
	return s.hashers.proven.make(ctx, s.rand, a.ID, next)
}

// ResetWithKey sets another password, with the recovery key's own replacement as
// the proof that it was typed.
func (s *Server) ResetWithKey(ctx context.Context, token api.Secret, next string, entry []byte) error {
	c, err := s.callerNow(ctx, token)
	if err != nil {
		return s.orInternal(ctx, "reset", err)
	}
	e, err := chain.Inspect(entry)
	if err != nil {
		return refuseEntry(err)
	}
	if known, ok := c.chain.At(e.Seq); ok && known == trust.HashEntry(entry) && byPaper(e) {
		return s.orInternal(ctx, "reset", s.sameAgain(ctx, token, next, errStale()))
	}
	if err := s.replaces(c.account, e, entry); err != nil {
		return err
	}
	if s.signedBefore(e) {
		return refuse(api.CodeStale, "the entry was signed before this server was started", "fetch the chain and sign anew")
	}
	row, err := s.nextRow(ctx, c.account, next)
	if err != nil {
		return s.orInternal(ctx, "reset", err)
	}
	err = s.store.Update(ctx, func(tx store.Tx) error {
		if c, err = s.caller(tx, token); err != nil {
			return err
		}
		if err := s.replaceKey(tx, c.account, e, entry); err != nil {
			return err
		}
		return s.setPassword(tx, c.account, row, api.EventReset, api.EventData{Device: c.device, By: "key"})
	})
	if err == nil {
		s.hub.hint(c.ID)
		s.cutAll(ctx, c.account)
	}
	return s.orInternal(ctx, "reset", err)
}

// clockSlack is how much the backend's clock, as a device knows it, may be off.
const clockSlack = 5 * time.Second

// signedBefore reports whether an entry is older than this run of the backend. One that
// is may have been used before a backup was put back, and be known to devices that have
// no key. Both are compared as ages: a clock that is set anew meanwhile moves neither
// apart from the other.
func (s *Server) signedBefore(e chain.Entry) bool {
	now := s.now()
	return e.Time > uint64(now.Unix())+uint64(clockSlack/time.Second) || now.Sub(time.Unix(int64(e.Time), 0)) > now.Sub(s.began)+clockSlack
}

// sameAgain answers who asks again for a password that was set, because the answer was
// lost on the way; other for another password. It compares, so it counts as any
// password typed on the device.
func (s *Server) sameAgain(ctx context.Context, token api.Secret, next string, other error) error {
	_, err := s.confirmed(ctx, token, next, func(store.Tx, caller) error { return nil })
	if isPassword(err) {
		return other
	}
	return err
}

// byPaper reports whether the recovery key on paper replaced itself.
func byPaper(e chain.Entry) bool {
	return e.Op == chain.OpSetRecovery && e.Author.IsZero() && e.Recovery == trust.Paper
}

// replaces refuses an entry in which the recovery key does not replace itself.
func (s *Server) replaces(a account, e chain.Entry, raw []byte) error {
	after, err := byKey(a, a.chain, e, raw)
	if err == nil && (!byPaper(e) || !replaced(a.chain, after)) {
		err = errEntry()
	}
	return err
}

// replaceKey writes an entry in which the recovery key replaces itself.
func (s *Server) replaceKey(tx store.Tx, a account, e chain.Entry, raw []byte) error {
	if err := s.replaces(a, e, raw); err != nil {
		return err
	}
	after, err := a.chain.Apply(raw)
	if err != nil {
		return refuseEntry(err)
	}
	return s.extend(tx, a, e, raw, after, nil)
}

// byKey gives the state after an entry that the recovery key on paper has signed.
func byKey(a account, before chain.State, e chain.Entry, raw []byte) (chain.State, error) {
	if e.Account != a.ID || !e.Author.IsZero() || e.Recovery != trust.Paper {
		return chain.State{}, errEntry()
	}
	if head := before.Head(); e.Seq != head.Seq+1 || e.Prev != head.Hash {
		return chain.State{}, errStale()
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
	var c caller
	var w wait
	err := s.store.View(ctx, func(tx store.Tx) (err error) {
		if c, err = s.caller(tx, token); err == nil {
			w, err = s.waited(tx, c)
		}
		return err
	})
	if err == nil && w.Done {
		err = s.sameAgain(ctx, token, next, errStopped())
	}
	if err != nil || w.Done {
		return s.orInternal(ctx, "reset", err)
	}
	row, err := s.nextRow(ctx, c.account, next)
	if err != nil {
		return s.orInternal(ctx, "reset", err)
	}
	err = s.store.Update(ctx, func(tx store.Tx) error {
		if c, err = s.caller(tx, token); err != nil {
			return err
		}
		if w, err = s.waited(tx, c); err != nil || w.Done {
			return err
		}
		w.Done = true
		if err := s.putWait(tx, w); err != nil {
			return err
		}
		return s.setPassword(tx, c.account, row, api.EventReset, api.EventData{Device: c.device, By: "wait"})
	})
	if err == nil {
		s.hub.hint(c.ID)
		s.cutAll(ctx, c.account)
	}
	return s.orInternal(ctx, "reset", err)
}

// waited gives the caller's wait for a password, over or used. CodeWait, CodeStopped.
func (s *Server) waited(tx store.Tx, c caller) (wait, error) {
	w, found, err := s.waitOf(tx, c.ID, api.WaitPassword, c.device)
	switch {
	case err != nil:
		return w, err
	case !found || w.Stopped != "":
		return w, errStopped()
	case !w.Done && !w.over(s.now()):
		return w, s.errWait(w.Wait.Until)
	}
	return w, nil
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
		if age := s.now().Sub(c.Created); age >= 0 && age <= leaveAtOne {
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
	if until, paused := a.limits.PausedUntil(s.now()); paused && until.Sub(s.now()) > pausedLong {
		return nil // nothing is gained, and nobody is told again
	}
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
