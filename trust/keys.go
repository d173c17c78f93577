package trust

import (
	"crypto/ed25519"
	"crypto/hpke"
	"fmt"
	"io"
)

// KEMKeySize is the length of an X-Wing public key in bytes.
const KEMKeySize = 1216

// KEMKey is an X-Wing public key: 1216 bytes, checked by Check.
type KEMKey []byte

// An ML-KEM-768 public key begins with 768 coefficients of 12 bits, each below q
// (FIPS 203 §7.2); what follows, there and in the X25519 part, may be any bytes.
const (
	kemCoefficients = 768 * 12 / 8 // bytes
	kemModulus      = 3329
)

// Check reports ErrMalformed unless k is a usable X-Wing public key. It gives the
// answer of hpke.NewPublicKey without expanding the key's matrix, which is most of
// that function's work and not needed to read a chain.
func (k KEMKey) Check() error {
	if len(k) != KEMKeySize {
		return ErrMalformed
	}
	for i := 0; i < kemCoefficients; i += 3 {
		even, odd := uint16(k[i])|uint16(k[i+1]&0x0F)<<8, uint16(k[i+1])>>4|uint16(k[i+2])<<4
		if even >= kemModulus || odd >= kemModulus {
			return ErrMalformed
		}
	}
	return nil
}

// Seal encrypts plaintext to the holder of the private key; info binds it to its use.
func (k KEMKey) Seal(info, plaintext []byte) ([]byte, error) {
	pub, err := hpke.MLKEM768X25519().NewPublicKey(k)
	if err != nil {
		return nil, ErrMalformed
	}
	return hpke.Seal(pub, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info, plaintext)
}

// KeySeed is what is kept of a key pair set: two 32-byte seeds. It is secret.
// Fields are numbered for ever; do not reorder or reuse.
type KeySeed struct {
	Sign [32]byte `cbor:"1,keyasint"`
	KEM  [32]byte `cbor:"2,keyasint"`
}

// NewKeySeed draws both seeds; it fails only if rand does.
func NewKeySeed(rand io.Reader) (s KeySeed, err error) {
	if _, err = io.ReadFull(rand, s.Sign[:]); err == nil {
		_, err = io.ReadFull(rand, s.KEM[:])
	}
	return s, err
}

// Keys derives the key pairs from the seeds.
func (s KeySeed) Keys() (Keys, error) {
	kem, err := hpke.MLKEM768X25519().NewPrivateKey(s.KEM[:])
	if err != nil {
		return Keys{}, fmt.Errorf("deriving key: %w", err)
	}
	return Keys{sign: ed25519.NewKeyFromSeed(s.Sign[:]), kem: kem}, nil
}

// Keys is a signing key and a KEM key of one holder: a device, a verifier or a
// recovery key. It is secret, immutable and safe for concurrent use.
type Keys struct {
	sign ed25519.PrivateKey
	kem  hpke.PrivateKey
}

// SignKey gives the public signing key.
func (k Keys) SignKey() SignKey { return SignKey(k.sign.Public().(ed25519.PublicKey)) }

// KEMKey gives the public KEM key.
func (k Keys) KEMKey() KEMKey { return k.kem.PublicKey().Bytes() }

// Sign signs context ‖ 00 ‖ body.
func (k Keys) Sign(c Context, body []byte) Signature { return Sign(k.sign, c, body) }

// Open decrypts what was sealed to KEMKey under the same info, else ErrMalformed.
func (k Keys) Open(info, box []byte) ([]byte, error) {
	plain, err := hpke.Open(k.kem, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info, box)
	if err != nil {
		return nil, ErrMalformed
	}
	return plain, nil
}
