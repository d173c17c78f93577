package app

import (
	"context"

	"github.com/countersign/countersign/trust/offline"
)

// OfflineSeedOf gives what the offline codes of the device in the vault are made of.
func OfflineSeedOf(ctx context.Context, o Options) (offline.Seed, bool) {
	s, err := readSecrets(ctx, o.Vault)
	if err != nil || s == nil || s.Offline == nil {
		return offline.Seed{}, false
	}
	return s.Offline.Seed, true
}
