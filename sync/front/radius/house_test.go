package radius

import (
	"context"
	"crypto/hmac"
	"crypto/md5"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"layeh.com/radius"
	"layeh.com/radius/rfc2865"
	"layeh.com/radius/rfc2869"

	"github.com/countersign/countersign/sync/front"
)

const (
	shared   = "0123456789abcdef0123456789abcdef"
	appWord  = "abcd-efgh-jkmn-pqrs-tvwx-yz01"
	account  = "correct horse battery"
	theCode  = "4711"
	theState = "state-of-thirty-two-secret-bytes"
)

var here = netip.MustParseAddrPort("127.0.0.1:40000")

// door is a gate of one account, alice: wifi is opened by an app password, ssh by
// one or by the account's password and a code, which is asked for in three tries.
type door struct {
	mu    sync.Mutex
	tries int
	asks  []front.Try
	codes int
	calls atomic.Int64
	err   error         // answers everything, if set
	wait  chan struct{} // Check waits for it, if set
}

func (d *door) Check(ctx context.Context, t front.Try) (front.Opened, error) {
	d.calls.Add(1)
	if d.wait != nil {
		select {
		case <-d.wait:
		case <-ctx.Done():
			return front.Opened{}, ctx.Err()
		}
	}
	switch {
	case d.err != nil:
		return front.Opened{}, d.err
	case t.Service != "wifi" && t.Service != "ssh":
		return front.Opened{}, front.ErrService
	case t.Protocol != "radius" || !strings.EqualFold(t.Name, "alice") || t.Password != appWord:
		return front.Opened{}, front.ErrRefused
	}
	return front.Opened{Account: "Alice", User: "alice"}, nil
}

func (d *door) Ask(_ context.Context, t front.Try) (front.Asked, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asks = append(d.asks, t)
	switch {
	case t.Service != "ssh":
		return front.Asked{}, front.ErrService
	case t.Name != "alice" || !t.First && t.Password != account:
		return front.Asked{}, front.ErrRefused
	}
	d.tries = 3
	return front.Asked{State: []byte(theState), Letters: "KRT", Digits: 4}, nil
}

func (d *door) Code(_ context.Context, state []byte, t front.Try) (front.Opened, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.codes++
	d.tries--
	switch {
	case string(state) != theState || d.tries < 0:
		return front.Opened{}, front.ErrRefused
	case t.Password == theCode:
		d.tries = 0
		return front.Opened{Account: "Alice", User: "alice"}, nil
	case d.tries == 0:
		return front.Opened{}, front.ErrRefused
	}
	return front.Opened{}, front.ErrAgain
}

func (d *door) Both(ctx context.Context, t front.Try) (front.Opened, error) {
	for _, p := range front.Split(t.Password) {
		if p.Password == account && t.Service == "ssh" {
			t.Password = p.Code
			if o, err := d.Code(ctx, []byte(theState), t); err == nil {
				return o, nil
			}
		}
	}
	return front.Opened{}, front.ErrRefused
}

func (d *door) Digests(context.Context, string, string, string) ([]front.Digest, error) {
	return nil, nil
}
func (d *door) Services() []front.Service { return nil }

// rung gives the tries by which the device was rung.
func (d *door) rung() []front.Try {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.asks)
}

// secretFile writes a secret as an operator does.
func secretFile(t testing.TB, secret string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "radius.secret")
	if err := os.WriteFile(file, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// open makes a front for one client on this computer, changed by with.
func open(t testing.TB, g front.Gate, with func(*Options)) *Front {
	t.Helper()
	o := Options{Listen: here.String(), Clients: []Client{{Networks: loopback, SecretFile: secretFile(t, shared)}}}
	if with != nil {
		with(&o)
	}
	f, err := New(o, g, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// start serves a front on loopback and gives its address.
func start(t testing.TB, f *Front) string {
	t.Helper()
	l, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- f.Serve(l) }()
	t.Cleanup(func() {
		f.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return l.LocalAddr().String()
}

// request makes an Access-Request; each has its own authenticator.
func request(nas, name, password string) *radius.Packet {
	p := radius.New(radius.CodeAccessRequest, []byte(shared))
	_ = rfc2865.UserName_SetString(p, name)
	_ = rfc2865.NASIdentifier_SetString(p, nas)
	if password != "\x00" {
		_ = rfc2865.UserPassword_SetString(p, password)
	}
	return p
}

// signed encodes a packet with a Message-Authenticator.
func signed(t testing.TB, p *radius.Packet) []byte {
	t.Helper()
	p.Set(rfc2869.MessageAuthenticator_Type, make([]byte, md5.Size))
	raw := plain(t, p)
	at, ok := signature(raw)
	if !ok {
		t.Fatal("the test's own packet has no Message-Authenticator")
	}
	mac := hmac.New(md5.New, p.Secret)
	mac.Write(raw)
	copy(raw[at:], mac.Sum(nil))
	return raw
}

func plain(t testing.TB, p *radius.Packet) []byte {
	t.Helper()
	raw, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// ask gives a front a signed request and its answer back, examined as a client must.
func ask(t testing.TB, f *Front, p *radius.Packet) *radius.Packet {
	t.Helper()
	raw := signed(t, p)
	answer, _ := f.handle(raw, here)
	if answer == nil {
		t.Fatal("no answer")
	}
	return examine(t, answer, raw)
}

// examine reads an answer: its hash, and its Message-Authenticator which is first.
func examine(t testing.TB, answer, asked []byte) *radius.Packet {
	t.Helper()
	if !radius.IsAuthenticResponse(answer, asked, []byte(shared)) {
		t.Fatal("the answer's authenticator is wrong")
	}
	if answer[header] != byte(rfc2869.MessageAuthenticator_Type) {
		t.Fatalf("attribute %d comes before the Message-Authenticator", answer[header])
	}
	copied := slices.Clone(answer)
	copy(copied[authAt:authEnd], asked[authAt:authEnd])
	clear(copied[header+2 : header+2+md5.Size])
	mac := hmac.New(md5.New, []byte(shared))
	mac.Write(copied)
	if !hmac.Equal(mac.Sum(nil), answer[header+2:header+2+md5.Size]) {
		t.Fatal("the answer's Message-Authenticator is wrong")
	}
	p, err := radius.Parse(answer, []byte(shared))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// until waits for a condition.
func until(t testing.TB, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(10 * time.Second)
	for !is() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("never happened: %s", what)
		}
	}
}
