package apitest

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/verify"
)

// Device is a trusted device of the suite.
type Device struct {
	ID      trust.DeviceID
	Keys    trust.Keys
	Record  trust.Device
	Chain   chain.State
	Entries [][]byte
	Origin  string            // of the backend, as it is signed in session proofs
	Paper   trust.RecoveryKey // the account's, where this device made it
}

// NewDevice makes a device with keys and the first two entries of an account
// under a backend's verifier record.
func NewDevice(who api.Server, now time.Time) (*Device, error) {
	d, err := NewMember("Laptop", trust.Laptop, who.Verifier.Origin)
	if err != nil {
		return nil, err
	}
	return d, d.found(who.Verifier.Record(), now)
}

// found writes genesis and recovery-set.
func (d *Device) found(v trust.Verifier, now time.Time) error {
	genesis, err := chain.Genesis(rand.Reader, d.Keys, d.Record, v, trust.DefaultPolicy(), now)
	if err != nil {
		return err
	}
	st, err := chain.Open([][]byte{genesis})
	if err != nil {
		return err
	}
	key, err := trust.NewRecoveryKey(rand.Reader)
	if err != nil {
		return err
	}
	recovery, err := st.SetRecovery(chain.AsDevice(d.ID, d.Keys), key, now)
	if err != nil {
		return err
	}
	d.Entries, d.Paper = [][]byte{genesis, recovery}, key
	d.Chain, err = chain.Open(d.Entries)
	return err
}

// Join makes a device and registers it with the invitation of a link.
func Join(ctx context.Context, a api.Account, link, name, password string, now time.Time) (*Device, error) {
	who, err := a.Server(ctx)
	if err != nil {
		return nil, err
	}
	d, err := NewDevice(who, now)
	if err != nil {
		return nil, err
	}
	r, err := d.Registration(link, name, password)
	if err != nil {
		return nil, err
	}
	return d, a.Register(ctx, r)
}

// Registration gives the message that registers the device's account.
func (d *Device) Registration(link, name, password string) (api.Registration, error) {
	_, secret, err := api.ParseLink(link)
	return api.Registration{Invitation: secret, Name: name, Password: password, Entries: d.Entries}, err
}

// Session opens a session and gives its token.
func (d *Device) Session(ctx context.Context, a api.Account) (api.Secret, error) {
	nonce, err := a.Nonce(ctx, d.Chain.Account(), d.ID)
	if err != nil {
		return nil, err
	}
	p, err := d.Proof(nonce, d.Origin)
	if err != nil {
		return nil, err
	}
	s, err := a.Session(ctx, p)
	return s.Token, err
}

// Proof signs a nonce for an origin.
func (d *Device) Proof(nonce api.Secret, origin string) (api.SessionProof, error) {
	if len(nonce) != 32 {
		return api.SessionProof{}, errors.New("nonce is not 32 bytes long")
	}
	return d.proof(d.Chain.Account(), nonce, origin)
}

func (d *Device) proof(account trust.AccountID, nonce api.Secret, origin string) (api.SessionProof, error) {
	proof := trust.Proof{Account: account, Device: d.ID, Nonce: [32]byte(nonce), Origin: origin}
	sig, err := proof.Sign(d.Keys)
	return api.SessionProof{Account: proof.Account, Device: d.ID, Nonce: nonce, Signature: sig[:]}, err
}

// Allow makes the approval of a request, and the code that the device would show.
func (d *Device) Allow(r api.Request, now time.Time) (approval []byte, code trust.Code, err error) {
	asked, err := verify.Read(r.Challenge, d.Chain)
	if err != nil {
		return nil, "", err
	}
	return asked.Allow(d.Chain, d.ID, d.Keys, now, rand.Reader)
}

// Decline makes the approval that says not now or not me.
func (d *Device) Decline(r api.Request, answer trust.Answer, now time.Time) ([]byte, error) {
	asked, err := verify.Read(r.Challenge, d.Chain)
	if err != nil {
		return nil, err
	}
	return asked.Decline(answer, d.Chain, d.ID, d.Keys, now)
}

func is(err error, code api.Code) bool { return errors.Is(err, &api.Error{Code: code}) }

// Wrong gives a code that is not c.
func Wrong(c trust.Code) string {
	out := []byte(c)
	out[0] = '0' + (out[0]-'0'+1)%10
	return string(out)
}
