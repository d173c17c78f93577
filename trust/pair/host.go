package pair

import (
	"bytes"
	"crypto/hpke"
	"crypto/subtle"
	"io"

	"github.com/countersign/countersign/trust"
)

// Host is the trusted device's side of one pairing. After an error it is over and
// every further call is ErrMessage. Not safe for concurrent use; it holds secrets.
type Host struct {
	key    hpke.PrivateKey
	seen   transcript
	device trust.Device // the guest's, once it joined
	stage  stage
}

// stage is how far a side has come.
type stage int

const (
	waiting stage = iota
	met           // the digits can be compared
	proved        // the digits were right
	over
)

// NewHost begins a pairing and gives its hello. It fails only if rand does.
func NewHost(rand io.Reader) (*Host, []byte, error) {
	var seed [32]byte
	h := &Host{}
	if _, err := io.ReadFull(rand, seed[:]); err != nil {
		return nil, nil, err
	}
	if _, err := io.ReadFull(rand, h.seen.host[:]); err != nil {
		return nil, nil, err
	}
	key, err := hpke.MLKEM768X25519().NewPrivateKey(seed[:])
	if err != nil {
		return nil, nil, err
	}
	h.key = key
	h.seen.hello, err = trust.Marshal(hello{
		Version: 1, KEM: key.PublicKey().Bytes(), Commit: hash("td/1 pair commit", h.seen.host[:]),
	})
	return h, bytes.Clone(h.seen.hello), err
}

// Fingerprint gives what the new device should find the hello to have.
func (h *Host) Fingerprint() Fingerprint { return fingerprint(h.seen.hello) }

// Meet takes the first join there is, and gives the reveal and who says to have
// sent it. Only the digits tell whether that is true. A second join is ErrMessage.
func (h *Host) Meet(message []byte) (reveal []byte, claimed trust.Device, err error) {
	if h.stage != waiting {
		return nil, trust.Device{}, h.end()
	}
	var j join
	if len(message) > MaxMessage || trust.Unmarshal(message, &j) != nil {
		return nil, trust.Device{}, h.end()
	}
	from, err := hpke.NewRecipient(j.Enc, h.key, kdf(), aead(), joinInfo(h.seen.hello))
	if err != nil {
		return nil, trust.Device{}, h.end()
	}
	plain, err := from.Open(nil, j.Box)
	if err != nil {
		return nil, trust.Device{}, h.end()
	}
	var g guest
	if trust.Unmarshal(plain, &g) != nil || g.Device.Check() != nil {
		return nil, trust.Device{}, h.end()
	}
	if h.seen.export, err = from.Export(exportLabel, exportSize); err != nil {
		return nil, trust.Device{}, h.end()
	}
	h.seen.join, h.seen.guest, h.device, h.stage = bytes.Clone(message), g.Nonce, g.Device, met
	return bytes.Clone(h.seen.host[:]), g.Device, nil
}

// Check compares the six digits a person read on the new device. One try: after
// ErrDigits the pairing is over.
func (h *Host) Check(digits string) error {
	if h.stage != met {
		return h.end()
	}
	if subtle.ConstantTimeCompare([]byte(digits), []byte(h.seen.digits())) != 1 {
		h.end()
		return ErrDigits
	}
	h.stage = proved
	return nil
}

// Device gives the new device, once its digits were right; else the zero Device.
func (h *Host) Device() trust.Device {
	if h.stage != proved {
		return trust.Device{}
	}
	return h.device
}

// Welcome seals w to the new device. It may be called again with another body when
// the chain has grown meanwhile.
func (h *Host) Welcome(w Welcome) ([]byte, error) {
	if h.stage != proved {
		return nil, h.end()
	}
	plain, err := trust.Marshal(w)
	if err != nil {
		return nil, err
	}
	return h.device.KEM.Seal(h.seen.welcomeInfo(), plain)
}

// Consent checks the new device's signature over the body it was welcomed with and
// gives it, for chain.AddDevice. Another's, or one over another body, is ErrMessage.
func (h *Host) Consent(message, body []byte) (trust.Signature, error) {
	var c consent
	if h.stage != proved || len(message) > MaxMessage || trust.Unmarshal(message, &c) != nil ||
		!h.device.Sign.Verify(trust.ContextPossession, body, c.Possession) {
		return trust.Signature{}, h.end()
	}
	return c.Possession, nil
}

func (h *Host) end() error {
	h.stage = over
	return ErrMessage
}
