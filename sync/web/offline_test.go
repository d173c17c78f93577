package web_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/offline"
	"github.com/countersign/countersign/trust/verify"
)

// offline gives a device offline codes and the seed of them.
func (d *device) offline() offline.Seed {
	d.t.Helper()
	st, seed := d.chain(), must(offline.NewSeed(rand.Reader))
	var id [16]byte
	must(rand.Read(id[:]))
	c := must(offline.Announce(offline.Owner{Account: d.account, Device: d.self.ID}, d.keys, st.Verifiers()[0], id, seed))
	d.h.append(d.account, st.Head().Seq+1, must(st.AddCredential(chain.AsDevice(d.self.ID, d.keys), c, d.h.now())))
	return seed
}

// shows gives the code on a screen, some steps from now.
func (h *house) shows(seed offline.Seed, steps int) string {
	return string(seed.Code(offline.StepAt(h.now()) + offline.Step(steps)))
}

// at the page of somebody who gave name and password.
func (a *agent) asked(name string) string {
	a.t.Helper()
	a.post("/", url.Values{"name": {name}, "password": {password}})
	return a.get("/sign-in")
}

func (a *agent) types(d *device, code string) *http.Response {
	a.t.Helper()
	return a.post("/sign-in/offline", url.Values{"form": {formToken(a.t, a.get("/sign-in"))}, "device": {d.self.ID.String()}, "code": {code}})
}

func TestOfflineCodeAtThePage(t *testing.T) {
	h := newHouse(t, "Lindqvist", false)
	d := h.join("anna", "Pixel 9", trust.Phone)
	if page := h.agent(t).asked("anna"); strings.Contains(page, "/sign-in/offline") {
		t.Error("the page leads to offline codes that no device has")
	}
	seed := d.offline()
	a := h.agent(t)
	if page := a.asked("anna"); !strings.Contains(page, `href="/sign-in/offline"`) {
		t.Fatal("the page does not lead to offline codes")
	}
	page := a.get("/sign-in/offline")
	if strings.Contains(page, `type="radio"`) || !strings.Contains(page, "Offline code from Pixel 9") {
		t.Errorf("one device has to be chosen:\n%s", page)
	}
	code := h.shows(seed, 0)
	for _, c := range []struct {
		typed  string
		status int
		says   string
	}{
		{"1234", http.StatusUnprocessableEntity, "An offline code has eight digits. This was not counted."},
		{h.shows(seed, 50), http.StatusForbidden, "That is not the code on this device now."},
	} {
		resp := a.types(d, c.typed)
		if text := body(resp); resp.StatusCode != c.status || !strings.Contains(text, c.says) || strings.Contains(text, c.typed+`"`) {
			t.Errorf("%s gives %d:\n%s", c.typed, resp.StatusCode, text)
		}
	}
	resp := a.types(d, code[:4]+" "+code[4:])
	if to := resp.Header.Get("Location"); resp.StatusCode != http.StatusSeeOther || to != "/account" {
		t.Fatalf("the right one gives %d and leads to %q:\n%s", resp.StatusCode, to, body(resp))
	}
	if !strings.Contains(a.get("/account"), "You are signed in as anna") {
		t.Error("nobody is in")
	}
	b := h.agent(t)
	b.asked("anna")
	if resp := b.types(d, code); resp.StatusCode != http.StatusForbidden {
		t.Errorf("used before, it gives %d", resp.StatusCode)
	}
}

func TestOfflinePageChoosesWhoIsNotConnected(t *testing.T) {
	h := newHouse(t, "Lindqvist", false)
	d := h.join("anna", "Pixel 9", trust.Phone)
	laptop := d.add("ThinkPad", trust.Laptop)
	d.add("Office PC", trust.Desktop)
	d.offline()
	laptop.offline()
	d.connect()
	a := h.agent(t)
	a.asked("anna")
	page := a.get("/sign-in/offline")
	if !strings.Contains(page, fmt.Sprintf(`value="%s" checked`, laptop.self.ID)) || strings.Count(page, " checked><span>") != 2 { // and remember
		t.Errorf("another device is chosen:\n%s", page)
	}
	if strings.Contains(page, "Office PC") {
		t.Error("a device without offline codes can be chosen")
	}
	resp := a.types(d, "00000000")
	if page := body(resp); !strings.Contains(page, fmt.Sprintf(`value="%s" checked`, d.self.ID)) {
		t.Errorf("what was chosen before is not chosen:\n%s", page)
	}
}

func TestOfflineCodesAreRefused(t *testing.T) {
	h := newHouse(t, "Lindqvist", false)
	d := h.join("anna", "Pixel 9", trust.Phone)
	seed := d.offline()
	a := h.agent(t)
	a.asked("anna")
	for range verify.OfflineSlowAt {
		a.types(d, h.shows(seed, 50))
	}
	resp := a.types(d, h.shows(seed, 0))
	if page := body(resp); resp.StatusCode != http.StatusTooManyRequests || !strings.Contains(page, "Too many wrong codes. Try again in 15 minutes.") {
		t.Errorf("after five wrong ones: %d\n%s", resp.StatusCode, page)
	}
	h.pass(16 * time.Minute)
	a.asked("anna")
	for range verify.OfflineOffAt - verify.OfflineSlowAt {
		a.types(d, h.shows(seed, 50))
	}
	resp = a.types(d, h.shows(seed, 0))
	if page := body(resp); resp.StatusCode != http.StatusTooManyRequests || !strings.Contains(page, "Offline codes are off") {
		t.Errorf("after ten wrong ones: %d\n%s", resp.StatusCode, page)
	}
	if strings.Contains(a.get("/sign-in"), "/sign-in/offline") {
		t.Error("the page still leads there")
	}
	over := url.Values{"form": {formToken(t, a.get("/sign-in"))}, "device": {d.self.ID.String()}, "code": {h.shows(seed, 0)}}
	d.decline(trust.NotMe)
	if resp := a.post("/sign-in/offline", over); resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/sign-in" {
		t.Errorf("in a sign-in that is over: %d, %q", resp.StatusCode, resp.Header.Get("Location"))
	}
}

// Another site's form, one without our mark, and one without a device count nothing.
func TestForeignOfflineForms(t *testing.T) {
	h := newHouse(t, "Lindqvist", false)
	d := h.join("anna", "Pixel 9", trust.Phone)
	seed := d.offline()
	a := h.agent(t)
	form := formToken(t, a.asked("anna"))
	for name, values := range map[string]url.Values{
		"no mark":        {"device": {d.self.ID.String()}, "code": {h.shows(seed, 0)}},
		"another's mark": {"form": {"AAAA"}, "device": {d.self.ID.String()}, "code": {h.shows(seed, 0)}},
		"no device":      {"form": {form}, "code": {h.shows(seed, 0)}},
		"not a device":   {"form": {form}, "device": {"../account"}, "code": {h.shows(seed, 0)}},
	} {
		if resp := a.post("/sign-in/offline", values); resp.StatusCode != http.StatusForbidden && resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s gives %d", name, resp.StatusCode)
		}
	}
	if resp := a.post("/sign-in/offline", url.Values{"form": {form}, "device": {trust.DeviceID{1}.String()}, "code": {h.shows(seed, 0)}}); resp.StatusCode != http.StatusConflict {
		t.Errorf("a device that is none gives %d", resp.StatusCode)
	}
	if resp := a.types(d, h.shows(seed, 0)); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("after all that the right one gives %d", resp.StatusCode)
	}
	stranger := h.agent(t)
	for _, resp := range []*http.Response{must(stranger.http.Get(h.origin + "/sign-in/offline")), stranger.post("/sign-in/offline", url.Values{})} {
		if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/" {
			t.Errorf("without a sign-in: %d, %q", resp.StatusCode, resp.Header.Get("Location"))
		}
		resp.Body.Close()
	}
}

// TestOfflineInChromium looks at the page in a browser.
func TestOfflineInChromium(t *testing.T) {
	browser := startChromium(t)
	t.Run("in order", func(t *testing.T) { offlinePagesAreInOrder(t, browser) })
	t.Run("keyboard alone", func(t *testing.T) { offlineByKeyboard(t, browser, false) })
	t.Run("without scripts", func(t *testing.T) { offlineByKeyboard(t, browser, true) })
}

func offlinePagesAreInOrder(t *testing.T, browser context.Context) {
	h := newHouse(t, "Lindqvist", false)
	one := h.join("one", "Pixel 9", trust.Phone)
	one.offline()
	many := h.join("many", wide, trust.Phone)
	laptop := many.add("Anna’s ThinkPad", trust.Laptop)
	many.offline()
	laptop.offline()
	off := h.join("off", "Pixel 9", trust.Phone)
	off.offline()
	refused := h.begin("off")
	for range verify.OfflineSlowAt {
		must(h.s.TypeOffline(t.Context(), refused, off.self.ID, "00000000", false, "curl"))
	}
	page := func(secret api.Secret) func(*tab) { return h.at("/sign-in/offline", "countersign-sign-in", secret) }
	b := newTab(t, browser)
	for _, s := range []screen{
		{"offline-link", "", h.at("/sign-in", "countersign-sign-in", h.begin("one"))},
		{"offline-one", "", page(h.begin("one"))},
		{"offline-many", "", page(h.begin("many"))},
		{"offline-wrong", "403", typing(page(h.begin("many")), "12345678\r")},
		{"offline-often", "429", typing(page(refused), "12345678\r")},
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

// offlineByKeyboard goes from the page that waits to the account, at phone width, by
// keys alone.
func offlineByKeyboard(t *testing.T, browser context.Context, bare bool) {
	h, d := home(t)
	laptop := d.add("ThinkPad", trust.Laptop)
	seeds := map[*device]offline.Seed{d: d.offline(), laptop: laptop.offline()}
	b := newTab(t, browser)
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: bare})
	b.enterPassword(h)
	for range 20 {
		if value[string](b, "document.activeElement.textContent") == "Use an offline code" {
			break
		}
		b.press("\t")
	}
	b.press("\r")
	b.arrive("/sign-in/offline", "Type the offline code")
	if value[string](b, "document.querySelector('input[type=radio]:checked').value") != laptop.self.ID.String() {
		t.Error("the device that is not connected is not chosen")
	}
	b.press(h.shows(seeds[d], 0) + "\r") // of the other device
	b.until("document.body.innerText.includes('That is not the code')")
	b.settle("403")
	b.until("document.readyState === 'complete' && document.activeElement.id === 'code'")
	if !b.focusShows() {
		t.Error("the focus cannot be seen")
	}
	b.do(chromedp.Click(chromedp.CSS(fmt.Sprintf("input[value='%s']", d.self.ID))))
	b.do(chromedp.Focus(chromedp.CSS("#code")))
	code := h.shows(seeds[d], 1)
	b.press(code + "\r")
	b.arrive("/account", "Your account")
	b.keepsSecrets(code, password)
}
