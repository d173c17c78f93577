package trust_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/countersign/countersign/trust"
)

// A date that no calendar has would stop every device that stores it.
func TestSightHasADate(t *testing.T) {
	keys, err := trust.KeySeed{Sign: [32]byte{1}, KEM: [32]byte{2}}.Keys()
	if err != nil {
		t.Fatal(err)
	}
	for seconds, want := range map[uint64]error{0: nil, 253402300799: nil, 253402300800: trust.ErrMalformed, 1 << 63: trust.ErrMalformed, math.MaxUint64: trust.ErrMalformed} {
		raw, err := trust.Sight{Version: 1, Time: seconds}.Seal(keys)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := trust.OpenSight(raw, keys.SignKey()); !errors.Is(err, want) {
			t.Errorf("at %d it is %v", seconds, err)
		}
		at := trust.Clock(seconds)
		if _, err := at.MarshalJSON(); err != nil || at.Before(time.Unix(0, 0)) {
			t.Errorf("%d is shown as %v, %v", seconds, at, err)
		}
	}
}
