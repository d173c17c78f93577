package pair

import (
	"crypto/hpke"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/countersign/countersign/trust"
)

// MaxMessage is the longest message of a pairing, in bytes.
const MaxMessage = 8 << 10

// nonce is what each side adds to the digits: the host's is fixed by its hello and
// shown only after the guest's was heard, so that neither can search for digits.
type nonce [32]byte

// hello is the host's first message.
// Fields of all messages are numbered for ever; do not reorder or reuse.
type hello struct {
	Version uint64       `cbor:"1,keyasint"` // 1
	KEM     trust.KEMKey `cbor:"2,keyasint"` // for this pairing only
	Commit  trust.Hash   `cbor:"3,keyasint"` // SHA-256("td/1 pair commit" 00 reveal)
}

// join is the guest's first message; Box holds a guest.
type join struct {
	Enc []byte `cbor:"1,keyasint"` // HPKE's encapsulated key
	Box []byte `cbor:"2,keyasint"`
}

// guest is what the host learns of the new device.
type guest struct {
	Device trust.Device `cbor:"1,keyasint"`
	Nonce  nonce        `cbor:"2,keyasint"`
}

// Welcome is what the new device is given once the digits were right.
type Welcome struct {
	Account trust.AccountID `cbor:"1,keyasint"`
	Seq     uint64          `cbor:"2,keyasint"` // of the head before the new device
	Head    trust.Hash      `cbor:"3,keyasint"`
	Body    []byte          `cbor:"4,keyasint"` // of the entry that adds it, from chain.DeviceBody
	Name    string          `cbor:"5,keyasint"` // of the account
}

// consent is the new device's signature over Welcome.Body.
type consent struct {
	Possession trust.Signature `cbor:"1,keyasint"`
}

func kdf() hpke.KDF   { return hpke.HKDFSHA256() }
func aead() hpke.AEAD { return hpke.ChaCha20Poly1305() }

// joinInfo binds the guest's box to one hello.
func joinInfo(hello []byte) []byte { return append([]byte("td/1 pair\x00"), hello...) }

// secret is what both sides of one HPKE context can export.
type secret []byte

const exportLabel, exportSize = "td/1 pair export", 32

// transcript is all that both sides have to have seen alike.
type transcript struct {
	hello, join []byte
	host, guest nonce
	export      secret
}

// digits gives the six digits of a transcript, each field with its length so that
// none can lend bytes to another. The bias of 2^64 mod 10^6 is below 10^-13.
func (t transcript) digits() string {
	h := sha256.New()
	h.Write([]byte("td/1 pair sas\x00"))
	for _, field := range [][]byte{t.hello, t.join, t.host[:], t.guest[:], t.export} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(field))))
		h.Write(field)
	}
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(h.Sum(nil))%1_000_000)
}

// welcomeInfo binds the welcome to this pairing.
func (t transcript) welcomeInfo() []byte {
	all := append([]byte(nil), t.hello...)
	all = append(append(append(all, t.join...), t.host[:]...), t.export...)
	sum := hash("td/1 pair welcome", all)
	return sum[:]
}
