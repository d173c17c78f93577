package server

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/countersign/countersign/trust"
)

// KeyFileName is the file beside the database, never inside it, that holds what a
// thief of the database must not have.
const KeyFileName = "verifier.key"

// ErrKeyFile says that verifier.key is damaged or not ours.
var ErrKeyFile = errors.New("verifier.key is damaged")

// KeyFile is the content of verifier.key: the verifier's secret keys, the pepper
// of passwords and the key of row MACs. It is secret.
// Fields are numbered for ever; do not reorder or reuse.
type KeyFile struct {
	Version uint64           `cbor:"1,keyasint"` // 1
	ID      trust.VerifierID `cbor:"2,keyasint"`
	Origin  string           `cbor:"3,keyasint"` // exact public origin
	Seed    trust.KeySeed    `cbor:"4,keyasint"`
	Pepper  [32]byte         `cbor:"5,keyasint"`
	Row     [32]byte         `cbor:"6,keyasint"`
}

// sealedKeyFile is the file: damaged keys would be other keys, under which every
// password is wrong. Fields are numbered for ever; do not reorder or reuse.
type sealedKeyFile struct {
	Body []byte   `cbor:"1,keyasint"`
	Sum  [32]byte `cbor:"2,keyasint"` // SHA-256 of Body, against damage only
}

// String hides the keys.
func (KeyFile) String() string { return "(verifier.key)" }

// GoString hides the keys.
func (KeyFile) GoString() string { return "(verifier.key)" }

// NewKeyFile draws all keys; it fails only if rand does.
func NewKeyFile(origin string, rand io.Reader) (k KeyFile, err error) {
	k.Version, k.Origin = 1, origin
	if k.ID, err = trust.NewVerifierID(rand); err != nil {
		return k, err
	}
	if k.Seed, err = trust.NewKeySeed(rand); err != nil {
		return k, err
	}
	if _, err = io.ReadFull(rand, k.Pepper[:]); err != nil {
		return k, err
	}
	_, err = io.ReadFull(rand, k.Row[:])
	return k, err
}

// ReadKeyFile reads dir/verifier.key. fs.ErrNotExist if there is none, ErrKeyFile
// if it is damaged.
func ReadKeyFile(dir string) (KeyFile, error) {
	raw, err := os.ReadFile(filepath.Join(dir, KeyFileName))
	if err != nil {
		return KeyFile{}, fmt.Errorf("reading %s: %w", KeyFileName, err)
	}
	var f sealedKeyFile
	var k KeyFile
	if trust.Unmarshal(raw, &f) != nil || sha256.Sum256(f.Body) != f.Sum || trust.Unmarshal(f.Body, &k) != nil || k.Version != 1 || k.Origin == "" {
		return KeyFile{}, ErrKeyFile
	}
	return k, nil
}

// Write replaces dir/verifier.key in one step, mode 0600, and returns when it is
// on stable storage.
func (k KeyFile) Write(dir string) error {
	body, err := trust.Marshal(k)
	if err != nil {
		return err
	}
	raw, err := trust.Marshal(sealedKeyFile{Body: body, Sum: sha256.Sum256(body)})
	if err != nil {
		return err
	}
	path := filepath.Join(dir, KeyFileName)
	if err := writeSynced(path+".new", raw); err != nil {
		return fmt.Errorf("writing %s: %w", KeyFileName, err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("writing %s: %w", KeyFileName, err)
	}
	return syncDir(dir)
}

func writeSynced(path string, raw []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncDir makes the rename durable where folders can be synced; elsewhere (Windows)
// the rename itself is.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, fs.ErrInvalid) && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("writing %s: %w", KeyFileName, err)
	}
	return nil
}

// record gives the public record and the keys.
func (k KeyFile) record() (trust.Verifier, trust.Keys, error) {
	keys, err := k.Seed.Keys()
	if err != nil {
		return trust.Verifier{}, trust.Keys{}, err
	}
	return trust.Verifier{ID: k.ID, Origin: k.Origin, Sign: keys.SignKey(), KEM: keys.KEMKey()}, keys, nil
}

// KeyFileThere reports whether dir holds a verifier.key.
func KeyFileThere(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, KeyFileName))
	return err == nil
}
