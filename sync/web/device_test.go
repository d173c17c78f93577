package web_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/client"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/verify"
)

// device signs answers as a trusted device does, over the real connection.
type device struct {
	t       *testing.T
	h       *house
	line    *client.Client
	account trust.AccountID
	self    trust.Device
	keys    trust.Keys
}

// join sets an account up and gives its first device.
func (h *house) join(name, deviceName string, kind trust.Kind) *device {
	h.t.Helper()
	ctx := h.t.Context()
	d := h.newDevice(deviceName, kind)
	who := must(d.line.Server(ctx))
	genesis := must(chain.Genesis(rand.Reader, d.keys, d.self, who.Verifier.Record(), trust.DefaultPolicy(), h.now()))
	st := must(chain.Open([][]byte{genesis}))
	recovery := must(st.SetRecovery(chain.AsDevice(d.self.ID, d.keys), must(trust.NewRecoveryKey(rand.Reader)), h.now()))
	_, secret, err := api.ParseLink(must(h.s.Invite(ctx, name)))
	if err != nil {
		h.t.Fatal(err)
	}
	if err := d.line.Register(ctx, api.Registration{Invitation: secret, Name: name, Password: password, Entries: [][]byte{genesis, recovery}}); err != nil {
		h.t.Fatal(err)
	}
	d.account = st.Account()
	return d
}

func (h *house) newDevice(name string, kind trust.Kind) *device {
	keys, id := must(must(trust.NewKeySeed(rand.Reader)).Keys()), must(trust.NewDeviceID(rand.Reader))
	self := trust.Device{ID: id, Name: name, Kind: kind, Sign: keys.SignKey(), KEM: keys.KEMKey()}
	o := client.Options{Transport: h.front.Client().Transport}
	return &device{t: h.t, h: h, line: must(client.New(h.origin, o)), self: self, keys: keys}
}

// add pairs another device with the account.
func (d *device) add(name string, kind trust.Kind) *device {
	d.t.Helper()
	other := d.h.newDevice(name, kind)
	other.account = d.account
	st, by := d.chain(), chain.AsDevice(d.self.ID, d.keys)
	body := must(st.DeviceBody(by, other.self, d.h.now()))
	entry := must(st.AddDevice(by, body, must(chain.Possess(body, d.account, other.self, other.keys))))
	d.h.append(d.account, st.Head().Seq+1, entry)
	return other
}

func (d *device) chain() chain.State {
	return must(chain.Open(must(d.line.Chain(d.t.Context(), d.session(), 0))))
}

func (d *device) session() api.Secret {
	d.t.Helper()
	ctx := d.t.Context()
	nonce := must(d.line.Nonce(ctx, d.account, d.self.ID))
	proof := trust.Proof{Account: d.account, Device: d.self.ID, Nonce: [32]byte(nonce), Origin: d.h.origin}
	sig := must(proof.Sign(d.keys))
	return must(d.line.Session(ctx, api.SessionProof{Account: d.account, Device: d.self.ID, Nonce: nonce, Signature: sig[:]})).Token
}

// connect holds the stream of events until the test ends.
func (d *device) connect() {
	d.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	token, heard, gone := d.session(), make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(gone)
		d.line.Watch(ctx, token, 0, nil, func(api.Event) error {
			select {
			case heard <- struct{}{}:
			default:
			}
			return nil
		})
	}()
	d.t.Cleanup(func() { cancel(); <-gone })
	select {
	case <-heard:
	case <-time.After(20 * time.Second):
		d.t.Fatalf("%s hears nothing", d.self.Name)
	}
}

// newest gives the youngest request that waits, once there is one.
func (d *device) newest(token api.Secret) verify.Asked {
	d.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if all := must(d.line.Requests(d.t.Context(), token, false)); len(all) > 0 {
			return must(verify.Read(all[len(all)-1].Challenge, d.chain()))
		}
	}
	d.t.Fatal("nobody asks")
	return verify.Asked{}
}

// allow answers the youngest request and gives the code it shows.
func (d *device) allow() trust.Code {
	d.t.Helper()
	token := d.session()
	approval, code, err := d.newest(token).Allow(d.chain(), d.self.ID, d.keys, d.h.now(), rand.Reader)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := d.line.Answer(d.t.Context(), token, approval); err != nil {
		d.t.Fatal(err)
	}
	return code
}

// decline answers the youngest request with Not me or Not now.
func (d *device) decline(answer trust.Answer) {
	d.t.Helper()
	token := d.session()
	approval := must(d.newest(token).Decline(answer, d.chain(), d.self.ID, d.keys, d.h.now()))
	if err := d.line.Answer(d.t.Context(), token, approval); err != nil {
		d.t.Fatal(err)
	}
}

// otherThan gives a code that is not the right one.
func otherThan(c trust.Code) string {
	wrong := []byte(c)
	wrong[0] = '0' + (wrong[0]-'0'+1)%10
	return string(wrong)
}
