package radius

import (
	"crypto/rand"
	"testing"

	"layeh.com/radius"
	"layeh.com/radius/rfc2865"
)

// Where requests need not be signed, everybody on the computer may send some. Whoever
// does not know the secret cannot say that a key was right: bytes drawn at random
// decrypt, once in 256 times, to a password that ends before it begins.
func TestNobodyRingsWithoutTheSecret(t *testing.T) {
	d, unsigned := &door{}, false
	f := open(t, d, func(o *Options) {
		c := &o.Clients[0]
		c.Service, c.First, c.MessageAuthenticator = "ssh", true, &unsigned
	})
	for range 4000 {
		p := radius.New(radius.CodeAccessRequest, []byte("not the secret of anybody here"))
		_ = rfc2865.UserName_SetString(p, "alice")
		drawn := make([]byte, 16)
		rand.Read(drawn)
		p.Add(rfc2865.UserPassword_Type, drawn)
		f.handle(plain(t, p), here)
	}
	for _, try := range d.rung() {
		if try.First {
			t.Fatal("a device rings for who knows neither secret nor key")
		}
	}
	p := request("ssh-key", "alice", "")
	if answer, _ := f.handle(plain(t, p), here); answer == nil || radius.Code(answer[0]) != radius.CodeAccessChallenge {
		t.Error("the client itself is not believed")
	}
}
