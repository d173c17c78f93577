package e2e

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// browser is a real Chromium in a window of its own on the same display.
type browser struct {
	d   *desk
	ctx context.Context
}

// openBrowser starts Chromium with a new profile.
func (d *desk) openBrowser() *browser {
	d.t.Helper()
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath("/usr/bin/chromium"), chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.UserDataDir(makeFolder(d.t, d.path("chromium"))), chromedp.Env(d.env()...),
		chromedp.WindowSize(700, 860), chromedp.Flag("window-position", "0,0"),
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("password-store", "basic"), chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("lang", "en-US"),
		chromedp.Flag("disable-features", "PasswordManagerOnboarding,Translate,MediaRouter,PasswordLeakDetection"),
		chromedp.Flag("test-type", true), // no warnings above the page
	}
	// No bubble that offers to save passwords covers the page.
	makeFolder(d.t, d.path("chromium/Default"))
	writeFile(d.t, d.path("chromium/Default/Preferences"), `{"credentials_enable_service":false,"profile":{"password_manager_enabled":false}}`, 0o600)
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, close := chromedp.NewContext(allocator)
	d.t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			d.t.Logf("closing the browser: %v", err)
		}
		close()
		end()
	})
	b := &browser{d: d, ctx: ctx}
	if err := chromedp.Do(ctx); err != nil { // the first run starts it, and lives as long as it
		d.t.Fatalf("starting the browser: %v", err)
	}
	return b
}

// do does something on the page, within patience.
func (b *browser) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	b.d.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.d.fail("in the browser, %s: %v; the page says %q", what, err, b.text())
	}
}

// visit opens an address.
func (b *browser) visit(address string) {
	b.d.t.Helper()
	b.do("opening "+address, chromedp.Navigate(address))
}

// reaches opens an address where perhaps nobody answers.
func (b *browser) reaches(address string) bool {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	return chromedp.Do(ctx, chromedp.Navigate(address)) == nil
}

// fill types into the form field of a name.
func (b *browser) fill(name, text string) {
	b.d.t.Helper()
	field := field(name)
	b.do("filling "+name, chromedp.WaitVisible(field),
		chromedp.SendKeys(field, text))
}

// send sends the form that a field is in, as Return does.
func (b *browser) send(name string) {
	b.d.t.Helper()
	b.do("sending "+name, chromedp.SendKeys(field(name), "\n"))
}

// signIn types name and password.
func (b *browser) signIn(name, password string) {
	b.d.t.Helper()
	b.fill("name", name)
	b.fill("password", password)
	b.send("password")
}

// text gives what can be read on the page.
func (b *browser) text() string {
	return b.evaluate(`document.body ? document.body.innerText : ""`)
}

// at gives the path of the page.
func (b *browser) at() string {
	return b.evaluate(`location.pathname`)
}

// evaluate gives what a script says, "" while the page is another one.
func (b *browser) evaluate(script string) string {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](script))
	if err != nil {
		return ""
	}
	return text
}

func field(name string) chromedp.CSS { return chromedp.CSS(`input[name="` + name + `"]`) }

// arrive waits until the page is another.
func (b *browser) arrive(path string) {
	b.d.t.Helper()
	b.d.wait("the browser at "+path, func() bool { return b.at() == path })
}

// see waits until the page says something.
func (b *browser) see(text string) {
	b.d.t.Helper()
	if !eventually(patience, func() bool { return strings.Contains(b.text(), text) }) {
		b.d.fail("%q is not on the page, but %q", text, b.text())
	}
}

// TestBrowserReads sees that the story's eyes work: a check that reads nothing
// would see nothing wrong.
func TestBrowserReads(t *testing.T) {
	b := newDesk(t).openBrowser()
	b.visit("data:text/html,<p>The page</p>")
	b.see("The page")
}

// has reports whether the page has a form field of a name.
func (b *browser) has(name string) bool {
	return b.evaluate(`document.querySelector('input[name="`+name+`"]') ? "yes" : "no"`) == "yes"
}

// enter types a code, and arrives in the account.
func (b *browser) enter(code string) {
	b.d.t.Helper()
	b.see(b.d.page("code.title"))
	b.fill("code", code)
	b.send("code")
	b.arrive("/account")
	b.see(b.d.page("account.title"))
}

// signOut leaves the account, and arrives at the sign-in page.
func (b *browser) signOut() {
	b.d.t.Helper()
	b.visit("http://localhost:" + b.d.port + "/account")
	b.do("signing out", chromedp.Click(chromedp.CSS(`form[action="/account/sign-out"] button`)))
	b.arrive("/")
}
