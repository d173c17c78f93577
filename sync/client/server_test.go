package client_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/client"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/sync/store/sqlite"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// real is the real backend behind the real client.
type real struct {
	t       *testing.T
	s       *server.Server
	c       *client.Client
	account trust.AccountID
	device  trust.DeviceID
	keys    trust.Keys
	link    string
}

const password = "correct horse battery"

func ok[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func newReal(t *testing.T) *real {
	t.Helper()
	listener := httptest.NewUnstartedServer(nil)
	origin := "http://" + listener.Listener.Addr().String()
	db, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := ok(server.New(server.Options{Store: db, Keys: ok(server.NewKeyFile(origin, rand.Reader)), Name: "Example"}))
	h := server.NewHandler(s, func(r *http.Request) netip.Addr { return ok(netip.ParseAddrPort(r.RemoteAddr)).Addr() })
	listener.Config.Handler = h
	listener.Start()
	t.Cleanup(func() {
		h.Close()
		listener.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	r := &real{t: t, s: s, c: dial(t, origin, client.Options{}), link: ok(s.Invite(t.Context(), "anna"))}
	r.register()
	return r
}

func (r *real) register() {
	r.t.Helper()
	ctx := r.t.Context()
	who := ok(r.c.Server(ctx))
	r.keys, r.device = ok(ok(trust.NewKeySeed(rand.Reader)).Keys()), ok(trust.NewDeviceID(rand.Reader))
	me := trust.Device{ID: r.device, Name: "Laptop", Kind: trust.Laptop, Sign: r.keys.SignKey(), KEM: r.keys.KEMKey()}
	genesis := ok(chain.Genesis(rand.Reader, r.keys, me, who.Verifier.Record(), trust.DefaultPolicy(), time.Now()))
	st := ok(chain.Open([][]byte{genesis}))
	recovery := ok(st.SetRecovery(chain.AsDevice(r.device, r.keys), ok(trust.NewRecoveryKey(rand.Reader)), time.Now()))
	_, secret, err := api.ParseLink(r.link)
	if err != nil {
		r.t.Fatal(err)
	}
	if i := ok(r.c.Invitation(ctx, secret)); i.Name != "anna" || i.Expires.Before(time.Now()) {
		r.t.Errorf("the invitation reads %+v", i)
	}
	wanted := api.Registration{Invitation: secret, Name: "anna", Password: password, Entries: [][]byte{genesis, recovery}}
	for range 2 { // the second time because the first answer may get lost
		if err := r.c.Register(ctx, wanted); err != nil {
			r.t.Fatal(err)
		}
	}
	r.account = st.Account()
}

func (r *real) session() api.Secret {
	r.t.Helper()
	ctx := r.t.Context()
	nonce := ok(r.c.Nonce(ctx, r.account, r.device))
	proof := trust.Proof{Account: r.account, Device: r.device, Nonce: [32]byte(nonce), Origin: r.s.Origin()}
	sig := ok(proof.Sign(r.keys))
	return ok(r.c.Session(ctx, api.SessionProof{Account: r.account, Device: r.device, Nonce: nonce, Signature: sig[:]})).Token
}

func TestEveryCallAgainstTheRealBackend(t *testing.T) {
	r := newReal(t)
	ctx, token := t.Context(), r.session()
	status := ok(r.c.Status(ctx, token))
	if status.Name != "anna" || status.TwoStep || status.Head.Seq != 1 || len(status.Devices) != 1 {
		t.Errorf("status is %+v", status)
	}
	st := ok(chain.Open(ok(r.c.Chain(ctx, token, 0))))
	if st.Account() != r.account || st.Head() != status.Head {
		t.Errorf("the chain is of %s up to %+v", st.Account(), st.Head())
	}
	if events := ok(r.c.Events(ctx, token, 0, 10)); len(events) == 0 || events[0].Kind != api.EventCreated || events[0].Seq != 1 {
		t.Errorf("events are %+v", events)
	}
	if all := ok(r.c.Requests(ctx, token, true)); len(all) != 0 {
		t.Errorf("requests are %+v", all)
	}
	if err := r.c.Answer(ctx, token, []byte("nonsense")); !errors.Is(err, &api.Error{Code: api.CodeApproval}) && !errors.Is(err, &api.Error{Code: api.CodeMalformed}) {
		t.Errorf("nonsense gives %v", err)
	}
	if err := r.c.Resume(ctx, token, "not the password"); !errors.Is(err, &api.Error{Code: api.CodePassword}) {
		t.Errorf("a wrong password gives %v", err)
	}
	if d := ok(r.c.OpenDoor(ctx, token, password)); len(d.Letters) != 3 {
		t.Errorf("the door is %+v", d)
	}
	if err := r.c.Resume(ctx, token, password); err != nil {
		t.Error(err)
	}
	if _, err := r.c.Status(ctx, make(api.Secret, 32)); !errors.Is(err, &api.Error{Code: api.CodeSession}) {
		t.Errorf("an invented token gives %v", err)
	}
}

func TestWatchAgainstTheRealBackend(t *testing.T) {
	r := newReal(t)
	token := r.session()
	after := ok(r.c.Status(t.Context(), token)).Events
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	ready := make(chan struct{})
	go func() {
		<-ready
		ask := server.Asking{Name: "anna", Password: password, Address: netip.MustParseAddr("192.0.2.7"), Agent: "Firefox on Linux"}
		if _, err := r.s.Begin(ctx, ask); err != nil {
			t.Error(err)
			cancel()
		}
	}()
	first := true
	got := errors.New("got it")
	err := r.c.Watch(ctx, token, after, func() {
		if first {
			close(ready)
		}
		first = false
	}, func(e api.Event) error {
		if e.Kind != api.EventRequest || e.Seq != after+1 || e.Data.Request == nil {
			t.Errorf("event is %+v", e)
		}
		return got
	})
	if !errors.Is(err, got) {
		t.Errorf("watching ended with %v", err)
	}
}

func TestTheLinkHoldsNoMoreThanItSays(t *testing.T) {
	r := newReal(t)
	if origin, _, err := api.ParseLink(r.link); err != nil || origin != r.s.Origin() || !strings.HasPrefix(r.link, origin+"/i#") {
		t.Errorf("the link is %q, %v", r.link, err)
	}
}
