package web_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// hostile sends a form to the house as soon as it is opened.
var hostile = template.Must(template.New("").Parse(`<!DOCTYPE html><title>x</title><form method="post" action="{{.To}}" {{.How}}>
{{range $name, $value := .Fields}}<input name="{{$name}}" value="{{$value}}">{{end}}</form><script>document.forms[0].submit()</script>`))

type attack struct {
	to     string
	fields map[string]string
}

// anotherOrigin shows that a page at another port (for cookies the same site)
// can neither sign the person in to an account of its own, nor use up tries,
// stop, choose, sign out or forget.
func anotherOrigin(t *testing.T, browser context.Context) {
	h, d := home(t)
	h.join("mallory", "Mallory’s phone", trust.Phone)
	in := h.signedIn(d, "anna", "Firefox on Linux", false)
	secret := h.begin("anna")
	code := d.allow()
	attacks := []attack{
		{"/", map[string]string{"name": "mallory", "password": password}},
		{"/sign-in", map[string]string{"code": otherThan(code)}},
		{"/sign-in", map[string]string{"code": string(code)}},
		{"/sign-in/device", map[string]string{"device": d.self.ID.String()}},
		{"/sign-in/stop", nil},
		{"/sign-in/pause", nil},
		{"/account/pause", nil},
		{"/account/sign-out", nil},
		{"/account/apps", map[string]string{"service": "imap", "name": "Mallory’s"}},
		{"/account/apps/remove", map[string]string{"id": strings.Repeat("0", 32)}},
		{"/account/forget", map[string]string{"id": strings.Repeat("A", 43)}},
	}
	b := newTab(t, browser)
	b.cookie(h, "countersign-sign-in", secret)
	b.cookie(h, "countersign-session", in.Session)
	before := h.standing(secret, in.Session)
	for i, a := range attacks {
		page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			hostile.Execute(w, map[string]any{"To": h.origin + a.to, "Fields": a.fields})
		}))
		address := strings.Replace(page.URL, "127.0.0.1", "localhost", 1)
		b.do(chromedp.Navigate(fmt.Sprintf("%s/%d", address, i)))
		b.arrive(a.to, "This came from another page")
		page.Close()
		b.settle("403", "404")
		if after := h.standing(secret, in.Session); after != before {
			t.Errorf("%s from another origin changed %s to %s", a.to, before, after)
		}
	}
}

// standing tells all that an attack could have changed.
func (h *house) standing(secret, session api.Secret) string {
	h.t.Helper()
	s := must(h.s.Progress(h.t.Context(), secret))
	a, err := h.s.Holder(h.t.Context(), session, nil)
	return fmt.Sprint(s.State, s.Tries, s.Target, a.Name, len(a.Sessions), len(a.Browsers), len(a.Events), err)
}

// agent is a browser without a screen.
type agent struct {
	t    *testing.T
	h    *house
	http *http.Client
}

func (h *house) agent(t *testing.T) *agent {
	jar := must(cookiejar.New(nil))
	c := &http.Client{Jar: jar, Transport: h.front.Client().Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &agent{t: t, h: h, http: c}
}

// post sends a form as a page of our own origin would.
func (a *agent) post(path string, form url.Values) *http.Response {
	a.t.Helper()
	req := must(http.NewRequestWithContext(a.t.Context(), http.MethodPost, a.h.origin+path, strings.NewReader(form.Encode())))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", a.h.origin)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return must(a.http.Do(req))
}

func formToken(t *testing.T, page string) string {
	t.Helper()
	m := regexp.MustCompile(`name="form" value="([^"]+)"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatal("the page has no form of ours")
	}
	return m[1]
}

// TestCookies looks at every cookie of a whole sign-in: scripts and other sites
// never see one, and under TLS no other host can set one.
func TestCookies(t *testing.T) {
	for _, tls := range []bool{false, true} {
		t.Run(map[bool]string{false: "http", true: "https"}[tls], func(t *testing.T) { everyCookie(t, tls) })
	}
}

func everyCookie(t *testing.T, tls bool) {
	h := newHouse(t, "Lindqvist", tls)
	d := h.join("anna", "Pixel 9", trust.Phone)
	a := h.agent(t)
	begun := a.post("/", url.Values{"name": {"anna"}, "password": {password}})
	page := a.get("/sign-in")
	done := a.post("/sign-in", url.Values{"form": {formToken(t, page)}, "code": {string(d.allow())}, "remember": {"yes"}})
	if begun.StatusCode != http.StatusSeeOther || done.Header.Get("Location") != "/account" {
		t.Fatalf("the answers are %s and %s to %q", begun.Status, done.Status, done.Header.Get("Location"))
	}
	seen := make(map[string]bool)
	for _, c := range append(begun.Cookies(), done.Cookies()...) {
		name := strings.TrimPrefix(c.Name, "__Host-")
		seen[name] = true
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("the cookie is %s", c.Raw)
		}
		if c.Secure != tls || (name != c.Name) != tls {
			t.Errorf("with TLS %t the cookie is %s", tls, c.Raw)
		}
	}
	if len(seen) != 3 {
		t.Errorf("cookies are %v", seen)
	}
	if hsts := done.Header.Get("Strict-Transport-Security"); (hsts != "") != tls {
		t.Errorf("with TLS %t Strict-Transport-Security is %q", tls, hsts)
	}
	if page := a.get("/account"); !strings.Contains(page, "anna") {
		t.Error("the account page does not open")
	}
}

func (a *agent) get(path string) string {
	a.t.Helper()
	return body(must(a.http.Get(a.h.origin + path)))
}

// TestCookieChangesWithEachStep: whoever planted or saw a cookie before the
// password, or before the code, holds nothing after it.
func TestCookieChangesWithEachStep(t *testing.T) {
	h := newHouse(t, "Lindqvist", false)
	d := h.join("anna", "Pixel 9", trust.Phone)
	a := h.agent(t)
	planted := base64.RawURLEncoding.EncodeToString(make([]byte, 32))
	a.plant("countersign-sign-in", planted)
	a.plant("countersign-session", planted)
	begun := a.post("/", url.Values{"name": {"anna"}, "password": {password}}).Cookies()
	if len(begun) != 1 || begun[0].Value == planted {
		t.Fatalf("after the password the cookies are %v", begun)
	}
	form, code := formToken(t, a.get("/sign-in")), string(d.allow())
	for _, c := range a.post("/sign-in", url.Values{"form": {form}, "code": {code}}).Cookies() {
		if c.Value == planted || c.Value == begun[0].Value {
			t.Errorf("after the code %s still has the value from before", c.Name)
		}
	}
	thief := h.agent(t)
	thief.plant("countersign-sign-in", begun[0].Value)
	thief.plant("countersign-session", begun[0].Value)
	if got := thief.post("/sign-in", url.Values{"form": {form}, "code": {code}}).Cookies(); len(got) > 0 {
		t.Errorf("the code typed again gives the cookies %v", got)
	}
	if page := thief.get("/account"); page != "" && strings.Contains(page, "anna") {
		t.Error("the cookie of the sign-in opens the account")
	}
}

func (a *agent) plant(name, value string) {
	a.http.Jar.SetCookies(must(url.Parse(a.h.origin)), []*http.Cookie{{Name: name, Value: value, Path: "/"}})
}

// TestForeignFormsAreRefused posts every form as browsers old and new do for a
// page of others, and as ours without what only our page knows. Only a program
// that is no browser may do without.
func TestForeignFormsAreRefused(t *testing.T) {
	h := newHouse(t, "Lindqvist", false)
	d := h.join("anna", "Pixel 9", trust.Phone)
	in := h.signedIn(d, "anna", "Firefox on Linux", false)
	secret := h.begin("anna")
	code := string(d.allow())
	before := h.standing(secret, in.Session)
	a := h.agent(t)
	a.plant("countersign-sign-in", base64.RawURLEncoding.EncodeToString(secret))
	a.plant("countersign-session", base64.RawURLEncoding.EncodeToString(in.Session))
	for _, from := range []http.Header{
		{"Origin": {"https://evil.example"}}, {"Origin": {"null"}}, {"Origin": {"http://localhost"}},
		{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}},
		{"Sec-Fetch-Site": {"same-origin"}, "Origin": {h.origin}}, // ours, but the form is not
	} {
		for _, path := range []string{"/", "/sign-in", "/sign-in/device", "/sign-in/stop", "/account/sign-out", "/account/forget", "/stop", "/stop/now",
			"/sign-in/wait", "/sign-in/pause", "/account/wait", "/account/pause"} {
			own := from.Get("Origin") == h.origin
			if own && slices.Contains([]string{"/", "/stop", "/stop/now"}, path) {
				continue // these forms have no cookie to be tied to
			}
			form := url.Values{"name": {"anna"}, "password": {password}, "code": {code}, "device": {d.self.ID.String()}, "id": {strings.Repeat("A", 43)}, "form": {"AAAA"}}
			req := must(http.NewRequestWithContext(t.Context(), http.MethodPost, h.origin+path, strings.NewReader(form.Encode())))
			req.Header = from.Clone()
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			resp := must(a.http.Do(req))
			if text := body(resp); resp.StatusCode != http.StatusForbidden || !strings.Contains(text, "This came from another page") || len(resp.Cookies()) > 0 {
				t.Errorf("%s with %v is answered %s, cookies %v", path, from, resp.Status, resp.Cookies())
			}
		}
	}
	if after := h.standing(secret, in.Session); after != before {
		t.Errorf("what stood at %s is now %s", before, after)
	}
}
