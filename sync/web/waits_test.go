package web_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust"
)

// holding gives a browser that holds a cookie.
func (h *house) holding(t *testing.T, cookie string, secret api.Secret) *agent {
	a := h.agent(t)
	a.plant(cookie, base64.RawURLEncoding.EncodeToString(secret))
	return a
}

var waitField = regexp.MustCompile(`name="wait" value="([^"]+)"`)

// TestBothPagesShowStopAndPause: who has typed the right password, and who is in,
// sees what waits, stops it, and pauses new browsers.
func TestBothPagesShowStopAndPause(t *testing.T) {
	for path, cookie := range map[string]string{"/sign-in": "countersign-sign-in", "/account": "countersign-session"} {
		h := newHouse(t, "Lindqvist", false)
		d := h.join("anna", "Pixel 9", trust.Phone)
		secret := h.begin("anna")
		if path == "/account" {
			secret = must(h.s.Type(t.Context(), secret, string(d.allow()), false, "curl")).Session
		}
		a := h.holding(t, cookie, secret)
		if page := a.get(path); strings.Contains(page, "Asked for in this account") {
			t.Errorf("nothing waits, and %s says\n%s", path, page)
		}
		d.reset()
		page := a.get(path)
		if !strings.Contains(page, "“Pixel 9” asked to set another password.") || !strings.Contains(page, "in 3 days.") || waitField.FindString(page) == "" {
			t.Fatalf("%s shows no wait:\n%s", path, page)
		}
		form := url.Values{"form": {formToken(t, page)}, "wait": {waitField.FindStringSubmatch(page)[1]}}
		for range 2 { // again changes nothing, and says nothing
			if resp := a.post(path+"/wait", form); resp.Header.Get("Location") != path || len(d.waits()) != 0 {
				t.Errorf("%s: stopping is answered %s, %d run", path, resp.Status, len(d.waits()))
			}
		}
		a.post(path+"/pause", form)
		if page := a.get(path); !strings.Contains(page, "paused until") || strings.Contains(page, "/pause\"") {
			t.Errorf("%s after the pause:\n%s", path, page)
		}
		if until := must(d.line.Status(t.Context(), d.session())).Paused; until == nil || until.Sub(h.now()) < 23*time.Hour {
			t.Errorf("%s paused until %v", path, until)
		}
		if _, err := h.s.Begin(t.Context(), server.Asking{Name: "anna", Password: password, Agent: "curl"}); err == nil {
			t.Errorf("%s: a new browser may ask in the pause", path)
		}
	}
}

// TestWhatEndsStopsNothing: a sign-in that ended, a session that was ended, a wait of
// another account, a form of others.
func TestWhatEndsStopsNothing(t *testing.T) {
	h := newHouse(t, "Lindqvist", false)
	d := h.join("anna", "Pixel 9", trust.Phone)
	berta := h.join("berta", "Pixel 9", trust.Phone)
	wait := url.Values{"wait": {d.reset().ID.String()}}
	denied, other := h.begin("anna"), h.begin("berta")
	a := h.holding(t, "countersign-sign-in", denied)
	wait.Set("form", formToken(t, a.get("/sign-in")))
	d.decline(trust.NotMe)
	b := h.holding(t, "countersign-sign-in", other)
	mine := url.Values{"wait": wait["wait"], "form": {formToken(t, b.get("/sign-in"))}}
	in := h.holding(t, "countersign-session", make(api.Secret, 32))
	for name, resp := range map[string]*http.Response{
		"a sign-in that ended": a.post("/sign-in/wait", wait), "another account": b.post("/sign-in/wait", mine),
		"nobody": h.agent(t).post("/sign-in/wait", wait), "no session": in.post("/account/wait", wait),
		"a form of others": b.post("/sign-in/wait", wait), "no wait": b.post("/sign-in/wait", url.Values{"form": mine["form"], "wait": {"x"}}),
	} {
		if resp.StatusCode < 300 || len(d.waits()) != 1 {
			t.Fatalf("%s: answered %s, %d run", name, resp.Status, len(d.waits()))
		}
	}
	before := must(d.line.Status(t.Context(), d.session())).Paused
	a.post("/sign-in/pause", wait)
	in.post("/account/pause", wait)
	if after := must(d.line.Status(t.Context(), d.session())).Paused; !after.Equal(*before) {
		t.Errorf("the pause until %v is now until %v", before, after)
	}
	if paused := must(berta.line.Status(t.Context(), berta.session())).Paused; paused != nil {
		t.Errorf("berta is paused until %v", paused)
	}
}

// TestTheAccountPageTells shows addresses, and what happened in words.
func TestTheAccountPageTells(t *testing.T) {
	h := newHouse(t, "Lindqvist", false)
	d := h.join("anna", "Pixel 9", trust.Phone)
	d.address("anna@example.org")
	w := d.reset()
	if err := d.line.StopWait(t.Context(), d.session(), w.ID); err != nil {
		t.Fatal(err)
	}
	d.reset()
	h.pass(36 * time.Hour)
	must(d.line.AddContact(t.Context(), d.session(), api.ContactCall{Medium: api.MediumMail, Address: "late@example.org", Language: "en", Password: password}))
	in := h.signedIn(d, "anna", "Firefox on Linux", false)
	page := h.accountOf(t, in.Session)
	for _, want := range []string{
		"<b>anna@example.org</b><small>Confirmed", "<b>late@example.org</b><small>Not confirmed yet", "anna@example.org was confirmed for security messages",
		"<b>“Pixel 9” asked to set another password.</b><small>127.0.0.1", "Stopped: “Pixel 9” asked to set another password.</b><small>On Pixel 9",
		"Half the wait is over. “Pixel 9” asked",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if t.Failed() {
		t.Log(page)
	}
}
