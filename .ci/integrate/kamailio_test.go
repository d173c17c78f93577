package integrate_test

import (
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/front/recipe"
	"github.com/countersign/countersign/trust/apppass"
)

// calling is for the name that the SIP server knows, in its realm.
func calling(name, realm string) func(*apppass.Spec) {
	return func(s *apppass.Spec) { s.Digest = &apppass.DigestUser{Name: name, Realm: realm} }
}

func TestCallsThroughKamailio(t *testing.T) {
	v := recipe.Example()
	v.Service = "sip"
	h := newHouse(t, "anna", render(t, "calls.toml", v)+secondService)
	port := newKamailio(t, h, v, func(text string) string { return text })

	register := func(name, password string) bool {
		said, code := run(t, "", "/usr/bin/sipsak", "-U", "-x", "60", "-u", name, "-s", fmt.Sprintf("sip:%s@127.0.0.1:%d", name, port), "-a", password, "-v")
		if code != 0 && code != 1 && code != 2 {
			t.Fatalf("sipsak says %q, exit code %d", said, code)
		}
		return code == 0
	}
	first, second := h.make("sip", calling("anna", v.Realm)), h.make("sip", calling("anna", v.Realm))
	gone, foreign := h.make("sip", calling("anna", v.Realm)), h.make("other")
	over := h.make("sip", calling("anna", v.Realm), lasting(-time.Minute))
	elsewhere := h.make("sip", calling("anna", "example.net"))
	h.remove(gone)
	for _, a := range []attempt{
		{"its own app password", "anna", first.text, true},
		{"the second of several", "anna", second.text, true},
		{"another service's", "anna", foreign.text, false},
		{"a removed one", "anna", gone.text, false},
		{"an expired one", "anna", over.text, false},
		{"one for another realm", "anna", elsewhere.text, false},
		{"the account's password", "anna", password, false},
		{"an unknown name", "nobody", first.text, false},
	} {
		if got := register(a.name, a.password); got != a.want {
			t.Errorf("%s: registers is %t", a.what, got)
		}
	}
	h.revoked(first, func() bool { return !register("anna", first.text) })
	if !register("anna", second.text) {
		t.Error("the other one was ended with it")
	}
}

// options asks a SIP server whether it is there.
func options(port int) error {
	c, err := net.Dial("udp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return err
	}
	defer c.Close()
	here := c.LocalAddr()
	fmt.Fprintf(c, "OPTIONS sip:127.0.0.1:%d SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK1;rport\r\nFrom: <sip:x@127.0.0.1>;tag=1\r\nTo: <sip:x@127.0.0.1>\r\n"+
		"Call-ID: 1@here\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 5\r\nContent-Length: 0\r\n\r\n", port, here)
	c.SetReadDeadline(time.Now().Add(time.Second))
	answer := make([]byte, 2048)
	n, err := c.Read(answer)
	if err == nil && n < 7 {
		err = errors.New("too short")
	}
	return err
}
