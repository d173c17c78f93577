package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"io"

	"golang.org/x/crypto/argon2"
)

// cost says how much work Argon2id makes of one try at a passphrase.
//
// Stored in every envelope: do not renumber. A new field needs a new version.
type cost struct {
	Passes  uint32 `cbor:"1,keyasint"`
	Memory  uint32 `cbor:"2,keyasint"` // KiB
	Threads uint8  `cbor:"3,keyasint"`
}

// fullCost is docs/protocol.md §3: three passes over 64 MiB, about 0.4 s on a
// laptop. One thread, because a phone has no more to give.
func fullCost() cost { return cost{Passes: 3, Memory: 64 << 10, Threads: 1} }

// bounded tells whether a cost read from elsewhere may be paid: at most eight
// passes over 256 MiB, a few seconds. Argon2 itself asks for 8 KiB a thread.
func (c cost) bounded() bool {
	return c.Passes >= 1 && c.Passes <= 8 &&
		c.Threads >= 1 && c.Threads <= 4 &&
		c.Memory >= 8*uint32(c.Threads) && c.Memory <= 256<<10
}

const (
	envelopeVersion = 1
	saltSize        = 16
	keySize         = 32
	// boxOverhead is the nonce and the tag of AES-GCM.
	boxOverhead = 12 + 16
)

// head is everything but the passphrase that the key is derived from. It is
// authenticated together with the box.
//
// Stored: do not renumber. A new field needs a new version.
type head struct {
	Version uint8  `cbor:"1,keyasint"`
	Cost    cost   `cbor:"2,keyasint"`
	Salt    []byte `cbor:"3,keyasint"`
}

// envelope is a plaintext sealed under a passphrase.
//
// Stored: do not renumber. A new field needs a new version.
type envelope struct {
	Head head   `cbor:"1,keyasint"`
	Box  []byte `cbor:"2,keyasint"`
}

func newHead(c cost, rand io.Reader) (head, error) {
	h := head{Version: envelopeVersion, Cost: c, Salt: make([]byte, saltSize)}
	if _, err := io.ReadFull(rand, h.Salt); err != nil {
		return head{}, fmt.Errorf("drawing salt: %w", err)
	}
	return h, nil
}

// parseEnvelope reads hostile bytes; its one error is ErrDamaged.
func parseEnvelope(data []byte) (envelope, error) {
	var e envelope
	if decode(data, &e) != nil {
		return envelope{}, ErrDamaged
	}
	h := e.Head
	if h.Version != envelopeVersion || !h.Cost.bounded() || len(h.Salt) != saltSize || len(e.Box) < boxOverhead {
		return envelope{}, ErrDamaged
	}
	return e, nil
}

func (h head) key(passphrase []byte) [keySize]byte {
	return [keySize]byte(argon2.IDKey(passphrase, h.Salt, h.Cost.Passes, h.Cost.Memory, h.Cost.Threads, keySize))
}

// context is what the box is bound to: the label keeps an envelope made for
// one purpose from opening as another.
func (h head) context(label string) ([]byte, error) {
	encoded, err := encode(h)
	if err != nil {
		return nil, fmt.Errorf("encoding envelope: %w", err)
	}
	return append(append([]byte(label), 0), encoded...), nil
}

// seal returns the encoded envelope of plaintext under a key derived from h.
func (h head) seal(key [keySize]byte, label string, plaintext []byte) ([]byte, error) {
	box, err := newBox(key)
	if err != nil {
		return nil, err
	}
	context, err := h.context(label)
	if err != nil {
		return nil, err
	}
	return encode(envelope{Head: h, Box: box.Seal(nil, nil, plaintext, context)})
}

// open returns the plaintext, or ErrDamaged when key, label or a byte is wrong.
func (e envelope) open(key [keySize]byte, label string) ([]byte, error) {
	box, err := newBox(key)
	if err != nil {
		return nil, err
	}
	context, err := e.Head.context(label)
	if err != nil {
		return nil, err
	}
	plaintext, err := box.Open(nil, nil, e.Box, context)
	if err != nil {
		return nil, ErrDamaged
	}
	return plaintext, nil
}

// newBox returns AES-256-GCM, which puts a random nonce before each box.
func newBox(key [keySize]byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("preparing cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("preparing cipher: %w", err)
	}
	return aead, nil
}
