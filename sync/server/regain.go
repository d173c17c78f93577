package server

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"net/netip"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/verify"
)

// RegainNonce gives what a recovery key has to sign. A name without account gets
// an identifier that belongs to nobody, the same as long as it has none; that it changes
// when the name comes to an account is in docs/protocol.md §10.7.
func (s *Server) RegainNonce(ctx context.Context, name string) (out api.RegainNonce, err error) {
	out.Account = s.seals.nobody(fold(name))
	err = s.store.View(ctx, func(tx store.Tx) error {
		row, err := tx.AccountByKey(fold(name))
		if err == nil {
			out.Account = row.ID
		}
		if absent(err) {
			return nil
		}
		return err
	})
	if err != nil {
		return api.RegainNonce{}, s.orInternal(ctx, "nonce", err)
	}
	out.Nonce, err = s.Nonce(ctx, out.Account, trust.DeviceID{})
	return out, err
}

func (s seals) nobody(key string) trust.AccountID {
	mac := hmac.New(sha256.New, s.key[:])
	mac.Write([]byte("td/1 nobody\x00" + key))
	return trust.AccountID(mac.Sum(nil))
}

// signedByKey reports whether an account's recovery key signed a request, with a
// nonce from here, and uses the nonce up.
func (s *Server) signedByKey(tx store.Tx, a account, p trust.Purpose, subject trust.Hash, nonce api.Secret, signature []byte) (bool, error) {
	if !s.nonceFits(api.SessionProof{Account: a.ID, Nonce: nonce}) || len(signature) != len(trust.Signature{}) {
		return false, nil
	}
	key, ok := a.chain.Recovery(trust.Paper)
	want := trust.Regain{Version: 1, Account: a.ID, Purpose: p, Subject: subject, Nonce: [32]byte(nonce), Origin: s.record.Origin}
	if !ok || !want.Verify(key.Sign, trust.Signature(signature)) {
		return false, nil
	}
	return s.spend(tx, nonce)
}

func errFactor() error {
	return refuse(api.CodePassword, "name, password or recovery key do not fit", "")
}

// keyTries is where passwords are counted that come with the right recovery key:
// strangers cannot use it up, and another key begins anew.
func (s *Server) keyTries(a account) [32]byte {
	key, _ := a.chain.Recovery(trust.Paper)
	return s.verifier.TriesKey(a.Key, sha256.Sum256(append([]byte("td/1 tries with the recovery key\x00"), key.Sign[:]...)))
}

// BeginRegain asks for a new device with password and recovery key. Nobody's
// password is compared before the key's signature is right.
func (s *Server) BeginRegain(ctx context.Context, r api.RegainCall) (out api.Regaining, err error) {
	var d trust.Device
	if trust.Unmarshal(r.Device, &d) != nil || d.Check() != nil {
		return out, refuse(api.CodeMalformed, "the message cannot be read", "")
	}
	a, err := s.provenKey(ctx, r, d)
	if err != nil {
		return out, s.orInternal(ctx, "regain", err)
	}
	right, err := s.hashers.proven.check(ctx, a.Password, a.ID, r.Password)
	if err == nil && !right {
		err = errFactor()
	}
	if err != nil {
		return out, s.orInternal(ctx, "regain", err)
	}
	err = s.store.Update(ctx, func(tx store.Tx) error {
		password := a.Password
		if a, err = s.account(tx, a.ID); err != nil {
			return err
		}
		if !bytes.Equal(a.Password, password) {
			return errFactor() // it was changed while it was compared
		}
		if err := s.putTries(tx, s.keyTries(a), verify.Tries{}); err != nil {
			return err
		}
		out, err = s.beginRegain(tx, a, r, d, addressOf(ctx))
		return err
	})
	if err != nil {
		return api.Regaining{}, s.orInternal(ctx, "regain", err)
	}
	s.hub.hint(a.ID)
	return out, nil
}

// provenKey gives the account of a name whose recovery key has signed.
func (s *Server) provenKey(ctx context.Context, r api.RegainCall, d trust.Device) (a account, err error) {
	subject, err := trust.HashDevice(d)
	if err != nil {
		return account{}, err
	}
	err = s.store.Update(ctx, func(tx store.Tx) error {
		if a, err = s.accountNamed(tx, r.Name); err != nil {
			return err
		}
		fits, err := s.signedByKey(tx, a, trust.RegainDevice, subject, r.Nonce, r.Signature)
		if err == nil && !fits {
			err = errFactor()
		}
		if err != nil {
			return err
		}
		return s.tryForEver(tx, s.keyTries(a))
	})
	return a, err
}

// accountNamed gives the account of a name, or the flat refusal.
func (s *Server) accountNamed(tx store.Tx, name string) (account, error) {
	row, err := tx.AccountByKey(fold(name))
	if absent(err) {
		return account{}, errFactor()
	}
	if err != nil {
		return account{}, err
	}
	return s.account(tx, row.ID)
}

func (s *Server) beginRegain(tx store.Tx, a account, r api.RegainCall, d trust.Device, from netip.Addr) (api.Regaining, error) {
	w, found, err := s.waitOf(tx, a.ID, api.WaitDevice, d.ID)
	if err != nil {
		return api.Regaining{}, err
	}
	if found && !bytes.Equal(w.Record, r.Device) {
		return api.Regaining{}, errEntry()
	}
	if !found || !w.runs() {
		if w, err = s.startRegain(tx, a, r, d, from); err != nil {
			return api.Regaining{}, err
		}
	}
	return s.regaining(tx, a, w)
}

// startRegain begins the wait for a device that could be added now.
func (s *Server) startRegain(tx store.Tx, a account, r api.RegainCall, d trust.Device, from netip.Addr) (wait, error) {
	if !a.chain.Admits(d) {
		return wait{}, errEntry()
	}
	ask := api.Wait{Kind: api.WaitDevice, Device: d.ID, Name: d.Name, Address: addressText(from)}
	return s.startWait(tx, a, ask, r.Device, a.chain.Policy().Wait())
}

func (s *Server) regaining(tx store.Tx, a account, w wait) (api.Regaining, error) {
	out := api.Regaining{Account: a.ID, State: api.RegainWaits, Wait: w.Wait, By: w.Stopped, Now: s.now()}
	switch {
	case w.Stopped != "":
		out.State = api.RegainStopped
	case w.Done:
		out.State = api.RegainDone
	case w.over(s.now()):
		entries, err := tx.Entries(a.ID, 0)
		out.State, out.Entries = api.RegainReady, entries
		return out, err
	}
	return out, nil
}

// Regaining says how far a device's way back is.
func (s *Server) Regaining(ctx context.Context, p api.SessionProof) (out api.Regaining, err error) {
	err = s.store.Update(ctx, func(tx store.Tx) error {
		a, w, err := s.regainer(tx, p)
		if err != nil {
			return err
		}
		out, err = s.regaining(tx, a, w)
		return err
	})
	return out, s.orInternal(ctx, "regain", err)
}

// regainer gives the wait of a device that proves itself.
func (s *Server) regainer(tx store.Tx, p api.SessionProof) (account, wait, error) {
	no := refuse(api.CodeDevice, "this device waits for nothing here", "")
	if !s.nonceFits(p) || len(p.Signature) != len(trust.Signature{}) {
		return account{}, wait{}, no
	}
	a, err := s.account(tx, p.Account)
	if absent(err) {
		return a, wait{}, no
	}
	if err != nil {
		return a, wait{}, err
	}
	w, found, err := s.waitOf(tx, a.ID, api.WaitDevice, p.Device)
	if err != nil {
		return a, w, err
	}
	var d trust.Device
	if !found || trust.Unmarshal(w.Record, &d) != nil {
		return a, w, no
	}
	proof := trust.Proof{Account: p.Account, Device: p.Device, Nonce: [32]byte(p.Nonce), Origin: s.record.Origin}
	if !proof.Verify(d.Sign, trust.Signature(p.Signature)) {
		return a, w, no
	}
	fresh, err := s.spend(tx, p.Nonce)
	if err == nil && !fresh {
		err = no
	}
	return a, w, err
}

// FinishRegain lets a device in after its wait.
func (s *Server) FinishRegain(ctx context.Context, p api.SessionProof, entries [][]byte) error {
	var id trust.AccountID
	err := s.store.Update(ctx, func(tx store.Tx) error {
		a, w, err := s.regainer(tx, p)
		if err != nil {
			return err
		}
		id = a.ID
		if w.Done && done(a.chain, entries) {
			return nil // the answer was lost on the way
		}
		if !w.runs() {
			return errStopped()
		}
		if !w.over(s.now()) {
			return s.errWait(w.Wait.Until)
		}
		return s.finishRegain(tx, a, w, entries)
	})
	if err == nil {
		s.hub.hint(id)
	}
	return s.orInternal(ctx, "regain", err)
}

// done reports whether entries are in a chain already, all of them.
func done(st chain.State, entries [][]byte) bool {
	for _, raw := range entries {
		e, err := chain.Inspect(raw)
		if err != nil {
			return false
		}
		if known, ok := st.At(e.Seq); !ok || known != trust.HashEntry(raw) {
			return false
		}
	}
	return len(entries) > 0
}

func (s *Server) finishRegain(tx store.Tx, a account, w wait, entries [][]byte) error {
	w.Done = true // before the key is replaced, which stops all others that were begun with it
	if err := s.putWait(tx, w); err != nil {
		return err
	}
	first := a.chain
	for i, raw := range entries {
		e, err := chain.Inspect(raw)
		if err != nil {
			return refuseEntry(err)
		}
		after, err := byKey(a, a.chain, e, raw)
		if err != nil {
			return err
		}
		if e.Op != regainStep(i, len(entries)) {
			return errEntry()
		}
		if err := s.extend(tx, a, e, raw, after, nil); err != nil {
			return err
		}
		a.chain = after
	}
	if d, ok := a.chain.Device(w.Wait.Device); !ok || !sameRecord(d, w.Record) || !replaced(first, a.chain) {
		return errEntry()
	}
	if err := s.putMark(tx, markBack, a.ID, w.Wait.Device, []byte{1}, youngFor); err != nil {
		return err
	}
	return s.tell(tx, a.ID, api.EventRegained, api.EventData{Device: w.Wait.Device, Wait: &w.Wait, Address: w.Wait.Address})
}

// regainStep gives what the i-th of n entries has to do: the device first, the key
// last, removals between.
func regainStep(i, n int) chain.Op {
	switch {
	case i == 0 && n > 1:
		return chain.OpAddDevice
	case i == n-1:
		return chain.OpSetRecovery
	}
	return chain.OpRemoveDevice
}

func sameRecord(d trust.Device, raw []byte) bool {
	got, err := trust.Marshal(d)
	return err == nil && bytes.Equal(got, raw)
}

func addressText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}
