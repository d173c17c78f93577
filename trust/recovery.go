package trust

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
)

// ErrRecoveryKey says that a text is not a recovery key: wrong length, a symbol
// that does not exist, or a check that does not fit (most likely mistyped).
var ErrRecoveryKey = errors.New("not a recovery key")

// RecoverySymbols is how many symbols a recovery key has when written: a 128-bit
// seed with its 12-bit check makes 140 bits, 28 symbols of 5.
const RecoverySymbols = 28

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// RecoveryKey is the secret on paper: a 16-byte seed. Its text form is 28
// Crockford symbols in groups of four, the last 12 bits being a check.
type RecoveryKey struct{ seed [16]byte }

// NewRecoveryKey draws a key; it fails only if rand does.
func NewRecoveryKey(rand io.Reader) (k RecoveryKey, err error) {
	_, err = io.ReadFull(rand, k.seed[:])
	return k, err
}

// Text gives the symbols in seven groups of four joined by hyphens. It is not
// called String so that no log line prints a key by accident.
func (k RecoveryKey) Text() string {
	bits := append(k.seed[:], k.check()...)
	var b strings.Builder
	for i := range RecoverySymbols {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(crockford[symbolAt(bits, i)])
	}
	return b.String()
}

// Groups gives the seven groups of four symbols.
func (k RecoveryKey) Groups() []string { return strings.Split(k.Text(), "-") }

// String hides the key from formatted output.
func (RecoveryKey) String() string { return "(recovery key)" }

// GoString hides the key from formatted output.
func (RecoveryKey) GoString() string { return "(recovery key)" }

// ParseRecoveryKey reads what a person typed: any case, spaces and hyphens
// ignored, O read as 0, I and L as 1. Anything else is ErrRecoveryKey.
func ParseRecoveryKey(text string) (RecoveryKey, error) {
	symbols, ok := recoverySymbols(text)
	if !ok || len(symbols) != RecoverySymbols {
		return RecoveryKey{}, ErrRecoveryKey
	}
	var bits [18]byte
	for i, s := range symbols {
		putSymbol(bits[:], i, s)
	}
	k := RecoveryKey{seed: [16]byte(bits[:16])}
	c := k.check()
	if c[0] != bits[16] || c[1]&0xF0 != bits[17]&0xF0 {
		return RecoveryKey{}, ErrRecoveryKey
	}
	return k, nil
}

// Keys derives the signing and KEM keys that a recovery key stands for. No slow
// hash: the seed has 128 bits, so its public keys may be published.
func (k RecoveryKey) Keys() (Keys, error) {
	prk, err := hkdf.Extract(sha256.New, k.seed[:], []byte("td/1 recovery"))
	if err != nil {
		return Keys{}, err
	}
	sign, err := hkdf.Expand(sha256.New, prk, "sign", 32)
	if err != nil {
		return Keys{}, err
	}
	ikm, err := hkdf.Expand(sha256.New, prk, "kem", 32)
	if err != nil {
		return Keys{}, err
	}
	kem, err := hpke.MLKEM768X25519().DeriveKeyPair(ikm)
	if err != nil {
		return Keys{}, err
	}
	return Keys{sign: ed25519.NewKeyFromSeed(sign), kem: kem}, nil
}

// Record gives the public record of the key on paper, for the chain.
func (k RecoveryKey) Record() (Recovery, error) {
	keys, err := k.Keys()
	if err != nil {
		return Recovery{}, err
	}
	return Recovery{Which: Paper, Sign: keys.SignKey(), KEM: keys.KEMKey()}, nil
}

// Seed gives the 16 secret bytes, for sealing a copy; see ParseRecoverySeed.
func (k RecoveryKey) Seed() []byte { return append([]byte(nil), k.seed[:]...) }

// RecoveryKeyFromSeed is the reverse of Seed; another length is ErrRecoveryKey.
func RecoveryKeyFromSeed(seed []byte) (RecoveryKey, error) {
	if len(seed) != 16 {
		return RecoveryKey{}, ErrRecoveryKey
	}
	return RecoveryKey{seed: [16]byte(seed)}, nil
}

// check is the first 12 bits of the seed's hash, in two bytes (4 bits unused).
func (k RecoveryKey) check() []byte {
	h := contextHash("td/1 recovery check", k.seed[:])
	return []byte{h[0], h[1] & 0xF0}
}

func recoverySymbols(text string) (symbols []byte, ok bool) {
	for _, r := range strings.ToUpper(text) {
		switch r {
		case ' ', '-', '\t', '\n', '\r', '\u00a0', '\u2010', '\u2011', '\u2013':
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		i := strings.IndexRune(crockford, r)
		if i < 0 || len(symbols) == RecoverySymbols {
			return nil, false
		}
		symbols = append(symbols, byte(i))
	}
	return symbols, true
}

// symbolAt reads the i-th group of five bits, most significant first.
func symbolAt(bits []byte, i int) (v byte) {
	for j := i * 5; j < i*5+5; j++ {
		v = v<<1 | bits[j/8]>>(7-j%8)&1
	}
	return v
}

// putSymbol is the reverse of symbolAt on zeroed bits.
func putSymbol(bits []byte, i int, v byte) {
	for j := range 5 {
		n := i*5 + j
		bits[n/8] |= v >> (4 - j) & 1 << (7 - n%8)
	}
}
