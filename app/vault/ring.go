//go:build !android && !ios && !js

package vault

import (
	"errors"
	"fmt"

	"github.com/zalando/go-keyring"
)

func ringGet(service, name string) (string, error) {
	value, err := keyring.Get(service, name)
	return value, ringError(err)
}

func ringSet(service, name, value string) error {
	return ringError(keyring.Set(service, name, value))
}

func ringDelete(service, name string) error {
	return ringError(keyring.Delete(service, name))
}

// ringError says in this package's terms what go-keyring said. Its texts name
// paths and steps, never a value.
func ringError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return ErrNotFound
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return ErrTooLarge
	case ringLocked(err):
		return fmt.Errorf("%w (%v)", ErrLocked, err)
	}
	return fmt.Errorf("%w (%v)", ErrUnavailable, err)
}
