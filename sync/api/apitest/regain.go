package apitest

import (
	"context"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// Regain asks with password and recovery key for d to join the account of a name.
func (d *Device) Regain(ctx context.Context, a api.Account, name, password string, key trust.RecoveryKey) (api.Regaining, error) {
	subject, err := trust.HashDevice(d.Record)
	if err != nil {
		return api.Regaining{}, err
	}
	record, err := trust.Marshal(d.Record)
	if err != nil {
		return api.Regaining{}, err
	}
	nonce, signature, err := SignByKey(ctx, a, name, key, trust.RegainDevice, subject, d.Origin)
	if err != nil {
		return api.Regaining{}, err
	}
	return a.BeginRegain(ctx, api.RegainCall{Name: name, Password: password, Device: record, Nonce: nonce, Signature: signature})
}

// SignByKey lets a recovery key sign a request for one thing.
func SignByKey(ctx context.Context, a api.Account, name string, key trust.RecoveryKey, p trust.Purpose, subject trust.Hash, origin string) (api.Secret, []byte, error) {
	n, err := a.RegainNonce(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	keys, err := key.Keys()
	if err != nil {
		return nil, nil, err
	}
	sig, err := trust.Regain{Version: 1, Account: n.Account, Purpose: p, Subject: subject, Nonce: [32]byte(n.Nonce), Origin: origin}.Sign(keys)
	return n.Nonce, sig[:], err
}

// Regaining asks how far d's way back is.
func (d *Device) Regaining(ctx context.Context, a api.Account, account trust.AccountID) (api.Regaining, error) {
	p, err := d.prove(ctx, a, account)
	if err != nil {
		return api.Regaining{}, err
	}
	return a.Regaining(ctx, p)
}

// FinishRegain hands the entries in by which d joins.
func (d *Device) FinishRegain(ctx context.Context, a api.Account, account trust.AccountID, entries [][]byte) error {
	p, err := d.prove(ctx, a, account)
	if err != nil {
		return err
	}
	return a.FinishRegain(ctx, p, entries)
}

func (d *Device) prove(ctx context.Context, a api.Account, account trust.AccountID) (api.SessionProof, error) {
	nonce, err := a.Nonce(ctx, account, d.ID)
	if err != nil {
		return api.SessionProof{}, err
	}
	return d.proof(account, nonce, d.Origin)
}

// Return writes what the recovery key signs for d to join: d, removals, and the
// key that replaces it. d takes the chain over.
func (d *Device) Return(entries [][]byte, key, next trust.RecoveryKey, lost []trust.DeviceID, now time.Time) ([][]byte, error) {
	st, err := chain.Open(entries)
	if err != nil {
		return nil, err
	}
	keys, err := key.Keys()
	if err != nil {
		return nil, err
	}
	author := chain.AsRecovery(trust.Paper, keys)
	body, err := st.DeviceBody(author, d.Record, now)
	if err != nil {
		return nil, err
	}
	possession, err := chain.Possess(body, st.Account(), d.Record, d.Keys)
	if err != nil {
		return nil, err
	}
	var out [][]byte
	add := func(raw []byte, failed error) {
		if err == nil {
			err = failed
		}
		if err == nil {
			st, err = st.Apply(raw)
			out = append(out, raw)
		}
	}
	add(st.AddDevice(author, body, possession))
	for _, id := range lost {
		add(st.RemoveDevice(author, id, now))
	}
	add(st.SetRecovery(author, next, now))
	d.Chain, d.Entries, d.Paper = st, append(append([][]byte(nil), entries...), out...), next
	return out, err
}

// Replace writes the entry in which the account's recovery key replaces itself.
func (d *Device) Replace(key, next trust.RecoveryKey, now time.Time) ([]byte, error) {
	keys, err := key.Keys()
	if err != nil {
		return nil, err
	}
	return d.Chain.SetRecovery(chain.AsRecovery(trust.Paper, keys), next, now)
}
