package trust_test

import (
	"bytes"
	"crypto/hpke"
	"math/rand/v2"
	"testing"

	"github.com/countersign/countersign/trust"
)

// Check answers as the library does that will use the key.
func TestKEMKeyCheck(t *testing.T) {
	seed := [32]byte{1}
	r := rand.New(rand.NewChaCha8(seed))
	private, err := hpke.MLKEM768X25519().NewPrivateKey(seed[:])
	if err != nil {
		t.Fatal(err)
	}
	right := private.PublicKey().Bytes()
	refused := 0
	same := func(key []byte) {
		t.Helper()
		_, err := hpke.MLKEM768X25519().NewPublicKey(key)
		got := trust.KEMKey(key).Check()
		if (err == nil) != (got == nil) {
			t.Fatalf("the library says %v, Check %v", err, got)
		}
		if got != nil {
			refused++
		}
	}
	same(right)
	same(nil)
	same(right[:len(right)-1])
	same(append(bytes.Clone(right), 0))
	same(bytes.Repeat([]byte{0xFF}, len(right)))
	same(make([]byte, len(right)))
	for at := range right { // every place, once with all bits and once with a random one
		key := bytes.Clone(right)
		key[at] = 0xFF
		same(key)
		key[at] = byte(r.Uint32())
		same(key)
	}
	if refused < 100 {
		t.Errorf("only %d keys were refused: the test tries too little", refused)
	}
	// the bound itself, in both halves of three bytes
	for _, three := range [][3]byte{{0x00, 0x0D, 0x00}, {0x01, 0x0D, 0x00}, {0x00, 0x00, 0xD0}, {0x00, 0x10, 0xD0}} {
		key := bytes.Clone(right)
		copy(key, three[:])
		same(key)
	}
}
