package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/countersign/countersign/trust"
)

// left is an account whose people switched two-step sign-in off.
func (h *house) left(name string) *device {
	h.t.Helper()
	d := h.join(name, "Pixel 9", trust.Phone)
	h.signedIn(d, name, "Firefox on Windows", false)
	must(d.line.Leave(h.t.Context(), d.session(), password))
	return d
}

// TestThePasswordAloneAfterLeaving goes in with plain forms, and back to two steps.
func TestThePasswordAloneAfterLeaving(t *testing.T) {
	h := newHouse(t, "Lindqvist", false)
	d := h.left("anna")
	a := h.agent(t)
	in := a.post("/", url.Values{"name": {"anna"}, "password": {password}})
	if in.Header.Get("Location") != "/account" || len(in.Cookies()) < 2 {
		t.Fatalf("the password is answered %s to %q, cookies %v", in.Status, in.Header.Get("Location"), in.Cookies())
	}
	page := a.get("/account")
	if !strings.Contains(page, "Two-step sign-in is off.") || !strings.Contains(page, "Signed in with the password alone") || !strings.Contains(page, "Two-step sign-in was switched off") {
		t.Errorf("the account page is\n%s", page)
	}
	stray := a.post("/account/on", nil)
	if stray.StatusCode != http.StatusForbidden {
		t.Errorf("a form without what ties it is answered %s", stray.Status)
	}
	on := a.post("/account/on", url.Values{"form": {formToken(t, page)}})
	if on.Header.Get("Location") != "/sign-in" {
		t.Fatalf("switching on is answered %s to %q", on.Status, on.Header.Get("Location"))
	}
	form, code := formToken(t, a.get("/sign-in")), d.allow()
	if done := a.post("/sign-in", url.Values{"form": {form}, "code": {string(code)}}); done.Header.Get("Location") != "/account" {
		t.Fatalf("the code is answered %s", done.Status)
	}
	if page := a.get("/account"); strings.Contains(page, "Two-step sign-in is off.") || !strings.Contains(page, "Two-step sign-in is on") {
		t.Errorf("afterwards the page is\n%s", page)
	}
	h.pass(time.Hour) // three new browsers in a quarter of an hour are enough
	if resp := h.agent(t).post("/", url.Values{"name": {"anna"}, "password": {password}}); resp.Header.Get("Location") != "/sign-in" {
		t.Errorf("another browser with the password comes to %q", resp.Header.Get("Location"))
	}
}

// TestNotNowSaysWhy: a pause holds for switching on, too.
func TestNotNowSaysWhy(t *testing.T) {
	h := newHouse(t, "Lindqvist", false)
	h.left("anna")
	a := h.agent(t)
	a.post("/", url.Values{"name": {"anna"}, "password": {password}})
	form := url.Values{"form": {formToken(t, a.get("/account"))}}
	a.post("/account/pause", form)
	resp := a.post("/account/on", form)
	if page := body(resp); resp.StatusCode != http.StatusTooManyRequests || !strings.Contains(page, "are paused for 24 hours") || !strings.Contains(page, `href="/account"`) {
		t.Errorf("in a pause it is answered %s\n%s", resp.Status, page)
	}
}

// keyboardStops goes by keys alone, without scripts, from the first page to a wait
// that is stopped; then with a link, and on the account page.
func keyboardStops(t *testing.T, browser context.Context) {
	h, d := home(t)
	link := d.resetLink()
	b := newTab(t, browser)
	b.do(chromedp.Navigate(h.origin + "/"))
	b.arrive("/", "Sign in")
	b.pressButton("Stop something you did not ask for")
	b.arrive("/stop", "Stop something")
	b.press("anna\t" + password + "\r")
	b.until("document.readyState === 'complete' && document.querySelectorAll('.waits li').length === 1")
	b.keepsSecrets(password)
	b.pressButton("Stop: “Pixel 9” asked to set another password.")
	b.arrive("/stop/now", "It is stopped")
	if n := len(d.waits()); n != 0 {
		t.Errorf("%d still run", n)
	}
	b.do(chromedp.Navigate(h.origin + link))
	b.arrive(link, "It is stopped")

	d.reset()
	b.enterPassword(h)
	b.pressButton("Stop: “Pixel 9” asked to set another password.")
	b.until("document.readyState === 'complete' && location.pathname === '/sign-in' && !document.querySelector('.waits')")
	code := d.allow()
	b.arrive("/sign-in", "Type the code")
	b.press(string(code) + "\r")
	b.arrive("/account", "Your account")
	b.pressButton("Pause")
	b.until("document.readyState === 'complete' && document.body.innerText.includes('paused until')")
}

// keyboardStopsByLink presses the one button of the page that a message leads to.
func keyboardStopsByLink(t *testing.T, browser context.Context) {
	h, d := home(t)
	link := d.resetLink()
	b := newTab(t, browser)
	b.do(chromedp.Navigate(h.origin + link))
	b.arrive(link, "Stop this?")
	b.pressButton("Stop it")
	b.arrive(link, "It is stopped")
	if n := len(d.waits()); n != 0 {
		t.Errorf("%d still run", n)
	}
}

// keyboardTurnsOn goes in with the password alone and switches two steps on again.
func keyboardTurnsOn(t *testing.T, browser context.Context) {
	h := newHouse(t, "Lindqvist", false)
	d := h.left("anna")
	d.connect()
	b := newTab(t, browser)
	b.do(chromedp.Navigate(h.origin + "/"))
	b.arrive("/", "Sign in")
	b.press("anna\t" + password + "\r")
	b.arrive("/account", "Your account")
	b.pressButton("Switch it on again")
	b.arrive("/sign-in", "Look at your device")
	code := d.allow()
	b.arrive("/sign-in", "Type the code")
	b.press(string(code) + "\r")
	b.arrive("/account", "Your account")
	if value[bool](b, "Boolean(document.querySelector('.said.off'))") {
		t.Error("the page says that it is off")
	}
}
