package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

// texts has codes sent to a number of the account let in.
func (d *device) texts() {
	d.t.Helper()
	ctx := d.t.Context()
	k := must(d.line.AddContact(ctx, d.session(), api.ContactCall{Medium: api.MediumText, Address: "+491711234542", Language: "en", Password: password}))
	for _, call := range []error{
		d.line.ConfirmContact(ctx, d.session(), k.ID, d.h.texted()),
		d.line.AllowText(ctx, d.session(), k.ID, password, true),
	} {
		if call != nil {
			d.t.Fatal(call)
		}
	}
	d.h.texted()
}

// texted gives the code that was sent last, "" for none.
func (h *house) texted() (code string) {
	h.t.Helper()
	for _, m := range must(h.s.Messages(h.t.Context(), 100)) {
		if m.Code != "" && m.Medium == api.MediumText {
			code = m.Code
		}
		if err := h.s.Sent(h.t.Context(), m.ID); err != nil {
			h.t.Fatal(err)
		}
	}
	return code
}

// sends presses the button that has a code sent.
func (a *agent) sends() *http.Response {
	a.t.Helper()
	return a.post("/sign-in/text/send", url.Values{"form": {formToken(a.t, a.get("/sign-in"))}})
}

func (a *agent) typesText(code string) *http.Response {
	a.t.Helper()
	return a.post("/sign-in/text", url.Values{"form": {formToken(a.t, a.get("/sign-in"))}, "code": {code}})
}

func TestTextMessageAtThePage(t *testing.T) {
	h := newHouse(t, "Lindqvist", false)
	d := h.join("anna", "Pixel 9", trust.Phone)
	if page := h.agent(t).asked("anna"); strings.Contains(page, "/sign-in/text") {
		t.Error("the page leads to text messages that nobody switched on")
	}
	d.texts()
	a := h.agent(t)
	if page := a.asked("anna"); !strings.Contains(page, `href="/sign-in/text"`) || !strings.Contains(page, "Text message to a number ending in 42") || strings.Contains(page, "4917") {
		t.Fatalf("the page does not lead to text messages, or shows the number:\n%s", page)
	}
	if page := a.get("/sign-in/text"); strings.Contains(page, `name="code"`) || !strings.Contains(page, "Send the code") {
		t.Errorf("before one is sent:\n%s", page)
	}
	if h.texted() != "" {
		t.Error("a look at the page sends a message")
	}
	if resp := a.sends(); resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/sign-in/text" {
		t.Fatalf("asking gives %d", resp.StatusCode)
	}
	if resp := a.typesText("12345678"); resp.StatusCode != http.StatusConflict {
		t.Errorf("before the message is sent a code gives %d", resp.StatusCode)
	}
	code := h.texted()
	for typed, want := range map[string]struct {
		status int
		says   string
	}{
		"1234": {http.StatusUnprocessableEntity, "has eight digits. This was not counted."},
		string('0'+(code[0]-'0'+1)%10) + code[1:]: {http.StatusForbidden, "That is not the newest code"},
	} {
		resp := a.typesText(typed)
		if page := body(resp); resp.StatusCode != want.status || !strings.Contains(page, want.says) || strings.Contains(page, typed) {
			t.Errorf("%s gives %d:\n%s", typed, resp.StatusCode, page)
		}
	}
	resp := a.typesText(code[:4] + " " + code[4:])
	if to := resp.Header.Get("Location"); resp.StatusCode != http.StatusSeeOther || to != "/account" {
		t.Fatalf("the right one gives %d and leads to %q:\n%s", resp.StatusCode, to, body(resp))
	}
	if page := a.get("/account"); !strings.Contains(page, "Signed in with a text message, without a trusted device") {
		t.Errorf("the account page does not say how:\n%s", page)
	}
}

// Nobody has messages sent without our form, from another site, or without end.
func TestForeignTextForms(t *testing.T) {
	h := newHouse(t, "Lindqvist", false)
	d := h.join("anna", "Pixel 9", trust.Phone)
	d.texts()
	a := h.agent(t)
	own := url.Values{"form": {formToken(t, a.asked("anna"))}}
	for name, values := range map[string]url.Values{"no mark": {}, "another's mark": {"form": {"AAAA"}}} {
		for _, path := range []string{"/sign-in/text/send", "/sign-in/text"} {
			if resp := a.post(path, values); resp.StatusCode != http.StatusForbidden {
				t.Errorf("%s at %s gives %d", name, path, resp.StatusCode)
			}
		}
	}
	stranger := h.agent(t)
	for _, path := range []string{"/sign-in/text/send", "/sign-in/text"} {
		if resp := stranger.post(path, url.Values{}); resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/" {
			t.Errorf("without a sign-in %s gives %d", path, resp.StatusCode)
		}
	}
	if h.texted() != "" {
		t.Error("a message was sent")
	}
	for range verify.TextsQuarter {
		a.sends()
	}
	resp := a.sends()
	if page := body(resp); resp.StatusCode != http.StatusTooManyRequests || !strings.Contains(page, "Another one can be sent in 15 minutes.") {
		t.Errorf("a fourth gives %d:\n%s", resp.StatusCode, page)
	}
	d.decline(trust.NotMe)
	h.texted()
	if resp := a.post("/sign-in/text", url.Values{"form": own["form"], "code": {"12345678"}}); resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/sign-in" {
		t.Errorf("after Not me a code gives %d", resp.StatusCode)
	}
}

// TestTextInChromium looks at the pages in a browser.
func TestTextInChromium(t *testing.T) {
	browser := startChromium(t)
	t.Run("in order", func(t *testing.T) { textPagesAreInOrder(t, browser) })
	t.Run("keyboard alone", func(t *testing.T) { textByKeyboard(t, browser, false) })
	t.Run("without scripts", func(t *testing.T) { textByKeyboard(t, browser, true) })
}

func textPagesAreInOrder(t *testing.T, browser context.Context) {
	h := newHouse(t, "Lindqvist", false)
	d := h.join("anna", "Pixel 9", trust.Phone)
	d.texts()
	fresh := h.begin("anna")
	sent := h.begin("anna")
	if err := h.s.SendText(t.Context(), sent); err != nil {
		t.Fatal(err)
	}
	h.texted()
	at := func(path string, secret api.Secret) func(*tab) { return h.at(path, "countersign-sign-in", secret) }
	b := newTab(t, browser)
	for _, s := range []screen{
		{"text-link", "", at("/sign-in", fresh)},
		{"text-offer", "", at("/sign-in/text", fresh)},
		{"text-sent", "", at("/sign-in/text", sent)},
	} {
		call(b, network.ClearBrowserCookies, cdp.Empty{})
		for _, language := range []string{"en", "de"} {
			b.language(language)
			s.open(b)
			b.until("document.readyState === 'complete' && document.querySelector('h1') && document.fonts.status === 'loaded'")
			b.settle(s.wanted)
			b.examine(language)
			b.draw(s.name, language)
		}
	}
}

// textByKeyboard goes from the page that waits to the account, at phone width, by keys
// alone.
func textByKeyboard(t *testing.T, browser context.Context, bare bool) {
	h, d := home(t)
	d.texts()
	b := newTab(t, browser)
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: bare})
	b.enterPassword(h)
	b.tabToText("Text message to a number ending in 42")
	b.press("\r")
	b.arrive("/sign-in/text", "Sign in with a text message")
	b.tabToText("Send the code")
	b.press("\r")
	b.arrive("/sign-in/text", "Type the code from the text message")
	b.until("document.activeElement.id === 'code'")
	if !b.focusShows() {
		t.Error("the focus cannot be seen")
	}
	code := h.texted()
	b.press(code + "\r")
	b.arrive("/account", "Your account")
	b.keepsSecrets(code, password)
}

// tabToText presses Tab until what says this has the focus.
func (b *tab) tabToText(text string) {
	b.t.Helper()
	for range 20 {
		if value[string](b, "document.activeElement.textContent") == text {
			return
		}
		b.press("\t")
	}
	b.t.Fatalf("no key leads to %q", text)
}
