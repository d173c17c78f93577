package apitest

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// NewMember makes a device with keys that belongs to no account yet.
func NewMember(name string, kind trust.Kind, origin string) (*Device, error) {
	seed, err := trust.NewKeySeed(rand.Reader)
	if err != nil {
		return nil, err
	}
	d := &Device{Origin: origin}
	if d.Keys, err = seed.Keys(); err != nil {
		return nil, err
	}
	if d.ID, err = trust.NewDeviceID(rand.Reader); err != nil {
		return nil, err
	}
	d.Record = trust.Device{ID: d.ID, Name: name, Kind: kind, Sign: d.Keys.SignKey(), KEM: d.Keys.KEMKey()}
	return d, nil
}

// Author lets the device write entries.
func (d *Device) Author() chain.Author { return chain.AsDevice(d.ID, d.Keys) }

// Admit writes the entry by which n joins d's account, and lets n know the chain.
func (d *Device) Admit(n *Device, now time.Time) ([]byte, error) {
	body, err := d.Chain.DeviceBody(d.Author(), n.Record, now)
	if err != nil {
		return nil, err
	}
	possession, err := chain.Possess(body, d.Chain.Account(), n.Record, n.Keys)
	if err != nil {
		return nil, err
	}
	n.Chain, n.Entries = d.Chain, slices.Clone(d.Entries)
	return d.Chain.AddDevice(d.Author(), body, possession)
}

// Learn takes over entries from the one after the head on.
func (d *Device) Learn(entries ...[]byte) error {
	st, err := d.Chain.Extend(entries)
	if err != nil {
		return err
	}
	d.Chain, d.Entries = st, append(slices.Clip(d.Entries), entries...)
	return nil
}

// Grant types the password for an entry.
func Grant(ctx context.Context, a api.Account, token api.Secret, password string, entry []byte) error {
	body, err := chain.Body(entry)
	if err != nil {
		return err
	}
	return a.Grant(ctx, token, password, trust.HashBody(body))
}

// Change types the password for an entry, appends it and takes it over.
func (d *Device) Change(ctx context.Context, a api.Account, token api.Secret, password string, entry []byte) error {
	if err := Grant(ctx, a, token, password, entry); err != nil {
		return err
	}
	if err := a.Append(ctx, token, entry); err != nil {
		return err
	}
	return d.Learn(entry)
}

// Sight signs what the device sees newest.
func (d *Device) Sight(now time.Time) ([]byte, error) {
	head := d.Chain.Head()
	return trust.Sight{
		Version: 1, Account: d.Chain.Account(), Device: d.ID, Seq: head.Seq, Head: head.Hash, Time: uint64(now.Unix()),
	}.Seal(d.Keys)
}
