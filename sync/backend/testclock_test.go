package backend_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/countersign/countersign/sync/backend"
)

// The clock of data that was not made for tests cannot be moved: whoever can set a
// variable would end every wait.
func TestTheClockMovesOnlyForTests(t *testing.T) {
	ctx := context.Background()
	start := func(data, ahead string) error {
		b, err := backend.Start(ctx, backend.Options{Data: data, Listen: "127.0.0.1:0", TestClock: ahead})
		if err != nil {
			return err
		}
		return b.Close()
	}
	real, made := t.TempDir(), filepath.Join(t.TempDir(), "made")
	for _, step := range []struct {
		data, ahead string
		refused     bool
	}{
		{real, "", false}, {real, "26h", true}, {real, "0s", true}, {made, "x", true}, {made, "0s", false}, {made, "26h", false}, {made, "", false},
	} {
		if err := start(step.data, step.ahead); errors.Is(err, backend.ErrOptions) != step.refused || err != nil && !step.refused {
			t.Errorf("starting %s with %q: %v", filepath.Base(step.data), step.ahead, err)
		}
	}
	if _, err := os.Stat(filepath.Join(real, "made-for-tests")); err == nil {
		t.Error("data of people is marked as made for tests")
	}
}
