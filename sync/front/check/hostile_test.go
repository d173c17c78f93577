package check

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// corpus are requests from which hostile ones are made.
func corpus() [][]byte {
	basic := "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("Anna Ä:"+word)) + "\r\n"
	var out [][]byte
	for _, text := range []string{
		"GET /v1/check/web HTTP/1.1\r\nHost: localhost\r\n" + basic + "X-Forwarded-For: 192.0.2.1, 127.0.0.1\r\n\r\n",
		"POST /v1/check/web HTTP/1.1\r\nHost: localhost\r\n" + basic + "X-Real-IP: 2001:db8::1\r\nContent-Length: 4\r\n\r\nbody",
		"GET /v1/check/web HTTP/1.0\r\n\r\n",
		"GET /v1/digests/calls?user=anna&realm=example.org&algorithm=SHA-256 HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n",
		"GET /v1/digests/calls?user=anna&realm=example.org HTTP/1.1\r\nHost: localhost\r\nVia: 1.1 other\r\n\r\n",
		"GET /v1/check/%2e%2e%2fdigests%2fcalls HTTP/1.1\r\nHost: localhost\r\n\r\n",
	} {
		out = append(out, []byte(text))
	}
	return out
}

// survive hands a request over, if it is one at all. Whatever it is, it opens only with
// the right words, and nothing that it says becomes a header.
func survive(t testing.TB, h http.Handler, raw []byte) {
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		return
	}
	r.RemoteAddr = "127.0.0.1:5000"
	name, password, _ := r.BasicAuth()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	right := strings.EqualFold(name, "Anna Ä") && password == word
	if who := w.Header().Get("Remote-User"); who != "" && (w.Code != http.StatusOK || !right || who != "anna%20%C3%A4") {
		t.Fatalf("%q opens with %d for %q", raw, w.Code, who)
	}
	if passedOn(r) && strings.Contains(w.Body.String(), "0a") {
		t.Fatalf("%q reads digests", raw)
	}
	for _, values := range w.Header() {
		for _, v := range values {
			if strings.ContainsAny(v, "\r\n\x00") {
				t.Fatalf("%q is answered with the header %q", raw, v)
			}
		}
	}
}

func FuzzRequest(f *testing.F) {
	for _, raw := range corpus() {
		f.Add(raw)
	}
	h := handlerOf(f)
	f.Fuzz(func(t *testing.T, raw []byte) { survive(t, h, raw) })
}

// A fixed share of what the fuzzing plays, in every run.
func TestMutatedRequests(t *testing.T) {
	const rounds = 60_000
	h, base := handlerOf(t), corpus()
	r := rand.New(rand.NewPCG(5, 7420)) // any fixed seed
	for range rounds {
		survive(t, h, mutate(r, base[r.IntN(len(base))], base[r.IntN(len(base))]))
	}
}

// mutate changes some bytes, or puts two requests together.
func mutate(r *rand.Rand, raw, other []byte) []byte {
	raw = bytes.Clone(raw)
	for range 1 + r.IntN(4) {
		at := r.IntN(len(raw))
		switch r.IntN(5) {
		case 0:
			raw[at] ^= 1 << r.IntN(8)
		case 1:
			raw[at] = byte(r.Uint32())
		case 2:
			raw = append(raw[:at:at], other[r.IntN(len(other)):]...)
		case 3:
			end := at + r.IntN(len(raw)-at)
			raw = append(raw[:end:end], raw[at:]...)
		case 4:
			raw = append(raw[:at:at], raw[min(at+r.IntN(8), len(raw)-1):]...)
		}
		if len(raw) == 0 {
			return []byte{' '}
		}
	}
	return raw
}

func handlerOf(t testing.TB) http.Handler { return newFront(t, Options{}, &door{}).Handler() }
