package web_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust/pair"
)

// offer is one that a trusted device could show.
func offer() pair.Offer {
	o := pair.Offer{Symbols: must(pair.NewSymbols(rand.Reader))}
	must(rand.Read(o.Fingerprint[:]))
	return o
}

// TestPairPageMaySendNothing: no script and no form of this page has anywhere to
// send what the link carries.
func TestPairPageMaySendNothing(t *testing.T) {
	h := newHouse(t, "Lindqvist", false)
	for _, path := range []string{"/p", "/P"} {
		resp := must(h.agent(t).http.Get(h.origin + path))
		page, policy := body(resp), resp.Header.Get("Content-Security-Policy")
		for _, part := range []string{"connect-src 'none'", "form-action 'none'", "script-src 'self'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: the policy %q lacks %s", path, policy, part)
			}
		}
		if resp.StatusCode != http.StatusOK || len(resp.Cookies()) > 0 || strings.Contains(page, "<a ") || strings.Contains(page, "<form") {
			t.Errorf("%s answers %d with cookies %v and the page\n%s", path, resp.StatusCode, resp.Cookies(), page)
		}
	}
}

// overhear notes every request that reaches the backend, whole.
func (h *house) overhear() (heard func() string) {
	var mu sync.Mutex
	var all strings.Builder
	inner := h.front.Config.Handler
	h.front.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		fmt.Fprintln(&all, r.Method, r.RequestURI, r.Header)
		mu.Unlock()
		inner.ServeHTTP(w, r)
	})
	return func() string { mu.Lock(); defer mu.Unlock(); return all.String() }
}

// pairingLinkStays opens a link as a camera would, copies it, goes on to another
// page, and looks at all that the backend heard.
func pairingLinkStays(t *testing.T, browser context.Context) {
	h, o := newHouse(t, "Lindqvist", false), offer()
	heard := h.overhear()
	b := newTab(t, browser)
	u := must(url.Parse(api.PairLink(h.origin, o)))
	b.do(chromedp.Navigate(u.String()))
	b.arrive("/P", "Pair a device")
	if got := value[string](b, "document.querySelector('.symbols b').textContent"); got != o.Symbols.Spaced() {
		t.Errorf("the page shows %q, the link says %q", got, o.Symbols.Spaced())
	}
	b.do(chromedp.Evaluate[chromedp.Void]("const real = navigator.clipboard.writeText; navigator.clipboard.writeText = function (text) { window.copied = text; return real.call(this, text); }"))
	b.pressButton("Copy the link")
	b.until("document.querySelector('.symbols button').textContent === 'Copied'")
	copied := value[string](b, "window.copied")
	if _, got, err := api.ParsePairLink(copied); err != nil || got != o {
		t.Errorf("copied is %q, which the app reads as %v, %v", copied, got, err)
	}
	b.do(chromedp.Evaluate[chromedp.Void]("location.hash = ''"))
	b.until("document.querySelector('.symbols').hidden && document.body.innerText.includes('This link was cut short')")
	b.do(chromedp.NavigateBack())
	b.until("!document.querySelector('.symbols').hidden")
	b.do(chromedp.Evaluate[chromedp.Void]("location.href = '/i'"))
	b.arrive("/i", "You are invited")
	if got := value[string](b, "document.referrer + document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)"); got != "{}{}" {
		t.Errorf("the next page knows %q", got)
	}
	all := heard()
	if !strings.Contains(all, "GET /P ") || !strings.Contains(all, "GET /i ") {
		t.Fatalf("the backend was not overheard: %s", all)
	}
	for _, part := range []string{string(o.Symbols), strings.Split(o.Text(), ".")[2], "#", "Referer"} {
		if strings.Contains(strings.ToUpper(all), strings.ToUpper(part)) {
			t.Errorf("the backend heard %q in\n%s", part, all)
		}
	}
}

// pairingLinkWithoutScripts says the same in text, and offers nothing that would
// need a script.
func pairingLinkWithoutScripts(t *testing.T, browser context.Context) {
	h := newHouse(t, "Lindqvist", false)
	b := newTab(t, browser)
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.do(chromedp.Navigate(h.origin + "/p#" + offer().Text()))
	b.arrive("/p", "Pair a device")
	text := value[string](b, "document.body.innerText")
	for _, want := range []string{"only in the Countersign app on the new device", "Pair with a device I have", "the whole address of this page", "ends with /p", "Only pair a device you hold in your hand"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if n := value[int](b, "[...document.querySelectorAll('button, a, .symbols')].filter((e) => e.getClientRects().length).length"); n != 0 {
		t.Errorf("%d things on the page need a script", n)
	}
}
