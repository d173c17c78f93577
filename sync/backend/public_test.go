package backend_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A web server passes on the name that somebody called it by, however that is written.
func TestThePublicNameIsNoOtherWithADot(t *testing.T) {
	o := here(t.TempDir())
	o.PublicURL = "https://id.example.org"
	b := start(t, configured(t, o, strings.Replace(twoServices, "%s", "true", 1)))
	for name, want := range map[string]int{"Host: id.example.org.": 404, "Host: ID.EXAMPLE.ORG.:443": 404, "X: no name at all": 404, "Host: 127.0.0.1": 401} {
		c, err := net.Dial("tcp", strings.TrimPrefix(b.Address(), "http://"))
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(10 * time.Second))
		fmt.Fprintf(c, "GET /v1/check/imap HTTP/1.0\r\n%s\r\n\r\n", name)
		back, err := http.ReadResponse(bufio.NewReader(c), nil)
		c.Close()
		if err != nil {
			t.Fatal(err)
		}
		if back.Body.Close(); back.StatusCode != want {
			t.Errorf("%q gets %d, want %d", name, back.StatusCode, want)
		}
	}
}
