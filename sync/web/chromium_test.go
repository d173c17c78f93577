package web_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/countersign/countersign/sync/api"
)

// patience is how long a page may take to come.
const patience = 20 * time.Second

// TestInChromium starts one browser for everything that is looked at in it.
func TestInChromium(t *testing.T) {
	browser := startChromium(t)
	for _, one := range []struct {
		name string
		test func(*testing.T, context.Context)
	}{
		{"every screen is in order", everyScreenIsInOrder},
		{"keyboard alone", keyboardAlone},
		{"app passwords", appPasswordsAsked},
		{"app passwords with scripts off", appPasswordsAskedPlainly},
		{"keyboard chooses a device", keyboardChoosesDevice},
		{"scripts off", scriptsOff},
		{"moves on by itself", movesOnByItself},
		{"no answer is lost", noAnswerIsLost},
		{"counts down", countsDown},
		{"local times", localTimes},
		{"a pasted code", pastedCode},
		{"digits stand in cells", digitsStandInCells},
		{"the password shown", passwordShown},
		{"back after signing in", backAfterSigningIn},
		{"two tabs", twoTabs},
		{"keyboard stops", keyboardStops},
		{"keyboard stops by a link", keyboardStopsByLink},
		{"keyboard turns on", keyboardTurnsOn},
		{"another origin", anotherOrigin},
		{"a pairing link stays in the browser", pairingLinkStays},
		{"a pairing link without scripts", pairingLinkWithoutScripts},
	} {
		t.Run(one.name, func(t *testing.T) { one.test(t, browser) })
	}
}

// startChromium gives a browser that ends with the test. Where there is none the
// test is skipped, but not where changes are judged.
func startChromium(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal("chromium is not installed: the pages cannot be examined")
	}
	if err != nil {
		t.Skip("chromium is not installed: the pages are not looked at in a browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.DisableGPU, chromedp.NoSandbox, chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true))
	allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
	browser, quit := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		if err := chromedp.Cancel(browser); err != nil {
			t.Logf("closing the browser: %v", err)
		}
		quit()
		end()
	})
	if err := chromedp.Do(browser); err != nil {
		t.Fatalf("starting the browser: %v", err)
	}
	return browser
}

// tab is one page of a browser profile of its own. Whatever its console complains
// about fails the test, what the content policy refused above all.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex
	complaints []string
	refusals   []string // of the console about answers that say no
}

// newTab opens a tab in a profile without cookies.
func newTab(t *testing.T, browser context.Context) *tab {
	t.Helper()
	return openTab(t, browser, chromedp.WithNewBrowserContext())
}

// another opens a second tab in the same profile.
func (b *tab) another() *tab { return openTab(b.t, b.ctx) }

func openTab(t *testing.T, parent context.Context, options ...chromedp.ContextOption) *tab {
	t.Helper()
	b := &tab{t: t}
	ctx, cancel := chromedp.NewContext(parent, append(options, chromedp.WithListener(b.hear))...)
	b.ctx = ctx
	t.Cleanup(func() {
		b.settle()
		cancel()
	})
	b.do(chromedp.EmulateViewport(390, 844))
	call(b, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	return b
}

func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		text := fmt.Sprintf("%s: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		switch {
		case strings.Contains(e.Entry.Text, "responded with a status of"):
			b.refusals = append(b.refusals, text)
		case e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning:
			b.complaints = append(b.complaints, text)
		}
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		b.complaints = append(b.complaints, fmt.Sprintf("console.%s", e.Type))
	}
}

// settle fails the test for what the console said since the last time; the
// statuses given are answers that were wanted.
func (b *tab) settle(wanted ...string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.complaints {
		b.t.Errorf("the console says: %s", c)
	}
	for _, r := range b.refusals {
		if !slices.ContainsFunc(wanted, func(status string) bool { return strings.Contains(r, "status of "+status) }) {
			b.t.Errorf("the console says: %s", r)
		}
	}
	b.complaints, b.refusals = nil, nil
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if len(steps) == 0 || chromedp.FromContext(b.ctx).Target == nil {
		ctx = b.ctx // the first step opens the tab, which lives as long as its context
	}
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("in the browser: %v", err)
	}
}

// evaluate gives what an expression is worth on the page.
func evaluate[T any](b *tab, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression))
}

func value[T any](b *tab, expression string) T {
	b.t.Helper()
	v, err := evaluate[T](b, expression)
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until waits for a condition on the page, over any change of pages.
func (b *tab) until(condition string) {
	b.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if held, err := evaluate[bool](b, "Boolean("+condition+")"); err == nil && held {
			return
		}
	}
	text, _ := evaluate[string](b, "location.href + ' ' + document.body.innerText")
	b.t.Fatalf("never: %s; the page is %q", condition, text)
}

// arrive waits for a page to be whole, by its path and its heading, and for the
// keyboard to be where the page puts it: browsers do that a moment later.
func (b *tab) arrive(path, heading string) {
	b.t.Helper()
	b.until(fmt.Sprintf("document.readyState === 'complete' && location.pathname === %q && document.querySelector('h1').textContent === %q"+
		" && (!document.querySelector('#code[autofocus]') || document.activeElement.id === 'code')", path, heading))
}

// press presses keys one after another, as a person at a keyboard would.
func (b *tab) press(keys string) { b.t.Helper(); b.do(chromedp.KeyEvent(keys)) }

// language asks for pages in one language.
func (b *tab) language(accept string) {
	b.t.Helper()
	call(b, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": accept}})
}

// cookie puts one of our cookies into the profile.
func (b *tab) cookie(h *house, name string, secret api.Secret) {
	b.t.Helper()
	yes := true
	call(b, network.SetCookie, network.SetCookieParams{
		Name: name, Value: base64.RawURLEncoding.EncodeToString(secret), URL: h.origin, HTTPOnly: &yes, SameSite: network.CookieSameSiteLax,
	})
}

// media sets what the system prefers.
func (b *tab) media(scheme, contrast string) {
	b.t.Helper()
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-contrast", Value: contrast},
	}})
}
