package pair

import (
	"bytes"
	"crypto/hpke"
	"io"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// Guest is the new device's side of one pairing. After an error it is over and
// every further call is ErrMessage. Not safe for concurrent use; it holds secrets.
type Guest struct {
	device trust.Device
	keys   trust.Keys
	commit trust.Hash
	seen   transcript
	stage  stage

	account trust.AccountID // of the first welcome
}

// NewGuest answers a hello and gives the join. d is the new device's record, made
// for keys. expect is the fingerprint that was scanned; nil where only symbols were
// typed, and then the digits alone prove the other side. ErrMessage for a hello
// that is malformed or another than expected.
func NewGuest(rand io.Reader, message []byte, expect *Fingerprint, d trust.Device, keys trust.Keys) (*Guest, []byte, error) {
	var first hello
	if len(message) > MaxMessage || trust.Unmarshal(message, &first) != nil || first.Version != 1 || expect != nil && *expect != fingerprint(message) {
		return nil, nil, ErrMessage
	}
	to, err := hpke.MLKEM768X25519().NewPublicKey(first.KEM)
	if err != nil {
		return nil, nil, ErrMessage
	}
	g := &Guest{device: d, keys: keys, commit: first.Commit, seen: transcript{hello: bytes.Clone(message)}}
	if _, err := io.ReadFull(rand, g.seen.guest[:]); err != nil {
		return nil, nil, err
	}
	if err := g.answer(to); err != nil {
		return nil, nil, err
	}
	return g, bytes.Clone(g.seen.join), nil
}

// answer seals the new device's record to the host's key of this pairing.
func (g *Guest) answer(host hpke.PublicKey) error {
	plain, err := trust.Marshal(guest{Device: g.device, Nonce: g.seen.guest})
	if err != nil {
		return err
	}
	enc, to, err := hpke.NewSender(host, kdf(), aead(), joinInfo(g.seen.hello))
	if err != nil {
		return ErrMessage
	}
	box, err := to.Seal(nil, plain)
	if err != nil {
		return err
	}
	if g.seen.export, err = to.Export(exportLabel, exportSize); err != nil {
		return err
	}
	g.seen.join, err = trust.Marshal(join{Enc: enc, Box: box})
	return err
}

// Reveal opens the host's commitment and gives the six digits to show. ErrMessage
// if it is not what the hello fixed.
func (g *Guest) Reveal(message []byte) (digits string, err error) {
	if g.stage != waiting || len(message) != len(nonce{}) || trust.Hash(hash("td/1 pair commit", message)) != g.commit {
		return "", g.end()
	}
	g.seen.host, g.stage = nonce(message), met
	return g.seen.digits(), nil
}

// Open reads the welcome and signs the entry in it, if that adds exactly this
// device to the account named. It may be called again when the chain has grown
// meanwhile, for the same account only.
func (g *Guest) Open(message []byte) (w Welcome, consented []byte, err error) {
	if g.stage != met && g.stage != proved || len(message) > MaxMessage {
		return Welcome{}, nil, g.end()
	}
	plain, err := g.keys.Open(g.seen.welcomeInfo(), message)
	if err != nil || trust.Unmarshal(plain, &w) != nil || trust.CheckName(w.Name) != nil || g.stage == proved && w.Account != g.account {
		return Welcome{}, nil, g.end()
	}
	sig, err := chain.Possess(w.Body, w.Account, g.device, g.keys)
	if err != nil {
		return Welcome{}, nil, g.end()
	}
	if consented, err = trust.Marshal(consent{Possession: sig}); err != nil {
		return Welcome{}, nil, err
	}
	g.stage, g.account = proved, w.Account
	return w, consented, nil
}

func (g *Guest) end() error {
	g.stage = over
	return ErrMessage
}
