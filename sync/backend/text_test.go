package backend_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/api/apitest"
	"github.com/countersign/countersign/sync/backend"
	"github.com/countersign/countersign/sync/client"
	"github.com/countersign/countersign/sync/notice/noticetest"
)

// gateway is a web service that takes text messages.
type gateway struct {
	*httptest.Server
	taken chan url.Values
}

func newGateway(t *testing.T) *gateway {
	g := &gateway{taken: make(chan url.Values, 20)}
	g.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.ParseForm() == nil {
			g.taken <- r.PostForm
		}
	}))
	t.Cleanup(g.Close)
	return g
}

// text waits for the message that says this, and gives it.
func (g *gateway) text(t *testing.T, says string) string {
	t.Helper()
	end := time.After(20 * time.Second)
	for {
		select {
		case m := <-g.taken:
			if text := m.Get("Body"); strings.Contains(text, says) && m.Get("To") == "+491711234542" {
				return text
			}
		case <-end:
			t.Fatalf("no message says %q", says)
		}
	}
}

// person is somebody at a browser.
type person struct {
	t    *testing.T
	http *http.Client
	at   string
}

func newPerson(t *testing.T, at string) *person {
	return &person{t: t, http: &http.Client{Jar: must(cookiejar.New(nil))}, at: at}
}

// page opens a page and gives its path and what stands there.
func (p *person) page(path string) (string, string) { return p.read(p.http.Get(p.at + path)) }

// sends fills a form in, with the mark that the page has in it.
func (p *person) sends(path string, form url.Values) (string, string) {
	p.t.Helper()
	if _, page := p.page("/sign-in"); strings.Contains(page, `name="form"`) {
		form.Set("form", regexp.MustCompile(`name="form" value="([^"]+)"`).FindStringSubmatch(page)[1])
	}
	return p.read(p.http.PostForm(p.at+path, form))
}

func (p *person) read(resp *http.Response, err error) (string, string) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.Request.URL.Path, string(must(io.ReadAll(resp.Body)))
}

var eight = regexp.MustCompile(`\b\d{8}\b`)

// A real message leaves for a real gateway, its code lets the person in after the
// backend was started anew, and the number is told who came.
func TestATextMessageLetsIn(t *testing.T) {
	g, data := newGateway(t), t.TempDir()
	listen := fmt.Sprintf("127.0.0.1:%d", noticetest.FreePort(t))
	config := fmt.Sprintf("[text]\nvia = \"webhook\"\nsign_in = true\n[text.webhook]\nurl = %q\nfields = { To = \"{to}\", Body = \"{text}\" }\n", g.URL)
	if err := os.WriteFile(filepath.Join(data, backend.ConfigName), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	start := func() *backend.Backend {
		return must(backend.Start(t.Context(), backend.Options{Data: data, Listen: listen, Config: must(backend.ReadConfig(data, ""))}))
	}
	b := start()
	defer func() { b.Close() }()
	to := must(client.New(b.URL(), client.Options{}))
	device := must(apitest.Join(t.Context(), to, must(b.Invite(t.Context(), "anna")), "anna", mailPassword, time.Now()))
	token := must(device.Session(t.Context(), to))
	k := must(to.AddContact(t.Context(), token, api.ContactCall{Medium: api.MediumText, Address: "+49 171 1234542", Language: "en", Password: mailPassword}))
	for _, err := range []error{
		to.ConfirmContact(t.Context(), token, k.ID, eight.FindString(g.text(t, "confirms this number"))),
		to.AllowText(t.Context(), token, k.ID, mailPassword, true),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	g.text(t, "Sign-in by text message is on")
	anna := newPerson(t, b.URL())
	if path, page := anna.sends("/", url.Values{"name": {"anna"}, "password": {mailPassword}}); path != "/sign-in" || !strings.Contains(page, "a number ending in 42") {
		t.Fatalf("the password leads to %s:\n%s", path, page)
	}
	anna.sends("/sign-in/text/send", url.Values{})
	text := g.text(t, "signs you in")
	if host := strings.TrimPrefix(b.URL(), "http://"); !strings.Contains(text, host) || strings.Contains(text, "://") {
		t.Errorf("the message says %q", text)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b = start()
	path, page := anna.sends("/sign-in/text", url.Values{"code": {eight.FindString(text)}})
	if path == "/sign-in/text" { // it ended before the gateway's answer, so the message goes once more
		path, page = anna.sends("/sign-in/text", url.Values{"code": {eight.FindString(g.text(t, "signs you in"))}})
	}
	if path != "/account" {
		t.Fatalf("the code leads to %s:\n%s", path, page)
	}
	g.text(t, "Somebody signed in with a text message")
}
