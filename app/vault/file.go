package vault

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"time"
)

const (
	// fileMagic begins every vault file; the digit is the version of what
	// follows: SHA-256 of the rest (32 bytes), then an envelope.
	fileMagic = "csvault1"
	// fileLabel binds the envelope to its use. Stored: do not change it.
	fileLabel = "td/1 vault file"
	// maxSecrets is how many secrets one file takes, chosen arbitrarily.
	maxSecrets = 64
	// maxFile is more than maxSecrets of the longest names and values need.
	maxFile = 256 << 10
	// lockPatience is how long a call waits for another program's, which may
	// be deriving a key (0.4 s) on a slow disk.
	lockPatience = 10 * time.Second
)

// File is a vault in one file, sealed under a passphrase with Argon2id and
// AES-256-GCM. The file is replaced as a whole, so it is complete whenever the
// program ends; several programs may use it, one call at a time, held apart by
// a lock on PATH.lock. It is readable by its owner only.
//
// A checksum tells a damaged file (ErrDamaged) from a wrong passphrase
// (ErrPassphrase). It is not a defence: who can write the file can change it
// into one that no passphrase opens, delete it, or put an old one back.
// A damaged file is never written to.
type File struct {
	path string
	cost cost

	mu         sync.Mutex
	passphrase []byte // until the key is known, then wiped
	opened     bool   // head and key are those of the file
	head       head
	key        [keySize]byte
}

// OpenFile opens the vault file at path under passphrase, of which it keeps a
// copy until the key is derived. A file that does not exist is made, with its
// folder, by the first Put. Errors: ErrPassphrase, also for an empty
// passphrase; ErrDamaged; ErrTimeout when another program holds the file.
func OpenFile(path string, passphrase []byte) (*File, error) {
	return openFile(path, passphrase, fullCost())
}

func openFile(path string, passphrase []byte, c cost) (*File, error) {
	if len(passphrase) == 0 {
		return nil, fmt.Errorf("opening vault file with an empty passphrase: %w", ErrPassphrase)
	}
	path, err := realPath(path)
	if err != nil {
		return nil, fmt.Errorf("opening vault file: %w", err)
	}
	f := &File{path: path, cost: c, passphrase: bytes.Clone(passphrase)}
	exists, err := isThere(path)
	if err == nil && exists {
		err = f.locked(context.Background(), func() error {
			_, err := f.load()
			return err
		})
	}
	if err != nil {
		clear(f.passphrase)
		return nil, fmt.Errorf("opening vault file: %w", err)
	}
	return f, nil
}

// realPath follows a link to the file, so that a replacement goes where the
// link points, and does not depend on the working directory any more.
func realPath(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	target, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		return path, nil
	}
	return target, err
}

// Get implements Vault.
func (f *File) Get(ctx context.Context, name string) ([]byte, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	var value []byte
	err := f.locked(ctx, func() error {
		secrets, err := f.load()
		if err != nil {
			return err
		}
		found, ok := secrets[name]
		if !ok {
			return ErrNotFound
		}
		value = found
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("getting %q from vault file: %w", name, err)
	}
	return value, nil
}

// Put implements Vault. At most 64 names fit; one more is ErrTooLarge.
func (f *File) Put(ctx context.Context, name string, value []byte) error {
	if err := checkValue(name, value); err != nil {
		return err
	}
	err := f.change(ctx, func(secrets map[string][]byte) error {
		secrets[name] = append([]byte{}, value...)
		if len(secrets) > maxSecrets {
			return ErrTooLarge
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("putting %q into vault file: %w", name, err)
	}
	return nil
}

// Delete implements Vault.
func (f *File) Delete(ctx context.Context, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	err := f.change(ctx, func(secrets map[string][]byte) error {
		if _, ok := secrets[name]; !ok {
			return ErrNotFound
		}
		delete(secrets, name)
		return nil
	})
	if err != nil {
		return fmt.Errorf("deleting %q from vault file: %w", name, err)
	}
	return nil
}

func (f *File) change(ctx context.Context, edit func(map[string][]byte) error) error {
	return f.locked(ctx, func() error {
		secrets, err := f.load()
		if err != nil {
			return err
		}
		if err := edit(secrets); err != nil {
			return err
		}
		return f.save(secrets)
	})
}

// locked runs step while no other File, here or in another program, can.
func (f *File) locked(ctx context.Context, step func() error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	lock, err := waitForLock(ctx, f.path+".lock")
	if err != nil {
		return err
	}
	defer lock.release()
	return step()
}

// load reads the file as it is now. One that never existed is empty; one that
// is gone is damage, because writing a fresh one would hide the loss.
func (f *File) load() (map[string][]byte, error) {
	data, err := readFile(f.path, maxFile)
	if errors.Is(err, fs.ErrNotExist) && !f.opened {
		return make(map[string][]byte), nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("file is gone: %w", ErrDamaged)
	}
	if err != nil {
		return nil, err
	}
	e, err := parseFile(data)
	if err != nil {
		return nil, err
	}
	return f.unseal(e)
}

// unseal opens the envelope with the key at hand, or the first time with the
// passphrase. A file that somebody sealed anew under an open vault has another
// salt, so the key does not fit it any more.
func (f *File) unseal(e envelope) (map[string][]byte, error) {
	key := f.key
	if !f.opened {
		key = e.Head.key(f.passphrase)
	}
	plaintext, err := e.open(key, fileLabel)
	if errors.Is(err, ErrDamaged) {
		return nil, ErrPassphrase
	}
	if err != nil {
		return nil, err
	}
	secrets := make(map[string][]byte)
	if err := decode(plaintext, &secrets); err != nil {
		return nil, err
	}
	f.keep(e.Head, key)
	return secrets, nil
}

func (f *File) keep(h head, key [keySize]byte) {
	f.head, f.key, f.opened = h, key, true
	clear(f.passphrase)
	f.passphrase = nil
}

func (f *File) save(secrets map[string][]byte) error {
	h, key := f.head, f.key
	if !f.opened {
		var err error
		if h, err = newHead(f.cost, rand.Reader); err != nil {
			return err
		}
		key = h.key(f.passphrase)
	}
	plaintext, err := encode(secrets)
	if err != nil {
		return fmt.Errorf("encoding secrets: %w", err)
	}
	sealed, err := h.seal(key, fileLabel, plaintext)
	if err != nil {
		return err
	}
	if err := replaceFile(f.path, formatFile(sealed)); err != nil {
		return err
	}
	f.keep(h, key)
	return nil
}

func formatFile(sealed []byte) []byte {
	sum := sha256.Sum256(sealed)
	return append(append([]byte(fileMagic), sum[:]...), sealed...)
}

// parseFile reads hostile bytes; its one error is ErrDamaged.
func parseFile(data []byte) (envelope, error) {
	rest, ok := bytes.CutPrefix(data, []byte(fileMagic))
	if !ok || len(rest) < sha256.Size {
		return envelope{}, ErrDamaged
	}
	sum, sealed := rest[:sha256.Size], rest[sha256.Size:]
	if sha256.Sum256(sealed) != [sha256.Size]byte(sum) {
		return envelope{}, ErrDamaged
	}
	return parseEnvelope(sealed)
}
