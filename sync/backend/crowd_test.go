package backend_test

import (
	"net"
	"strings"
	"testing"
	"time"
)

// Connections that say half of a request, or nothing, hold up no program that asks.
func TestACrowdAtTheCheckHoldsUpNobody(t *testing.T) {
	b := start(t, configured(t, here(t.TempDir()), strings.Replace(twoServices, "%s", "true", 1)))
	d, c := settle(t, b, "anna")
	word, _ := appPassword(t, d, c, "imap")
	open := 0
	for i := range 4000 { // both ends of each are in this process
		conn, err := net.Dial("tcp", "127.0.0.1:"+port(b))
		if err != nil {
			t.Logf("%d connections are all that this computer allows: %v", open, err)
			break
		}
		defer conn.Close()
		open++
		if i%2 == 0 {
			conn.Write([]byte("GET /v1/check/imap HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic "))
		}
	}
	for range 20 {
		begun := time.Now()
		if got := checked(t, b, "imap", "anna", word); got != 200 {
			t.Errorf("with %d connections it answers %d", open, got)
		}
		if took := time.Since(begun); took > time.Second {
			t.Errorf("with %d connections it takes %v", open, took)
		}
	}
}
