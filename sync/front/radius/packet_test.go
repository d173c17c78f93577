package radius

import (
	"bytes"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"layeh.com/radius"
	"layeh.com/radius/rfc2865"
	"layeh.com/radius/rfc2869"
)

// CVE-2024-3596: without Message-Authenticator an attacker between client and server
// turns a refusal into an acceptance.
func TestUnsignedIsDropped(t *testing.T) {
	d := &door{}
	f := open(t, d, nil)
	wrong := signed(t, request("wifi", "alice", appWord))
	at, _ := signature(wrong)
	wrong[at] ^= 1
	otherSecret := request("wifi", "alice", appWord)
	otherSecret.Secret = []byte("another secret of enough bytes")
	twice := request("wifi", "alice", appWord)
	twice.Add(rfc2869.MessageAuthenticator_Type, make([]byte, 16))
	twice.Add(rfc2869.MessageAuthenticator_Type, make([]byte, 16))
	short := request("wifi", "alice", appWord)
	short.Add(rfc2869.MessageAuthenticator_Type, make([]byte, 15))
	for name, raw := range map[string][]byte{
		"missing": plain(t, request("wifi", "alice", appWord)), "wrong": wrong, "by another secret": signed(t, otherSecret),
		"twice": plain(t, twice), "short": plain(t, short), "status without": plain(t, radius.New(radius.CodeStatusServer, []byte(shared))),
	} {
		if answer, o := f.handle(raw, here); answer != nil || o != forged {
			t.Errorf("%s: %q, answered %v", name, o, answer != nil)
		}
	}
	if d.calls.Load() != 0 {
		t.Error("the gate was asked")
	}
}

// A client that signs nothing can be allowed, but not with the Proxy-State by which
// the attack is made, nor with a wrong signature.
func TestUnsignedWhereAllowed(t *testing.T) {
	off := false
	f := open(t, &door{}, func(o *Options) { o.Clients[0].MessageAuthenticator = &off })
	raw := plain(t, request("wifi", "alice", appWord))
	if answer, _ := f.handle(raw, here); answer == nil || examine(t, answer, raw).Code != radius.CodeAccessAccept {
		t.Error("an unsigned request is not accepted where it is allowed")
	}
	proxied := request("wifi", "alice", appWord)
	proxied.Add(rfc2865.ProxyState_Type, []byte("x"))
	if answer, o := f.handle(plain(t, proxied), here); answer != nil || o != forged {
		t.Errorf("with Proxy-State: %q", o)
	}
	wrong := signed(t, request("wifi", "alice", appWord))
	wrong[len(wrong)-1] ^= 1
	if answer, o := f.handle(wrong, here); answer != nil || o != forged {
		t.Errorf("with a wrong signature: %q", o)
	}
}

func TestProxyStateIsEchoedInOrder(t *testing.T) {
	f := open(t, &door{}, nil)
	for name, password := range map[string]string{"accept": appWord, "reject": "wrong", "challenge": account} {
		p := request("ssh", "alice", password)
		p.Add(rfc2865.ProxyState_Type, []byte("first"))
		p.Add(rfc2865.ProxyState_Type, []byte("second"))
		p.Add(rfc2865.ProxyState_Type, nil)
		var got []string
		for _, a := range ask(t, f, p).Attributes {
			if a.Type == rfc2865.ProxyState_Type {
				got = append(got, string(a.Attribute))
			}
		}
		if strings.Join(got, ",") != "first,second," {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// A request whose Proxy-State fills every answer gets none, and asks the gate nothing.
func TestTooMuchProxyState(t *testing.T) {
	d := &door{}
	f := open(t, d, nil)
	p := request("ssh", "alice", account)
	for range 15 {
		p.Add(rfc2865.ProxyState_Type, make([]byte, 253))
	}
	if answer, o := f.handle(signed(t, p), here); answer != nil || o != malformed || d.calls.Load() != 0 {
		t.Errorf("%q, answered %v", o, answer != nil)
	}
}

func TestStatusServer(t *testing.T) {
	f := open(t, &door{}, nil)
	if got := ask(t, f, radius.New(radius.CodeStatusServer, []byte(shared))).Code; got != radius.CodeAccessAccept {
		t.Error(got)
	}
}

func TestSilence(t *testing.T) {
	d := &door{}
	f := open(t, d, func(o *Options) { o.Clients[0].NAS = "wifi" })
	good := signed(t, request("wifi", "alice", appWord))
	accounting := radius.New(radius.CodeAccountingRequest, []byte(shared))
	long := bytes.Clone(good)
	long[2], long[3] = 0xff, 0xff
	small := bytes.Clone(good)
	small[2], small[3] = 0, 19
	attribute := bytes.Clone(good)
	attribute[header+1] = 1
	for name, c := range map[string]struct {
		raw  []byte
		from netip.AddrPort
		want outcome
	}{
		"unknown address":   {good, netip.MustParseAddrPort("192.0.2.1:1812"), unknown},
		"unknown NAS":       {signed(t, request("ssh", "alice", appWord)), here, unknown},
		"accounting":        {plain(t, accounting), here, malformed},
		"nothing":           {nil, here, malformed},
		"header cut":        {good[:19], here, malformed},
		"cut":               {good[:len(good)-1], here, malformed},
		"length too long":   {long, here, malformed},
		"length too small":  {small, here, malformed},
		"attribute too low": {attribute, here, malformed},
	} {
		if answer, o := f.handle(c.raw, c.from); answer != nil || o != c.want {
			t.Errorf("%s: %q, answered %v", name, o, answer != nil)
		}
	}
	if d.calls.Load() != 0 {
		t.Error("the gate was asked")
	}
}

// Bytes behind the packet are padding (RFC 2865 section 3).
func TestPadding(t *testing.T) {
	f := open(t, &door{}, nil)
	raw := signed(t, request("wifi", "alice", appWord))
	if answer, o := f.handle(append(raw, 1, 2, 3), here); answer == nil || o != accepted {
		t.Errorf("%q", o)
	}
}

// Over a socket, with real datagrams, by the library's client.
func TestServe(t *testing.T) {
	f := open(t, &door{}, nil)
	registry := prometheus.NewRegistry()
	if err := f.Measure(registry); err != nil {
		t.Fatal(err)
	}
	address := start(t, f)
	for password, want := range map[string]radius.Code{appWord: radius.CodeAccessAccept, "wrong": radius.CodeAccessReject, account: radius.CodeAccessChallenge} {
		if got := exchange(t, address, signed(t, request("ssh", "alice", password))); got != want {
			t.Errorf("%v, want %v", got, want)
		}
	}
	until(t, "three requests are counted", func() bool { return counted(t, registry, "countersign_front_radius_requests_total") == 3 })
}

// exchange sends a packet and gives the code of the answer.
func exchange(t testing.TB, address string, raw []byte) radius.Code {
	t.Helper()
	conn, err := net.Dial("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write(raw); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, radius.MaxPacketLength)
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	n, err := conn.Read(answer)
	if err != nil {
		t.Fatal(err)
	}
	return examine(t, answer[:n], raw).Code
}

// counted sums a counter over its labels.
func counted(t testing.TB, r *prometheus.Registry, name string) (sum float64) {
	t.Helper()
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == name {
				sum += m.GetCounter().GetValue()
			}
		}
	}
	return sum
}

// Nothing of a password, a code, a state or a secret is written anywhere.
func TestLogsTellNoSecret(t *testing.T) {
	var log bytes.Buffer
	o := Options{Listen: here.String(), Clients: []Client{{Networks: loopback, SecretFile: secretFile(t, shared)}}}
	f, err := New(o, &door{}, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	asked := ask(t, f, request("ssh", "alice", account))
	ask(t, f, answerTo(asked, "ssh", "alice", theCode))
	ask(t, f, request("vpn", "alice", appWord))
	f.handle(plain(t, request("wifi", "alice", appWord)), here)
	for _, secret := range []string{account, appWord, theCode, theState, shared} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log has %q", secret)
		}
	}
	if !strings.Contains(log.String(), "not configured") {
		t.Error("the operator is not told of a service that is not configured")
	}
}

func TestSecretFileOfEverybody(t *testing.T) {
	file := secretFile(t, shared)
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := New(Options{Listen: here.String(), Clients: []Client{{Networks: loopback, SecretFile: file}}}, &door{}, nil)
	if err == nil || !strings.Contains(err.Error(), "chmod") {
		t.Errorf("%v", err)
	}
}
