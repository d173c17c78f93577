package vault

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"testing"
)

// Whatever a vault file holds: a flat error, or exactly what would be written.
// The body is tried with its checksum too, which no fuzzer would find.
func FuzzParseFile(f *testing.F) {
	sound, err := encode(envelope{head{envelopeVersion, cheap(), make([]byte, saltSize)}, make([]byte, 40)})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sound)
	f.Add(formatFile(sound))
	f.Add([]byte(fileMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, file := range [][]byte{data, formatFile(data)} {
			e, err := parseFile(file)
			if err != nil {
				if err != ErrDamaged || e.Box != nil || e.Head.Salt != nil {
					t.Fatalf("%v with %+v", err, e)
				}
				continue
			}
			again, err := encode(e)
			if err != nil || !bytes.Equal(formatFile(again), file) {
				t.Fatalf("%x parsed but is written as %x, %v", file, again, err)
			}
			if !e.Head.Cost.bounded() {
				t.Fatalf("unbounded cost %+v", e.Head.Cost)
			}
		}
	})
}

// No bytes but those sealed under the key open as a generation.
func FuzzOpenGeneration(f *testing.F) {
	box, err := newBox(testKey())
	if err != nil {
		f.Fatal(err)
	}
	sound := fixedGeneration(f)
	f.Add(sound)
	f.Add(sound[:generationOverhead])
	f.Add([]byte(stateMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		g, err := openGeneration(box, data)
		if bytes.Equal(data, sound) {
			if err != nil || g.number != 7 || string(g.data) != "state" {
				t.Fatalf("sound file: %+v, %v", g, err)
			}
			return
		}
		if err != ErrDamaged || g.data != nil || g.number != 0 {
			t.Fatalf("forged: %+v, %v", g, err)
		}
	})
}

// fixedGeneration is a state file put together by hand, with the nonce that
// every process of a fuzzing run agrees on.
func fixedGeneration(f *testing.F) []byte {
	key := testKey()
	block, err := aes.NewCipher(key[:])
	if err != nil {
		f.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		f.Fatal(err)
	}
	head := "csstate1\x00\x00\x00\x00\x00\x00\x00\x07"
	nonce := make([]byte, gcm.NonceSize())
	box := gcm.Seal(nil, nonce, []byte("state"), []byte("td/1 device state\x00"+head))
	return append(append([]byte(head), nonce...), box...)
}
