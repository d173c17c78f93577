package vault

import (
	"errors"
	"fmt"
	"strings"
)

// keyringService is the name under which a keyring files our secrets. People
// see it in their keyring's own window; changing it loses what is stored.
const keyringService = "countersign"

// Open returns the vault that spec names:
//
//	keyring      the keyring of the operating system
//	file:PATH    a file sealed with a passphrase; made by the first Put
//	memory       gone with the process
//
// passphrase is called once, for a file only; its result stays the caller's to
// wipe. A file that exists is opened at once, so a wrong passphrase is
// ErrPassphrase here. The keyring is not called yet: Open refuses it with
// ErrUnavailable where there is certainly none, Keyring.Probe asks further.
func Open(spec string, passphrase func() ([]byte, error)) (Vault, error) {
	path, isFile := strings.CutPrefix(spec, "file:")
	switch {
	case spec == "keyring":
		if err := ringPresent(); err != nil {
			return nil, fmt.Errorf("opening keyring: %w", err)
		}
		return NewKeyring(keyringService), nil
	case spec == "memory":
		return NewMemory(), nil
	case isFile && path != "":
		return openPath(path, passphrase)
	}
	return nil, fmt.Errorf("opening vault: %q is none of keyring, file:PATH, memory", spec)
}

func openPath(path string, passphrase func() ([]byte, error)) (Vault, error) {
	if passphrase == nil {
		return nil, errors.New("opening vault file: no passphrase given")
	}
	secret, err := passphrase()
	if err != nil {
		return nil, fmt.Errorf("asking for passphrase: %w", err)
	}
	file, err := OpenFile(path, secret)
	if err != nil {
		return nil, err
	}
	return file, nil
}
