package trust

import "crypto/ed25519"

// Context separates the uses of a signature: what was signed for one is worth
// nothing for another. Contexts are fixed ASCII; do not change or reuse one.
type Context string

// The contexts of td/1.
const (
	ContextEntry      Context = "td/1 chain entry"
	ContextPossession Context = "td/1 key possession"
	ContextChallenge  Context = "td/1 challenge"
	ContextApproval   Context = "td/1 approval"
	ContextSession    Context = "td/1 device session"
	ContextRotation   Context = "td/1 verifier rotation"
	ContextRecovery   Context = "td/1 recovery"
	ContextSight      Context = "td/1 sight"
	ContextOffline    Context = "td/1 offline code"
)

// Signature is an Ed25519 signature, 64 bytes.
type Signature [64]byte

// SignKey is an Ed25519 public key, 32 bytes.
type SignKey [32]byte

// Sign signs context ‖ 00 ‖ body.
func Sign(key ed25519.PrivateKey, c Context, body []byte) Signature {
	return Signature(ed25519.Sign(key, c.input(body)))
}

// Verify reports whether sig is key's signature over context ‖ 00 ‖ body. Callers
// pass the received bytes and decode them only afterwards.
func (k SignKey) Verify(c Context, body []byte, sig Signature) bool {
	return ed25519.Verify(k[:], c.input(body), sig[:])
}

func (c Context) input(body []byte) []byte {
	in := make([]byte, 0, len(c)+1+len(body))
	in = append(in, c...)
	in = append(in, 0)
	return append(in, body...)
}

// Signed is a message with its signature, as challenges and approvals travel.
// Fields are numbered for ever; do not reorder or reuse.
type Signed struct {
	Body []byte    `cbor:"1,keyasint"`
	Sig  Signature `cbor:"2,keyasint"`
}

// seal signs body and gives the bytes of the Signed message.
func seal(key ed25519.PrivateKey, c Context, body []byte) ([]byte, error) {
	return Marshal(Signed{Body: body, Sig: Sign(key, c, body)})
}
