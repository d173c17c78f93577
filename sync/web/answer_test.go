package web_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

func body(resp *http.Response) string {
	defer resp.Body.Close()
	return string(must(io.ReadAll(resp.Body)))
}

// waits stands for a time that goes on between two answers.
var waits = regexp.MustCompile(`Try again in \d+ seconds`)

// TestUnknownNameIsAnsweredLikeAWrongPassword compares the answers byte by byte.
func TestUnknownNameIsAnsweredLikeAWrongPassword(t *testing.T) {
	h := newHouse(t, "Lindqvist", false)
	h.join("anna", "Pixel 9", trust.Phone)
	answer := func(name string) (int, http.Header, []byte) {
		resp := h.agent(t).post("/", url.Values{"name": {name}, "password": {"not the password"}})
		resp.Header.Del("Date")
		page := []byte(body(resp))
		if resp.StatusCode == http.StatusTooManyRequests {
			resp.Header.Del("Content-Length")
			page = waits.ReplaceAll(page, nil)
		}
		return resp.StatusCode, resp.Header, page
	}
	for range 8 { // into the pause after too many, which must not tell either
		status, header, page := answer("anna")
		otherStatus, otherHeader, otherPage := answer("nobody")
		if status != otherStatus || !bytes.Equal(page, otherPage) || !maps.EqualFunc(header, otherHeader, func(a, b []string) bool { return strings.Join(a, "\n") == strings.Join(b, "\n") }) {
			t.Errorf("the answers differ: %d %v\n%s\n%d %v\n%s", status, header, page, otherStatus, otherHeader, otherPage)
		}
		if len(header["Set-Cookie"]) > 0 {
			t.Errorf("a wrong password sets the cookie %q", header["Set-Cookie"])
		}
	}
}

// TestPageKnowsHowTheSignInStood: when Allow comes between the page and its
// stream, the stream's first word already differs from the page's.
func TestPageKnowsHowTheSignInStood(t *testing.T) {
	h := newHouse(t, "Lindqvist", false)
	d := h.join("anna", "Pixel 9", trust.Phone)
	a := h.agent(t)
	a.post("/", url.Values{"name": {"anna"}, "password": {password}})
	live := regexp.MustCompile(`data-live="([^"]*)"`)
	stood := live.FindStringSubmatch(a.get("/sign-in"))[1]
	if now := a.firstWord(); now != stood {
		t.Errorf("the page stands at %q, its stream at %q", stood, now)
	}
	d.allow()
	if now := a.firstWord(); now == stood {
		t.Errorf("after Allow the stream still says %q", now)
	}
	if page := live.FindStringSubmatch(a.get("/sign-in"))[1]; page != a.firstWord() {
		t.Errorf("the page stands at %q, its stream elsewhere", page)
	}
}

// firstWord opens the stream of a page and reads what it says at once.
func (a *agent) firstWord() string {
	a.t.Helper()
	resp := must(a.http.Get(a.h.origin + "/sign-in/live"))
	defer resp.Body.Close()
	line := must(bufio.NewReader(resp.Body).ReadString('\n'))
	return strings.TrimSpace(strings.TrimPrefix(line, "data: "))
}

// TestEveryAnswerIsLocked looks at what no answer may come without.
func TestEveryAnswerIsLocked(t *testing.T) {
	h := newHouse(t, "Lindqvist", false)
	for _, path := range []string{"/", "/sign-in", "/sign-in/live", "/account", "/i", "/stop", "/recover", "/s/AAAA", "/p", "/P", "/nowhere", "/static/style.css", "/static/live.js", "/static/pair.js", "/static/nothing", "/favicon.ico"} {
		resp := must(h.agent(t).http.Get(h.origin + path))
		text := body(resp)
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
		} {
			if got := resp.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		policy := resp.Header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "form-action '", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: the policy %q lacks %s", path, policy, part)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") || strings.Contains(policy, "data:") {
			t.Errorf("%s: the policy is %q", path, policy)
		}
		if cache := resp.Header.Get("Cache-Control"); cache != "no-store" && !strings.HasPrefix(path, "/static/") && path != "/favicon.ico" {
			t.Errorf("%s: Cache-Control is %q", path, cache)
		}
		if strings.Contains(text, "<script>") || strings.Contains(text, " style=") {
			t.Errorf("%s has something inline", path)
		}
	}
}

// TestNamesAreTextOnly puts markup where names come from others.
func TestNamesAreTextOnly(t *testing.T) {
	const markup = `<b onclick="x()">"Bob" & {{.}}</b>`
	h := newHouse(t, markup, false)
	d := h.join(markup, markup, trust.Phone)
	in := h.signedIn(d, markup, "Firefox on Linux", false)
	a := h.agent(t)
	a.post("/", url.Values{"name": {markup}, "password": {password}})
	waits := a.get("/sign-in")
	d.allow()
	pages := []string{a.get("/"), a.get("/i"), a.get("/p"), waits, a.get("/sign-in"), h.accountOf(t, in.Session)}
	for _, page := range pages {
		if strings.Contains(page, "<b onclick") || !strings.Contains(page, "&lt;b onclick") {
			t.Errorf("the name stands in the page as it is:\n%s", page)
		}
	}
}

func (h *house) accountOf(t *testing.T, session api.Secret) string {
	t.Helper()
	req := must(http.NewRequestWithContext(t.Context(), http.MethodGet, h.origin+"/account", nil))
	req.AddCookie(&http.Cookie{Name: "countersign-session", Value: base64.RawURLEncoding.EncodeToString(session)})
	return body(must(h.front.Client().Do(req)))
}
