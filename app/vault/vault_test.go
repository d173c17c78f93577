package vault

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestMemory(t *testing.T) { conform(t, NewMemory()) }

func TestFile(t *testing.T) {
	conform(t, cheapFile(t, filepath.Join(t.TempDir(), "vault"), "passphrase"))
}

// conform is what every back end promises. v is empty and stays so.
func conform(t *testing.T, v Vault) {
	t.Run("round trip", func(t *testing.T) { conformRoundTrip(t, v) })
	t.Run("values", func(t *testing.T) { conformValues(t, v) })
	t.Run("names", func(t *testing.T) { conformNames(t, v) })
	t.Run("copies", func(t *testing.T) { conformCopies(t, v) })
	t.Run("context", func(t *testing.T) { conformContext(t, v) })
	t.Run("concurrent", func(t *testing.T) { conformConcurrent(t, v) })
}

func conformRoundTrip(t *testing.T, v Vault) {
	ctx := t.Context()
	_, err := v.Get(ctx, "device")
	wantError(t, err, ErrNotFound)
	wantError(t, v.Delete(ctx, "device"), ErrNotFound)
	put(t, v, "device", []byte("one"))
	put(t, v, "other", []byte("kept"))
	put(t, v, "device", []byte("two"))
	wantValue(t, v, "device", []byte("two"))
	wantError(t, v.Delete(ctx, "device"), nil)
	_, err = v.Get(ctx, "device")
	wantError(t, err, ErrNotFound)
	wantError(t, v.Delete(ctx, "device"), ErrNotFound)
	wantValue(t, v, "other", []byte("kept"))
	wantError(t, v.Delete(ctx, "other"), nil)
}

func conformValues(t *testing.T, v Vault) {
	random := make([]byte, MaxValue)
	rand.Read(random)
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for _, value := range [][]byte{{}, {0}, all, []byte("line\nline\x00end"), random} {
		put(t, v, "value", value)
		wantValue(t, v, "value", value)
	}
	err := v.Put(t.Context(), "value", append(random, 0))
	wantError(t, err, ErrTooLarge)
	wantValue(t, v, "value", random)
	wantError(t, v.Delete(t.Context(), "value"), nil)
}

func conformNames(t *testing.T, v Vault) {
	ctx := t.Context()
	for _, name := range []string{"", strings.Repeat("a", 65), "Upper", "a b", "a/b", "a\"b", "a'b", "ä", "a\x00", "$(a)"} {
		_, err := v.Get(ctx, name)
		wantError(t, err, ErrName)
		wantError(t, v.Put(ctx, name, nil), ErrName)
		wantError(t, v.Delete(ctx, name), ErrName)
	}
	for _, name := range []string{"a", strings.Repeat("a", 64), "account-0.key_1", "-", ".", ".."} {
		put(t, v, name, []byte(name))
		wantValue(t, v, name, []byte(name))
		wantError(t, v.Delete(ctx, name), nil)
	}
}

// conformCopies: neither side sees the other's later writes to a slice.
func conformCopies(t *testing.T, v Vault) {
	value := []byte("value")
	put(t, v, "copy", value)
	clear(value)
	wantValue(t, v, "copy", []byte("value"))
	got, err := v.Get(t.Context(), "copy")
	wantError(t, err, nil)
	clear(got)
	wantValue(t, v, "copy", []byte("value"))
	wantError(t, v.Delete(t.Context(), "copy"), nil)
}

func conformContext(t *testing.T, v Vault) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	past, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	for ctx, want := range map[context.Context]error{cancelled: context.Canceled, past: ErrTimeout} {
		_, err := v.Get(ctx, "late")
		wantError(t, err, want)
		wantError(t, v.Put(ctx, "late", []byte("x")), want)
		wantError(t, v.Delete(ctx, "late"), want)
	}
	_, err := v.Get(t.Context(), "late")
	wantError(t, err, ErrNotFound)
}

func conformConcurrent(t *testing.T, v Vault) {
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			name := fmt.Sprintf("n%d", i)
			for round := range 3 {
				value := fmt.Appendf(nil, "%d/%d", i, round)
				if err := v.Put(t.Context(), name, value); err != nil {
					t.Error(err)
				}
				got, err := v.Get(t.Context(), name)
				if err != nil || !bytes.Equal(got, value) {
					t.Errorf("got %q, %v, want %q", got, err, value)
				}
			}
			if err := v.Delete(t.Context(), name); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

func put(t *testing.T, v Vault, name string, value []byte) {
	t.Helper()
	if err := v.Put(t.Context(), name, value); err != nil {
		t.Fatal(err)
	}
}

func wantValue(t *testing.T, v Vault, name string, want []byte) {
	t.Helper()
	got, err := v.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("%q holds %d bytes that differ from the %d put", name, len(got), len(want))
	}
}

func wantError(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) || (want == nil) != (got == nil) {
		t.Fatalf("got error %v, want %v", got, want)
	}
}
