package pair

import (
	"crypto/sha256"
	"encoding/base32"
	"io"
	"strings"
)

const (
	symbolsLen     = 8  // 40 bits
	fingerprintLen = 16 // bytes, 128 bits of SHA-256
	offerVersion   = "1"
)

var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// Symbols names a pairing's mailbox: eight Crockford symbols, 40 bits, in upper
// case without spaces. It is what a person types where nothing can be scanned.
type Symbols string

// NewSymbols draws a name; it fails only if rand does.
func NewSymbols(rand io.Reader) (Symbols, error) {
	var bits [symbolsLen * 5 / 8]byte
	if _, err := io.ReadFull(rand, bits[:]); err != nil {
		return "", err
	}
	return Symbols(crockford.EncodeToString(bits[:])), nil
}

// ParseSymbols reads what a person typed: any case, spaces and hyphens ignored, O
// read as 0, I and L as 1. Anything else is ErrOffer.
func ParseSymbols(text string) (Symbols, error) {
	s := typed(text)
	raw, err := crockford.DecodeString(s)
	if err != nil || len(s) != symbolsLen || crockford.EncodeToString(raw) != s { // the decoder skips line breaks
		return "", ErrOffer
	}
	return Symbols(s), nil
}

// Spaced gives the symbols in two groups of four, as they are shown.
func (s Symbols) Spaced() string {
	if len(s) != symbolsLen {
		return string(s)
	}
	return string(s[:4]) + " " + string(s[4:])
}

// Fingerprint is the first 128 bits of SHA-256("td/1 pair hello" 00 hello). Who
// scanned it knows that a hello is the trusted device's own.
type Fingerprint [fingerprintLen]byte

func fingerprint(hello []byte) Fingerprint {
	sum := hash("td/1 pair hello", hello)
	return Fingerprint(sum[:fingerprintLen])
}

// Offer is what the trusted device shows: where its hello lies, and which it is.
type Offer struct {
	Symbols     Symbols
	Fingerprint Fingerprint
}

// Text gives the offer as it stands in a link's fragment, all in upper case so
// that a QR picture of it stays small: "1.7QK2M9XW." and 26 symbols.
func (o Offer) Text() string {
	return offerVersion + "." + string(o.Symbols) + "." + crockford.EncodeToString(o.Fingerprint[:])
}

// ParseOffer reads what Text gave, in any case. Anything else is ErrOffer, another
// version too: it is never read as an older one.
func ParseOffer(text string) (Offer, error) {
	_, rest, _ := strings.Cut(text, ".")
	symbols, print, _ := strings.Cut(rest, ".")
	s, err := ParseSymbols(symbols)
	if err != nil {
		return Offer{}, ErrOffer
	}
	raw, err := crockford.DecodeString(upper(print))
	if err != nil || len(raw) != fingerprintLen {
		return Offer{}, ErrOffer
	}
	o := Offer{Symbols: s, Fingerprint: Fingerprint(raw)}
	if o.Text() != upper(text) { // what is forgiven to a person who types is not here
		return Offer{}, ErrOffer
	}
	return o, nil
}

// typed gives symbols as the alphabet has them.
func typed(text string) string {
	return strings.NewReplacer("O", "0", "I", "1", "L", "1", "-", "", " ", "").Replace(upper(text))
}

// upper knows ASCII only: Unicode has letters whose upper case is one of the alphabet.
func upper(text string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, text)
}

// hash is SHA-256(context ‖ 00 ‖ bytes).
func hash(context string, b []byte) [sha256.Size]byte {
	return sha256.Sum256(append(append([]byte(context), 0), b...))
}
