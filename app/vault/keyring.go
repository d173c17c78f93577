package vault

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"
)

// Keyring is the keyring of the operating system: the Secret Service on Linux,
// the Credential Manager on Windows, the login keychain on macOS. It separates
// people, not programs: on macOS and Linux any program of the same person may
// read what is in an unlocked keyring.
//
// No call outlasts its deadline, whatever the keyring does. A call may raise
// the system's own prompt, so it never belongs on the goroutine that draws.
// While a call that was given up still hangs, the next ones fail with
// ErrTimeout almost at once.
type Keyring struct {
	service string
	work    *worker

	// probe is how long a keyring may take to show that it is there, prompt how
	// long a call may take while the person may be typing a password.
	probe, prompt time.Duration
}

// NewKeyring returns the keyring's items of one service name. It calls nothing.
func NewKeyring(service string) *Keyring {
	// 3 s: a woken keyring answered within 0.1 s; 2 min: time to find a password.
	return &Keyring{service: service, work: newWorker(), probe: 3 * time.Second, prompt: 2 * time.Minute}
}

// Probe tells within three seconds, and without a prompt, how things stand:
// nil (usable, or about to ask), ErrLocked, ErrUnavailable or ErrTimeout.
// Only the Secret Service can be asked; elsewhere Probe returns nil.
func (k *Keyring) Probe(ctx context.Context) error {
	if err := ringPresent(); err != nil {
		return fmt.Errorf("probing keyring: %w", err)
	}
	_, err := call(ctx, k.work, k.probe, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, ringProbe(ctx)
	})
	if err != nil {
		return fmt.Errorf("probing keyring: %w", err)
	}
	return nil
}

// Get implements Vault. An item that was not written by Put is ErrDamaged.
func (k *Keyring) Get(ctx context.Context, name string) ([]byte, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	text, err := k.use(ctx, func() (string, error) { return ringGet(k.service, name) })
	if err != nil {
		return nil, fmt.Errorf("getting %q from keyring: %w", name, err)
	}
	value, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(value) > MaxValue {
		return nil, fmt.Errorf("getting %q from keyring: %w", name, ErrDamaged)
	}
	return value, nil
}

// Put implements Vault. It reads the value back, because a keyring may report
// success for a prompt that was dismissed; that is ErrLocked.
func (k *Keyring) Put(ctx context.Context, name string, value []byte) error {
	if err := checkValue(name, value); err != nil {
		return err
	}
	text := base64.StdEncoding.EncodeToString(value)
	stored, err := k.use(ctx, func() (string, error) {
		if err := ringSet(k.service, name, text); err != nil {
			return "", err
		}
		return ringGet(k.service, name)
	})
	if err == nil && stored != text || errors.Is(err, ErrNotFound) {
		err = fmt.Errorf("not kept: %w", ErrLocked)
	}
	if err != nil {
		return fmt.Errorf("putting %q into keyring: %w", name, err)
	}
	return nil
}

// Delete implements Vault. Like Put it looks again afterwards.
func (k *Keyring) Delete(ctx context.Context, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	_, err := k.use(ctx, func() (string, error) {
		if err := ringDelete(k.service, name); err != nil {
			return "", err
		}
		_, err := ringGet(k.service, name)
		switch {
		case errors.Is(err, ErrNotFound):
			return "", nil
		case err == nil:
			return "", fmt.Errorf("still there: %w", ErrLocked)
		}
		return "", err
	})
	if err != nil {
		return fmt.Errorf("deleting %q from keyring: %w", name, err)
	}
	return nil
}

// use runs op once the keyring is known to answer, and unlocked where that can
// be told: only then may a call take as long as a person does.
func (k *Keyring) use(ctx context.Context, op func() (string, error)) (string, error) {
	err := k.Probe(ctx)
	locked := errors.Is(err, ErrLocked)
	if err != nil && !locked {
		return "", err
	}
	return call(ctx, k.work, k.prompt, func(ctx context.Context) (string, error) {
		if locked {
			if err := ringUnlock(ctx); err != nil {
				return "", err
			}
		}
		return op()
	})
}
