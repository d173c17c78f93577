package web_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/notice"
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
	sent := d.h.sent()
	if err := d.line.ConfirmContact(ctx, d.session(), k.ID, sent[len(sent)-1].Code); err != nil {
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
