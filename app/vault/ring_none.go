//go:build android || ios || js

package vault

import (
	"context"
	"fmt"
	"runtime"
)

// go-keyring compiles on phones and then fails in its own ways; here it is not
// even linked.

func ringPresent() error {
	return fmt.Errorf("no keyring on %s: %w", runtime.GOOS, ErrUnavailable)
}

func ringProbe(context.Context) error { return ringPresent() }

func ringUnlock(context.Context) error { return ringPresent() }

func ringGet(_, _ string) (string, error) { return "", ringPresent() }

func ringSet(_, _, _ string) error { return ringPresent() }

func ringDelete(_, _ string) error { return ringPresent() }
