package app

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// secretsName is where the vault keeps the device; changing it loses devices.
const secretsName = "device"

// secrets is all that a device must not lose and must not show: one blob in the
// vault, below 1 KiB. Putting it there is the moment from which the device
// belongs to an account. Fields are numbered for ever; do not reorder or reuse.
type secrets struct {
	Version  uint64          `cbor:"1,keyasint"` // 1
	Account  trust.AccountID `cbor:"2,keyasint"`
	Device   trust.DeviceID  `cbor:"3,keyasint"`
	Seed     trust.KeySeed   `cbor:"4,keyasint"`
	State    [32]byte        `cbor:"5,keyasint"` // key of the bulk state
	Origin   string          `cbor:"6,keyasint"` // of the backend, should the state be lost
	Recovery []byte          `cbor:"7,keyasint,omitempty"`
	// RecoveryNext is the copy under the next password, while it is being changed.
	RecoveryNext []byte `cbor:"8,keyasint,omitempty"`
	// Offline is there while this device has offline codes.
	Offline *offlineSecret `cbor:"9,keyasint,omitempty"`
}

// drawSecrets draws a device's secrets, of no account yet.
func drawSecrets(rand io.Reader, origin string) (secrets, trust.Keys, error) {
	var err error
	s := secrets{Version: 1, Origin: origin}
	if s.Device, err = trust.NewDeviceID(rand); err != nil {
		return s, trust.Keys{}, err
	}
	if s.Seed, err = trust.NewKeySeed(rand); err != nil {
		return s, trust.Keys{}, err
	}
	if _, err = io.ReadFull(rand, s.State[:]); err != nil {
		return s, trust.Keys{}, err
	}
	keys, err := s.Seed.Keys()
	return s, keys, err
}

// named gives the device's record. CodeName.
func (s *secrets) named(name string, kind trust.Kind, keys trust.Keys) (trust.Device, error) {
	me := trust.Device{ID: s.Device, Name: name, Kind: kind, Sign: keys.SignKey(), KEM: keys.KEMKey()}
	if me.Check() != nil {
		return trust.Device{}, &api.Error{Code: api.CodeName, Message: "a device's name has 1 to 64 printable characters"}
	}
	return me, nil
}

// String hides the secrets from formatted output.
func (secrets) String() string { return "(secrets)" }

// GoString hides the secrets from formatted output.
func (secrets) GoString() string { return "(secrets)" }

// readSecrets gives what the vault holds, nil if there is no device in it.
func readSecrets(ctx context.Context, v vault.Vault) (*secrets, error) {
	raw, err := v.Get(ctx, secretsName)
	if errors.Is(err, vault.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading device from vault: %w", err)
	}
	var s secrets
	if trust.Unmarshal(raw, &s) != nil {
		return nil, fmt.Errorf("reading device from vault: %w", vault.ErrDamaged)
	}
	if s.Version != 1 {
		return nil, fmt.Errorf("reading device from vault: %w", ErrNewer)
	}
	return &s, nil
}

func (s *secrets) write(ctx context.Context, v vault.Vault) error {
	raw, err := trust.Marshal(s)
	if err != nil {
		return err
	}
	if err := v.Put(ctx, secretsName, raw); err != nil {
		return fmt.Errorf("writing device into vault: %w", err)
	}
	return nil
}
