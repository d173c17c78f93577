// Package vault keeps a device's secrets at rest.
//
// A Vault holds a few small named secrets: in the keyring of the operating
// system, in a file sealed with a passphrase, or in memory. Beside it, State
// is the device's bulk state in a file sealed under a key that the vault
// holds, and SealUnderPassword is the form in which the recovery key's copy
// is put into a vault.
//
// It is not a password manager and knows nothing of accounts: names and values
// are opaque. It does not separate programs of one person from each other; who
// can run as that person can read what an unlocked vault holds.
//
// docs/protocol.md §3 says which keys live here, §10.1 what is sealed under
// the password.
package vault

import (
	"context"
	"errors"
	"fmt"
)

// A Vault keeps small secrets by name. Implementations may be used by several
// goroutines at once.
//
// A name is 1 to 64 bytes of a-z, 0-9, '.', '_' and '-'; anything else is
// ErrName. A context that ends first gives ErrTimeout, or context.Canceled if
// it was cancelled.
type Vault interface {
	// Get returns the caller's own copy of a value, or ErrNotFound.
	Get(ctx context.Context, name string) ([]byte, error)

	// Put stores a value of at most MaxValue bytes, replacing the one before.
	// When it returns nil the value survives the end of the process. After
	// ErrTimeout the value may still be stored later.
	Put(ctx context.Context, name string, value []byte) error

	// Delete removes a value, or returns ErrNotFound.
	Delete(ctx context.Context, name string) error
}

// What can go wrong, in terms a caller can act on. They arrive wrapped: test
// with errors.Is.
var (
	// ErrNotFound: there is nothing under this name yet.
	ErrNotFound = errors.New("nothing is stored under this name")
	// ErrLocked: the keyring is locked and was not unlocked; trying again may ask the person again.
	ErrLocked = errors.New("the keyring is locked")
	// ErrUnavailable: this machine or session offers no such store; another back end has to be used.
	ErrUnavailable = errors.New("the store is not available")
	// ErrTimeout: the store did not answer in time; it may answer later.
	ErrTimeout = errors.New("the store did not answer in time")
	// ErrTooLarge: the value, or all values together, are more than the store takes; the old value stays.
	ErrTooLarge = errors.New("more than the store takes")
	// ErrName: the name is not one that every back end can hold; this is a mistake in the calling program.
	ErrName = errors.New("not a name the store takes")
	// ErrPassphrase: the passphrase does not open this file.
	ErrPassphrase = errors.New("the passphrase does not open the file")
	// ErrPassword: the password does not open this sealed value, or the value is not what was sealed.
	ErrPassword = errors.New("the password does not open the sealed value")
	// ErrDamaged: what is stored is not what was written; it has been left untouched.
	ErrDamaged = errors.New("what is stored is damaged")
	// ErrInUse: another program owns this device's state.
	ErrInUse = errors.New("in use by another program")
)

// MaxValue is the largest value in bytes. A keyring gets it as base64 (2048
// bytes), which fits Windows (2560 bytes an item) and the command line tool
// of macOS (about 3000). All secrets of one account stay below 1 KiB.
const MaxValue = 1536

// maxName is the longest name in bytes, chosen arbitrarily.
const maxName = 64

func checkName(name string) error {
	if len(name) == 0 || len(name) > maxName {
		return fmt.Errorf("%q: %w", name, ErrName)
	}
	for _, c := range []byte(name) {
		plain := c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-'
		if !plain {
			return fmt.Errorf("%q: %w", name, ErrName)
		}
	}
	return nil
}

func checkValue(name string, value []byte) error {
	if err := checkName(name); err != nil {
		return err
	}
	if len(value) > MaxValue {
		return fmt.Errorf("%d bytes under %q, at most %d: %w", len(value), name, MaxValue, ErrTooLarge)
	}
	return nil
}

// interrupted says in this package's terms why a context ended.
func interrupted(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return context.Canceled
	}
	return ErrTimeout
}
