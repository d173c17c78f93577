package radius

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"layeh.com/radius"
	"layeh.com/radius/rfc2865"
	"layeh.com/radius/rfc2869"

	"github.com/countersign/countersign/sync/front"
)

func TestPAP(t *testing.T) {
	f := open(t, &door{}, nil)
	for name, c := range map[string]struct {
		nas, user, password string
		want                radius.Code
	}{
		"app password":                       {"wifi", "alice", appWord, radius.CodeAccessAccept},
		"app password, name in capitals":     {"wifi", "ALICE", appWord, radius.CodeAccessAccept},
		"app password where codes are asked": {"ssh", "alice", appWord, radius.CodeAccessAccept},
		"account password where none is":     {"wifi", "alice", account, radius.CodeAccessReject},
		"account password where codes are":   {"ssh", "alice", account, radius.CodeAccessChallenge},
		"wrong password":                     {"ssh", "alice", "wrong", radius.CodeAccessReject},
		"no such name":                       {"wifi", "mallory", appWord, radius.CodeAccessReject},
		"no such service":                    {"vpn", "alice", appWord, radius.CodeAccessReject},
		"no service":                         {"", "alice", appWord, radius.CodeAccessReject},
		"no name":                            {"wifi", "", appWord, radius.CodeAccessReject},
		"empty password":                     {"ssh", "alice", "", radius.CodeAccessReject},
		"no password":                        {"ssh", "alice", "\x00", radius.CodeAccessReject},
	} {
		t.Run(name, func(t *testing.T) {
			if got := ask(t, f, request(c.nas, c.user, c.password)).Code; got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

// EAP, CHAP and MS-CHAP are FreeRADIUS's; beside a good password they are refused
// too, or what a person proved would be unclear.
func TestOtherMethodsAreRefused(t *testing.T) {
	f := open(t, &door{}, nil)
	chap := request("wifi", "alice", "\x00")
	chap.Add(rfc2865.CHAPPassword_Type, make([]byte, 17))
	eap := request("wifi", "alice", appWord)
	eap.Add(rfc2869.EAPMessage_Type, []byte{2, 1, 0, 10, 1, 'a', 'l', 'i', 'c', 'e'})
	for name, p := range map[string]*radius.Packet{"chap": chap, "eap": eap} {
		if got := ask(t, f, p).Code; got != radius.CodeAccessReject {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// answerTo makes the request that answers a challenge.
func answerTo(challenge *radius.Packet, nas, name, code string) *radius.Packet {
	p := request(nas, name, code)
	p.Add(rfc2865.State_Type, challenge.Get(rfc2865.State_Type))
	return p
}

func TestCodeAfterPassword(t *testing.T) {
	d := &door{}
	f := open(t, d, nil)
	first := request("ssh", "alice", account)
	_ = rfc2865.CallingStationID_SetString(first, "192.0.2.7")
	asked := ask(t, f, first)
	if got := rfc2865.ReplyMessage_GetString(asked); got != "Enter the 4-digit code from your trusted device (letters KRT): " {
		t.Errorf("the person is told %q", got)
	}
	if rung := d.rung(); len(rung) != 1 || rung[0].From != netip.MustParseAddr("192.0.2.7") || rung[0].First {
		t.Errorf("the device was rung by %+v", rung)
	}
	again := ask(t, f, answerTo(asked, "ssh", "alice", "0000"))
	if again.Code != radius.CodeAccessChallenge || string(again.Get(rfc2865.State_Type)) != string(asked.Get(rfc2865.State_Type)) {
		t.Fatalf("after a wrong code: %v", again.Code)
	}
	if got := ask(t, f, answerTo(again, "ssh", "alice", theCode)).Code; got != radius.CodeAccessAccept {
		t.Errorf("the code: %v", got)
	}
	if got := ask(t, f, answerTo(again, "ssh", "alice", theCode)).Code; got != radius.CodeAccessReject {
		t.Errorf("the code once more: %v", got)
	}
}

func TestTriesEnd(t *testing.T) {
	f := open(t, &door{}, nil)
	asked := ask(t, f, request("ssh", "alice", account))
	want := []radius.Code{radius.CodeAccessChallenge, radius.CodeAccessChallenge, radius.CodeAccessReject, radius.CodeAccessReject}
	for i, code := range []string{"0000", "0001", "0002", theCode} {
		if got := ask(t, f, answerTo(asked, "ssh", "alice", code)).Code; got != want[i] {
			t.Errorf("try %d: %v, want %v", i+1, got, want[i])
		}
	}
}

// Who has a State and a code of his own must not get in as somebody else, or
// somewhere else: he chooses name and NAS-Identifier of the second packet.
func TestStateOpensNothingElse(t *testing.T) {
	d := &door{}
	f := open(t, d, nil)
	asked := ask(t, f, request("ssh", "alice", account))
	short := answerTo(asked, "ssh", "alice", theCode)
	short.Set(rfc2865.State_Type, []byte("x"))
	cut := answerTo(asked, "ssh", "alice", theCode)
	cut.Set(rfc2865.State_Type, []byte(theState))
	for name, p := range map[string]*radius.Packet{
		"another name":     answerTo(asked, "ssh", "bob", theCode),
		"another service":  answerTo(asked, "wifi", "alice", theCode),
		"parts moved over": answerTo(asked, "ssha", "lice", theCode),
		"short":            short,
		"unbound":          cut,
	} {
		if got := ask(t, f, p).Code; got != radius.CodeAccessReject {
			t.Errorf("%s: %v", name, got)
		}
	}
	if d.codes != 0 {
		t.Errorf("%d codes were compared and used up tries", d.codes)
	}
}

func TestKeyThenCode(t *testing.T) {
	d := &door{}
	f := open(t, d, func(o *Options) {
		key := o.Clients[0]
		key.NAS, key.Service, key.First = "ssh-key", "ssh", true
		o.Clients = append([]Client{key}, o.Clients...)
	})
	asked := ask(t, f, request("ssh-key", "alice", ""))
	if rung := d.rung(); asked.Code != radius.CodeAccessChallenge || len(rung) != 1 || !rung[0].First || rung[0].Service != "ssh" {
		t.Fatalf("%v, rung by %+v", asked.Code, rung)
	}
	if got := ask(t, f, answerTo(asked, "ssh-key", "alice", theCode)).Code; got != radius.CodeAccessAccept {
		t.Errorf("the code: %v", got)
	}
	if got := ask(t, f, request("ssh-key", "alice", "wrong")).Code; got != radius.CodeAccessReject {
		t.Errorf("a wrong password beside the key: %v", got)
	}
	if got := ask(t, f, request("ssh", "alice", "")).Code; got != radius.CodeAccessReject {
		t.Errorf("an empty password without a key: %v", got)
	}
}

// A client that cannot ask refuses at the challenge; the person then types both.
func TestBothInOneField(t *testing.T) {
	f := open(t, &door{}, nil)
	if got := ask(t, f, request("ssh", "alice", account+theCode)).Code; got != radius.CodeAccessReject {
		t.Errorf("before anything was asked: %v", got)
	}
	ask(t, f, request("ssh", "alice", account))
	for _, c := range []struct {
		nas, password string
		want          radius.Code
	}{
		{"wifi", account + theCode, radius.CodeAccessReject},
		{"ssh", "wrong" + theCode, radius.CodeAccessReject},
		{"ssh", account + " 0000", radius.CodeAccessReject},
		{"ssh", account + theCode, radius.CodeAccessAccept},
		{"ssh", account + theCode, radius.CodeAccessReject},
	} {
		if got := ask(t, f, request(c.nas, "alice", c.password)).Code; got != c.want {
			t.Errorf("%s: %v, want %v", c.nas, got, c.want)
		}
	}
}

// What could not be found out is silence, and no answer is kept for it: the client
// asks again, or somebody else.
func TestSilenceWhenNothingIsKnown(t *testing.T) {
	for _, err := range []error{front.ErrBusy, errors.New("disk on fire")} {
		d := &door{err: err}
		f := open(t, d, nil)
		raw := signed(t, request("wifi", "alice", appWord))
		if answer, _ := f.handle(raw, here); answer != nil {
			t.Errorf("%v: answered", err)
		}
		d.err = nil
		answer, _ := f.handle(raw, here)
		if answer == nil || examine(t, answer, raw).Code != radius.CodeAccessAccept {
			t.Errorf("%v: the same request is not tried again", err)
		}
	}
}

func TestFixedServiceHidesNASIdentifier(t *testing.T) {
	f := open(t, &door{}, func(o *Options) { o.Clients[0].Service = "wifi" })
	if got := ask(t, f, request("whatever", "alice", appWord)).Code; got != radius.CodeAccessAccept {
		t.Error(got)
	}
}

func TestOptions(t *testing.T) {
	good := secretFile(t, shared)
	for name, c := range map[string]struct {
		o    Options
		want string
	}{
		"no address":   {Options{Clients: []Client{{Networks: loopback, SecretFile: good}}}, "listen"},
		"no client":    {Options{}, "[[radius.client]]"},
		"no networks":  {Options{Clients: []Client{{SecretFile: good}}}, "networks"},
		"no secret":    {Options{Clients: []Client{{Networks: loopback}}}, "secret_file"},
		"short secret": {Options{Clients: []Client{{Networks: loopback, SecretFile: secretFile(t, "short")}}}, "openssl rand"},
		"two lines":    {Options{Clients: []Client{{Networks: loopback, SecretFile: secretFile(t, shared+"\n"+shared)}}}, "one line"},
		"bad service":  {Options{Clients: []Client{{Networks: loopback, SecretFile: good, Service: "No Service"}}}, "service"},
	} {
		if name != "no address" {
			c.o.Listen = here.String()
		}
		_, err := New(c.o, &door{}, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), shared) {
			t.Errorf("%s: the secret is in the error", name)
		}
	}
}

// What docs/integrate/radius.md writes is understood.
func TestConfigurationFile(t *testing.T) {
	const text = `
listen = "192.0.2.10:1812"
patience = "3s"
[[client]]
networks = ["192.0.2.20/32", "2001:db8::/64"]
secret_file = "vpn.secret"
message_authenticator = false
service = "vpn"
first = true
nas = "gate"
`
	var o Options
	read, err := toml.Decode(text, &o)
	if err != nil || len(read.Undecoded()) > 0 {
		t.Fatal(err, read.Undecoded())
	}
	c := o.Clients[0]
	if o.Patience != 3*time.Second || len(c.Networks) != 2 || c.MessageAuthenticator == nil || *c.MessageAuthenticator || !c.First || c.NAS != "gate" {
		t.Errorf("%+v", o)
	}
}
