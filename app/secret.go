package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/countersign/countersign/app/vault"
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
