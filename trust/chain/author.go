package chain

import (
	"io"
	"slices"
	"time"

	"github.com/countersign/countersign/trust"
)

// Author signs entries: a device of the account or one of its recovery keys. It
// holds secret keys.
type Author struct {
	device   trust.DeviceID
	recovery *trust.RecoveryKind
	keys     trust.Keys
}

// AsDevice lets a device write.
func AsDevice(id trust.DeviceID, keys trust.Keys) Author { return Author{device: id, keys: keys} }

// AsRecovery lets a recovery key write.
func AsRecovery(kind trust.RecoveryKind, keys trust.Keys) Author {
	return Author{recovery: &kind, keys: keys}
}

// Genesis writes the first entry of a new account. ErrInvalid if d is not the
// record of keys or one of the records is not acceptable.
func Genesis(rand io.Reader, keys trust.Keys, d trust.Device, v trust.Verifier, p trust.Policy, now time.Time) ([]byte, error) {
	g := genesis{Device: d, Verifier: v, Policy: p}
	if _, err := io.ReadFull(rand, g.Salt[:]); err != nil {
		return nil, err
	}
	if d.Sign != keys.SignKey() || !slices.Equal(d.KEM, keys.KEMKey()) {
		return nil, ErrInvalid
	}
	b, err := State{}.body(AsDevice(d.ID, keys), OpGenesis, g, now)
	if err != nil {
		return nil, err
	}
	return State{}.finish(AsDevice(d.ID, keys), b, nil)
}

// Admits reports whether a device could be added.
func (s State) Admits(d trust.Device) bool {
	next := s.fork()
	return next.admit(d, 0)
}

// DeviceBody writes what both the author and the new device have to sign before
// AddDevice. ErrInvalid if the entry could not be valid.
func (s State) DeviceBody(a Author, d trust.Device, now time.Time) ([]byte, error) {
	if !s.Admits(d) {
		return nil, ErrInvalid
	}
	return s.body(a, OpAddDevice, d, now)
}

// Possess is the new device's signature over a body made by DeviceBody. It signs
// nothing but the addition of exactly the device d to the account, which is how
// it knows what it agrees to; else ErrInvalid.
func Possess(raw []byte, account trust.AccountID, d trust.Device, keys trust.Keys) (trust.Signature, error) {
	var b body
	if err := decodeBody(raw, &b); err != nil {
		return trust.Signature{}, err
	}
	want, err := trust.Marshal(d)
	if err != nil || b.Op != OpAddDevice || b.Account != account || !slices.Equal(b.Arg, want) || d.Sign != keys.SignKey() {
		return trust.Signature{}, ErrInvalid
	}
	return keys.Sign(trust.ContextPossession, raw), nil
}

// AddDevice signs a body made by DeviceBody, with the new device's own signature,
// and gives the entry. ErrInvalid unless it is the next entry.
func (s State) AddDevice(a Author, body []byte, possession trust.Signature) ([]byte, error) {
	return s.finish(a, body, &possession)
}

// RemoveDevice writes the removal of a device, which may be the author.
func (s State) RemoveDevice(a Author, id trust.DeviceID, now time.Time) ([]byte, error) {
	return s.write(a, OpRemoveDevice, id, now)
}

// SetRecovery writes a new recovery key for paper; the one before is dead at once.
func (s State) SetRecovery(a Author, key trust.RecoveryKey, now time.Time) ([]byte, error) {
	return s.introduce(a, trust.Paper, key, now)
}

// SetContacts writes a new recovery key for contacts; the one before is dead at once.
func (s State) SetContacts(a Author, key trust.RecoveryKey, now time.Time) ([]byte, error) {
	return s.introduce(a, trust.Contacts, key, now)
}

func (s State) introduce(a Author, kind trust.RecoveryKind, key trust.RecoveryKey, now time.Time) ([]byte, error) {
	keys, err := key.Keys()
	if err != nil {
		return nil, err
	}
	record := trust.Recovery{Which: kind, Sign: keys.SignKey(), KEM: keys.KEMKey()}
	b, err := s.body(a, OpSetRecovery, record, now)
	if err != nil {
		return nil, err
	}
	possession := keys.Sign(trust.ContextPossession, b)
	return s.finish(a, b, &possession)
}

// SetVerifier writes a new verifier, or the new record of a known one.
func (s State) SetVerifier(a Author, v trust.Verifier, now time.Time) ([]byte, error) {
	return s.write(a, OpSetVerifier, v, now)
}

// SetPolicy writes a new policy.
func (s State) SetPolicy(a Author, p trust.Policy, now time.Time) ([]byte, error) {
	return s.write(a, OpSetPolicy, p, now)
}

// AddCredential writes a new credential.
func (s State) AddCredential(a Author, c trust.Credential, now time.Time) ([]byte, error) {
	return s.write(a, OpAddCredential, c, now)
}

// RevokeCredential writes the end of a credential; the zero id ends all app passwords.
func (s State) RevokeCredential(a Author, id [16]byte, now time.Time) ([]byte, error) {
	return s.write(a, OpRevokeCredential, id, now)
}

func (s State) write(a Author, op Op, arg any, now time.Time) ([]byte, error) {
	b, err := s.body(a, op, arg, now)
	if err != nil {
		return nil, err
	}
	return s.finish(a, b, nil)
}

// body encodes the next entry's body. A clock before 1970 is written as 0.
func (s State) body(a Author, op Op, arg any, now time.Time) ([]byte, error) {
	raw, err := trust.Marshal(arg)
	if err != nil {
		return nil, err
	}
	b := body{
		Version: 1, Account: s.Account(), Prev: s.Head().Hash, Time: uint64(max(now.Unix(), 0)),
		Author: a.device, Op: op, Arg: raw, Recovery: a.recovery,
	}
	if op != OpGenesis {
		b.Seq = s.Head().Seq + 1
	}
	return trust.Marshal(b)
}

// finish signs the body and tries the entry, so that none is handed out which
// others would refuse.
func (s State) finish(a Author, body []byte, possession *trust.Signature) ([]byte, error) {
	raw, err := trust.Marshal(entry{Body: body, Sig: a.keys.Sign(trust.ContextEntry, body), Possession: possession})
	if err != nil {
		return nil, err
	}
	if _, err := s.Apply(raw); err != nil {
		return nil, err
	}
	return raw, nil
}
