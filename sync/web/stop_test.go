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
	"github.com/countersign/countersign/sync/notice"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust"
)

// sent gives the messages that wait in the outbox, and takes them.
func (h *house) sent() []notice.Message {
	h.t.Helper()
	all := must(h.s.Messages(h.t.Context(), 100))
	for _, m := range all {
		if err := h.s.Sent(h.t.Context(), m.ID); err != nil {
			h.t.Fatal(err)
		}
	}
	return all
}

// address confirms an address for messages.
func (d *device) address(text string) {
	d.t.Helper()
	ctx := d.t.Context()
	k := must(d.line.AddContact(ctx, d.session(), api.ContactCall{Medium: api.MediumMail, Address: text, Language: "en", Password: password}))
	code := ""
	for _, m := range d.h.sent() {
		if m.Address == text && m.Code != "" {
			code = m.Code
		}
	}
	if err := d.line.ConfirmContact(ctx, d.session(), k.ID, code); err != nil {
		d.t.Fatal(err)
	}
	d.h.sent()
}

// reset asks for another password with the device alone, which waits.
func (d *device) reset() api.Wait {
	d.t.Helper()
	return must(d.line.BeginReset(d.t.Context(), d.session()))
}

// resetLink gives the path of the link that a message about a reset holds.
func (d *device) resetLink() string {
	d.t.Helper()
	d.address(d.self.Name[:1] + "@example.org")
	d.reset()
	for _, m := range d.h.sent() {
		if m.Stop != "" {
			return strings.TrimPrefix(m.Stop, d.h.origin)
		}
	}
	d.t.Fatal("no message has a link")
	return ""
}

// waits gives what runs.
func (d *device) waits() []api.Wait {
	d.t.Helper()
	return must(d.line.Status(d.t.Context(), d.session())).Waits
}

// TestTheLinkOfAMessage shows what waits however often it is fetched; only its form
// stops it, in a browser that never was here.
func TestTheLinkOfAMessage(t *testing.T) {
	h := newHouse(t, "Lindqvist", false)
	d := h.join("anna", "Pixel 9", trust.Phone)
	link := d.resetLink()
	a := h.agent(t)
	for range 3 {
		resp := must(a.http.Get(h.origin + link))
		page := body(resp)
		for _, want := range []string{"anna", "Pixel 9", "asked to set another password", "in 3 days", "127.0.0.1", `<form method="post">`} {
			if !strings.Contains(page, want) {
				t.Errorf("the page lacks %q:\n%s", want, page)
			}
		}
		if strings.Contains(page, link) || len(resp.Cookies()) > 0 || resp.Header.Get("Referrer-Policy") != "no-referrer" || resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("the answer is %v\n%s", resp.Header, page)
		}
		must(a.http.Head(h.origin + link)).Body.Close()
	}
	if len(d.waits()) != 1 {
		t.Fatal("looking at the link stopped it")
	}
	for _, again := range []bool{false, true} {
		if resp := a.post(link, nil); resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != link || len(resp.Cookies()) > 0 {
			t.Errorf("stopping (again: %t) is answered %s to %q", again, resp.Status, resp.Header.Get("Location"))
		}
	}
	if page := a.get(link); !strings.Contains(page, "It is stopped") || len(d.waits()) != 0 {
		t.Errorf("afterwards %d run, the page is\n%s", len(d.waits()), page)
	}
	if log := h.log.String(); strings.Contains(log, strings.TrimPrefix(link, "/s/")) {
		t.Errorf("the log holds the link: %s", log)
	}
}

// TestLinksThatStopNothing are answered calmly, and change nothing.
func TestLinksThatStopNothing(t *testing.T) {
	h := newHouse(t, "Lindqvist", false)
	d := h.join("anna", "Pixel 9", trust.Phone)
	link := d.resetLink()
	a := h.agent(t)
	wrong := []byte(link)
	wrong[10] ^= 1
	for _, path := range []string{"/s/x", "/s/" + base64.RawURLEncoding.EncodeToString(make([]byte, 32)), string(wrong), link[:len(link)-2], link + "A"} {
		resp := must(a.http.Get(h.origin + path))
		if page := body(resp); resp.StatusCode != http.StatusNotFound || !strings.Contains(page, "Nothing waits here") {
			t.Errorf("%s is answered %s", path, resp.Status)
		}
		if resp := a.post(path, nil); resp.StatusCode != http.StatusSeeOther {
			t.Errorf("the form of %s is answered %s", path, resp.Status)
		}
	}
	for _, from := range []http.Header{{"Origin": {"https://evil.example"}}, {"Origin": {"null"}}, {"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}}} {
		req := must(http.NewRequestWithContext(t.Context(), http.MethodPost, h.origin+link, nil))
		req.Header = from
		if resp := must(a.http.Do(req)); resp.StatusCode != http.StatusForbidden {
			t.Errorf("a form of %v is answered %s", from, resp.Status)
		}
	}
	if len(d.waits()) != 1 {
		t.Fatal("one of these stopped it")
	}
	h.pass(3 * 24 * time.Hour)
	if page := a.get(link); !strings.Contains(page, "can still be stopped") {
		t.Errorf("after the wait the page is\n%s", page)
	}
	if err := d.line.FinishReset(t.Context(), d.session(), "another horse battery"); err != nil {
		t.Fatal(err)
	}
	if page := a.get(link); !strings.Contains(page, "nothing left to stop") {
		t.Errorf("after the reset the page is\n%s", page)
	}
	h.pass(30 * 24 * time.Hour)
	if page := a.get(link); !strings.Contains(page, "Nothing waits here") {
		t.Errorf("a month later the page is\n%s", page)
	}
}

// TestThePasswordAloneStops lists what waits and stops one of it, without a session,
// without a cookie, and without the password in what the page holds.
func TestThePasswordAloneStops(t *testing.T) {
	h := newHouse(t, "Lindqvist", false)
	d := h.join("anna", "Pixel 9", trust.Phone)
	tablet := d.add("Galaxy Tab", trust.Tablet)
	d.reset()
	h.pass(4 * 24 * time.Hour) // until when the tablet is young
	tablet.reset()
	a := h.agent(t)
	resp := a.post("/stop", url.Values{"name": {"anna"}, "password": {password}})
	page := body(resp)
	if !strings.Contains(page, "“Pixel 9” asked") || !strings.Contains(page, "can still be stopped") || !strings.Contains(page, "“Galaxy Tab” asked") || strings.Contains(page, password) || len(resp.Cookies()) > 0 {
		t.Fatalf("the list is %v\n%s", resp.Header, page)
	}
	found := regexp.MustCompile(`name="wait" value="([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(found) != 2 {
		t.Fatalf("%d can be stopped", len(found))
	}
	form := url.Values{"wait": {found[0][1]}}
	if resp := a.post("/stop/now", form); resp.StatusCode != http.StatusOK || len(resp.Cookies()) > 0 || !strings.Contains(body(resp), "It is stopped") {
		t.Errorf("stopping is answered %s", resp.Status)
	}
	if left := d.waits(); len(left) != 1 || left[0].Name != "Galaxy Tab" {
		t.Errorf("what runs is %+v", left)
	}
	if page := body(a.post("/stop/now", form)); !strings.Contains(page, "Nothing waits here") {
		t.Errorf("stopped again is\n%s", page)
	}
	events := must(d.line.Events(t.Context(), d.session(), 0, 500))
	if last := events[len(events)-1]; last.Kind != api.EventStop || last.Data.By != "password" {
		t.Errorf("the devices are told %+v", last)
	}
	if page := body(a.post(server.PathStop+found[1][1], nil)); strings.Contains(page, "It is stopped") || len(d.waits()) != 1 {
		t.Error("what the list holds works as the link of a message")
	}
}

// TestStoppingTellsNothing: no account, a wrong password, and nothing that waits are
// answered alike, and slow down alike.
func TestStoppingTellsNothing(t *testing.T) {
	h := newHouse(t, "Lindqvist", false)
	d := h.join("anna", "Pixel 9", trust.Phone)
	d.reset()
	h.join("berta", "Pixel 9", trust.Phone)
	answer := func(name, password string) (int, string) {
		resp := h.agent(t).post("/stop", url.Values{"name": {name}, "password": {password}})
		return resp.StatusCode, waits.ReplaceAllString(body(resp), "")
	}
	for range 8 {
		status, page := answer("anna", "not the password")
		for name, word := range map[string]string{"nobody": "not the password", "berta": password} {
			if s, p := answer(name, word); s != status || p != page {
				t.Errorf("%s is answered %d, a wrong password %d:\n%s\n%s", name, s, status, p, page)
			}
		}
	}
	if status, page := answer("anna", password); status != http.StatusTooManyRequests || len(d.waits()) != 1 {
		t.Errorf("after too many the right password is answered %d\n%s", status, page)
	}
}

// TestNoPageTakesTheRecoveryKey looks for a field that could.
func TestNoPageTakesTheRecoveryKey(t *testing.T) {
	h := newHouse(t, "Lindqvist", false)
	a := h.agent(t)
	for path, link := range map[string]bool{"/": true, "/stop": false, "/recover": false} {
		page := a.get(path)
		if strings.Contains(page, `href="/recover"`) != link || strings.Contains(page, `name="key"`) {
			t.Errorf("%s is\n%s", path, page)
		}
	}
	if page := a.get("/recover"); strings.Contains(page, "<input") || strings.Contains(page, "<form") || !strings.Contains(page, "no page, mail or person ever asks for it") {
		t.Errorf("the page is\n%s", page)
	}
}
