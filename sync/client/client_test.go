package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/client"
)

// backend is a server that answers as told, and a client of it.
func backend(t *testing.T, h http.HandlerFunc) *client.Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return dial(t, s.URL, client.Options{Version: "1.2.3"})
}

func dial(t *testing.T, origin string, o client.Options) *client.Client {
	t.Helper()
	c, err := client.New(origin, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func answer(status int, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

func TestNewRefusesWhatIsNoOrigin(t *testing.T) {
	for _, origin := range []string{
		"", "id.example.org", "ftp://id.example.org", "https://", "https://id.example.org/", "https://id.example.org/path",
		"https://me@id.example.org", "https://id.example.org?x=1", "https://id.example.org#x", "unix:///tmp/x",
	} {
		if _, err := client.New(origin, client.Options{}); err == nil {
			t.Errorf("New(%q) dials", origin)
		}
	}
}

func TestPlainHTTPOnlyOnThisComputer(t *testing.T) {
	for _, origin := range []string{"http://id.example.org", "http://192.168.1.1:7420", "http://localhost.example.org", "http://127.0.0.1.example.org"} {
		if _, err := client.New(origin, client.Options{}); !errors.Is(err, client.ErrPlain) {
			t.Errorf("New(%q): %v, want ErrPlain", origin, err)
		}
	}
	for _, origin := range []string{"http://localhost:7420", "http://127.0.0.1:1", "http://[::1]:1", "https://id.example.org"} {
		if _, err := client.New(origin, client.Options{}); err != nil {
			t.Errorf("New(%q): %v", origin, err)
		}
	}
}

func TestCallSaysWhatTheContractAsks(t *testing.T) {
	token := api.Secret(strings.Repeat("s", 32))
	c := backend(t, func(w http.ResponseWriter, r *http.Request) {
		got, ok := api.ParseBearer(r.Header.Get("Authorization"))
		if r.Method != http.MethodPost || r.URL.Path != api.PathEvents || r.URL.RawQuery != "" || !ok || string(got) != string(token) {
			t.Errorf("call is %s %s, token %t", r.Method, r.URL, ok)
		}
		if ua, kind := r.Header.Get("User-Agent"), r.Header.Get("Content-Type"); ua != "countersign/1.2.3" || kind != "application/json" {
			t.Errorf("headers are %q, %q", ua, kind)
		}
		var call api.EventsCall
		if err := json.NewDecoder(r.Body).Decode(&call); err != nil || call.After != 7 || call.Limit != 3 {
			t.Errorf("body is %+v, %v", call, err)
		}
		answer(200, "application/json", `{"events":[{"seq":8,"kind":"done","at":"2026-01-02T03:04:05Z","data":{}}],"from":"a newer backend"}`)(w, r)
	})
	events, err := c.Events(context.Background(), token, 7, 3)
	if err != nil || len(events) != 1 || events[0].Seq != 8 || events[0].Kind != api.EventDone {
		t.Errorf("Events = %+v, %v", events, err)
	}
}

func TestRefusalsArriveAsErrors(t *testing.T) {
	c := backend(t, answer(429, "application/json; charset=utf-8", `{"code":12,"message":"too many tries","retry":30}`))
	_, err := c.Status(context.Background(), api.Secret("x"))
	var refusal *api.Error
	if !errors.As(err, &refusal) || refusal.Code != api.CodeSlow || refusal.Retry != 30 {
		t.Errorf("error is %#v", err)
	}
}

// What answers may be a proxy, a captive portal or an enemy: nothing of it may
// pass for the backend's word.
func TestAnswersThatAreNotTheBackends(t *testing.T) {
	long := `{"name":"` + strings.Repeat("x", 17<<20) + `"}`
	for name, h := range map[string]http.HandlerFunc{
		"web page":          answer(200, "text/html", "<html>"),
		"no type":           answer(200, "", `{}`),
		"text":              answer(200, "text/plain", `{}`),
		"not JSON":          answer(200, "application/json", `{`),
		"array":             answer(200, "application/json", `[]`),
		"null":              answer(200, "application/json", `null`),
		"number":            answer(200, "application/json", `1`),
		"empty":             answer(200, "application/json", ``),
		"two objects":       answer(200, "application/json", `{} {}`),
		"wrong member":      answer(200, "application/json", `{"two_step":"yes"}`),
		"too long":          answer(200, "application/json", long),
		"other success":     answer(201, "application/json", `{}`),
		"error page":        answer(502, "text/html", "bad gateway"),
		"empty error":       answer(500, "application/json", `{}`),
		"error without no.": answer(403, "application/json", `{"message":"no"}`),
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		},
		"cut off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, `{"name":"a"}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := backend(t, h)
			_, err := c.Status(context.Background(), api.Secret("x"))
			var refusal *api.Error
			if err == nil || errors.As(err, &refusal) {
				t.Errorf("error is %v, want one that is not the backend's", err)
			}
		})
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	c := backend(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL, http.StatusPermanentRedirect)
	})
	if err := c.Resume(context.Background(), api.Secret("x"), "the password"); err == nil {
		t.Error("a redirect passed for an answer")
	}
	if n := elsewhere.Load(); n != 0 {
		t.Errorf("the password went to another server %d times", n)
	}
}

func TestUntrustedCertificateIsRefused(t *testing.T) {
	s := httptest.NewUnstartedServer(answer(200, "application/json", `{}`))
	s.Config.ErrorLog = nil
	s.StartTLS()
	defer s.Close()
	c := dial(t, s.URL, client.Options{})
	if _, err := c.Server(context.Background()); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("error is %v, want one about the certificate", err)
	}
	known := dial(t, s.URL, client.Options{Transport: s.Client().Transport})
	if _, err := known.Server(context.Background()); err != nil {
		t.Errorf("with a trusted certificate: %v", err)
	}
}

func TestErrorsHideSecrets(t *testing.T) {
	const planted = "planted-secret"
	c := dial(t, "http://127.0.0.1:1", client.Options{})
	_, err := c.Status(context.Background(), api.Secret(planted))
	if err == nil || strings.Contains(err.Error(), planted) {
		t.Errorf("error is %v", err)
	}
	if err := c.Resume(context.Background(), api.Secret(planted), planted); err == nil || strings.Contains(err.Error(), planted) {
		t.Errorf("error is %v", err)
	}
}
