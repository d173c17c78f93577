package web_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// screen is one page in one state.
type screen struct {
	name   string
	wanted string // status of the answer, if it says no
	open   func(*tab)
}

// everyScreenIsInOrder opens each page in each state, in both languages and all
// appearances and widths, and examines it. With COUNTERSIGN_GALLERY set to a
// folder it leaves pictures there.
func everyScreenIsInOrder(t *testing.T, browser context.Context) {
	b := newTab(t, browser) // one for all: a tab costs more than a page
	defer func() { b.t = t }()
	for _, s := range screens(t) {
		t.Run(s.name, func(t *testing.T) {
			b.t = t
			call(b, network.ClearBrowserCookies, cdp.Empty{})
			for _, language := range []string{"en", "de"} {
				b.language(language)
				s.open(b)
				b.until("document.readyState === 'complete' && document.querySelector('h1') && document.fonts.status === 'loaded'")
				b.settle(s.wanted)
				b.examine(language)
				b.draw(s.name, language)
			}
		})
	}
}

// draw leaves pictures, if somebody wants to see them.
func (b *tab) draw(name, language string) {
	dir := os.Getenv("COUNTERSIGN_GALLERY")
	if dir == "" {
		return
	}
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"phone", 390, 844}, {"wide", 1000, 680}} {
		for _, look := range appearances {
			if language != "en" && look.name != "light" {
				continue
			}
			b.media(look.scheme, look.contrast)
			b.do(chromedp.EmulateViewport(size.width, size.height))
			file := fmt.Sprintf("web-%s-%s-%s-%s.png", name, size.name, look.name, language)
			if err := os.WriteFile(filepath.Join(dir, file), b.picture(float64(size.width)), 0o644); err != nil {
				b.t.Fatal(err)
			}
		}
	}
}

// picture draws the page in its whole height.
func (b *tab) picture(width float64) []byte {
	b.t.Helper()
	height := value[float64](b, "document.documentElement.scrollHeight")
	beyond := true
	return call(b, page.CaptureScreenshot, page.CaptureScreenshotParams{
		CaptureBeyondViewport: &beyond, Clip: &page.Viewport{Width: width, Height: height, Scale: 1},
	}).Data
}

var appearances = []struct{ name, scheme, contrast string }{
	{"light", "light", "no-preference"},
	{"dark", "dark", "no-preference"},
	{"contrast-light", "light", "more"},
	{"contrast-dark", "dark", "more"},
}

// screens prepares everything there is to look at.
func screens(t *testing.T) []screen {
	h := newHouse(t, "Lindqvist", false)
	all := append(h.enteringScreens(), h.waitingScreens()...)
	all = append(all, h.codeScreens()...)
	all = append(all, h.endedScreens()...)
	all = append(all, newHouse(t, "Lindqvist", false).accountScreens()...)
	all = append(all, newHouse(t, "Allotment association Sonnenschein, Brandenburg an der Havel", false).longScreens()...)
	all = append(all, newHouse(t, "Lindqvist", false).stopScreens()...)
	all = append(all, newHouse(t, "Lindqvist", false).appScreens()...)
	return append(all, newHouse(t, "Lindqvist", false).lateScreens()...)
}

// at opens a path, with cookies.
func (h *house) at(path string, cookies ...any) func(*tab) {
	return func(b *tab) {
		for i := 0; i < len(cookies); i += 2 {
			b.cookie(h, cookies[i].(string), cookies[i+1].(api.Secret))
		}
		b.do(chromedp.Navigate(h.origin + path))
	}
}

// typing opens a page and types into the field that has the focus.
func typing(open func(*tab), keys string) func(*tab) {
	return func(b *tab) {
		open(b)
		b.until("document.readyState === 'complete' && document.activeElement.tagName === 'INPUT'")
		was := value[float64](b, "performance.timeOrigin")
		b.press(keys)
		b.until(fmt.Sprintf("performance.timeOrigin !== %f", was))
	}
}

func (h *house) enteringScreens() []screen {
	berta := h.join("berta", "Pixel 9", trust.Phone)
	h.begin("berta")
	berta.decline(trust.NotMe) // which pauses new browsers for long
	front := h.at("/")
	return []screen{
		{"sign-in", "", front},
		{"sign-in-wrong", "403", typing(front, "nobody\tnot the password\r")},
		{"sign-in-throttled", "429", typing(front, "berta\t"+password+"\r")},
		{"invitation", "", h.at("/i")},
		{"pair", "", h.paired()},
		{"pair-cut", "", h.at("/P")},
		{"nothing", "404", h.at("/nowhere")},
	}
}

// paired opens a pairing link anew: a link that differs from the page's address in
// its fragment alone would not load the page again.
func (h *house) paired() func(*tab) {
	return func(b *tab) {
		b.do(chromedp.Navigate("about:blank"))
		h.at("/p#" + offer().Text())(b)
	}
}

// three makes an account with three devices, one of which is not connected.
func (h *house) three(name string) *device {
	d := h.join(name, "Pixel 9", trust.Phone)
	laptop := d.add("Anna’s ThinkPad", trust.Laptop)
	d.add("Office PC", trust.Desktop)
	d.connect()
	laptop.connect()
	return d
}

func (h *house) waitingScreens() []screen {
	one := h.join("one", "Pixel 9", trust.Phone)
	one.connect()
	h.join("off", "Pixel 9", trust.Phone)
	three, away := h.three("three"), h.three("away")
	all, chosen, put := h.begin("three"), h.begin("three"), h.begin("away")
	if err := h.s.Choose(h.t.Context(), chosen, three.self.ID); err != nil {
		h.t.Fatal(err)
	}
	away.decline(trust.NotNow)
	door := h.join("door", "Pixel 9", trust.Phone)
	door.connect()
	h.begin("door")
	door.decline(trust.NotMe) // which pauses new browsers
	must(door.line.OpenDoor(h.t.Context(), door.session(), password))
	through := h.at("/sign-in", "countersign-sign-in", h.begin("door"))
	wait := func(name string) func(*tab) { return h.at("/sign-in", "countersign-sign-in", h.begin(name)) }
	return []screen{
		{"waiting-one", "", wait("one")},
		{"waiting-offline", "", wait("off")},
		{"waiting-three", "", h.at("/sign-in", "countersign-sign-in", all)},
		{"waiting-chosen", "", h.at("/sign-in", "countersign-sign-in", chosen)},
		{"waiting-away", "", h.at("/sign-in", "countersign-sign-in", put)},
		{"waiting-door", "", func(b *tab) {
			through(b)
			b.until("document.querySelector('.said.brass')")
		}},
		{"waiting-early", "409", earlyCode(wait("one"))},
	}
}

// earlyCode types a code before any device shows one.
func earlyCode(open func(*tab)) func(*tab) {
	return func(b *tab) {
		open(b)
		b.until("document.readyState === 'complete'")
		b.do(chromedp.Evaluate[chromedp.Void]("document.querySelector('details').open = true; document.getElementById('code').focus()"))
		typing(func(*tab) {}, "1234\r")(b)
	}
}

func (h *house) codeScreens() []screen {
	d := h.join("dora", "Pixel 9", trust.Phone)
	d.connect()
	fresh := h.begin("dora")
	d.allow()
	wrong := h.begin("dora")
	code := d.allow()
	return []screen{
		{"code", "", h.at("/sign-in", "countersign-sign-in", fresh)},
		{"code-half", "", func(b *tab) {
			h.at("/sign-in", "countersign-sign-in", fresh)(b)
			b.until("document.readyState === 'complete' && document.activeElement.id === 'code'")
			b.press("40")
		}},
		{"code-wrong", "403", typing(h.at("/sign-in", "countersign-sign-in", wrong), otherThan(code)+"\r")},
	}
}

func (h *house) endedScreens() []screen {
	ended := func(name string, end func(*device, api.Secret)) func(*tab) {
		d := h.join(name, "Pixel 9", trust.Phone)
		secret := h.begin(name)
		end(d, secret)
		return h.at("/sign-in", "countersign-sign-in", secret)
	}
	return []screen{
		{"denied", "", ended("denied", func(d *device, _ api.Secret) { d.decline(trust.NotMe) })},
		{"burned", "", ended("burned", func(d *device, s api.Secret) {
			wrong := otherThan(d.allow())
			for range 3 {
				must(h.s.Type(h.t.Context(), s, wrong, false, "curl"))
			}
		})},
		{"stopped", "", ended("stopped", func(_ *device, s api.Secret) {
			if err := h.s.Stop(h.t.Context(), s); err != nil {
				h.t.Fatal(err)
			}
		})},
		{"foreign", "403", foreignForm(h)},
	}
}

// foreignForm sends a form that was made for another browser.
func foreignForm(h *house) func(*tab) {
	h.join("emil", "Pixel 9", trust.Phone)
	secret := h.begin("emil")
	return func(b *tab) {
		h.at("/sign-in", "countersign-sign-in", secret)(b)
		b.until("document.readyState === 'complete'")
		b.do(chromedp.Evaluate[chromedp.Void](`const f = document.querySelector("form[action='/sign-in/stop']"); f.elements.form.value = "AAAA"; f.submit()`))
		b.until("location.pathname === '/sign-in/stop'")
	}
}

func (h *house) accountScreens() []screen {
	h.ahead.Store(int64(-20 * time.Hour))
	d := h.join("Anna Lindqvist", "Pixel 9", trust.Phone)
	laptop := d.add("Anna’s ThinkPad", trust.Laptop)
	d.add("Office PC", trust.Desktop)
	h.signedIn(d, "Anna Lindqvist", "Firefox on Windows", true)
	laptop.session()
	h.pass(19 * time.Hour)
	h.signedIn(d, "Anna Lindqvist", "Safari on iPhone", true)
	h.pass(time.Hour)
	d.connect()
	full := h.signedIn(d, "Anna Lindqvist", "Chrome on Linux", true)
	h.begin("Anna Lindqvist")
	d.decline(trust.NotMe)
	f := h.join("friedrich", "Pixel 9", trust.Phone)
	first := h.signedIn(f, "friedrich", "Firefox on Linux", false)
	return []screen{
		{"account", "", h.at("/account", "countersign-session", full.Session, "countersign-browser", full.Browser)},
		{"account-new", "", h.at("/account", "countersign-session", first.Session)},
	}
}

// longScreens has the longest names there can be.
func (h *house) longScreens() []screen {
	d := h.join(wide, wide, trust.Phone)
	d.add(wide, trust.Laptop)
	d.connect()
	in := h.signedIn(d, wide, "Samsung Internet on ChromeOS", true)
	link := d.resetLink()
	waits, shown := h.begin(wide), h.begin(wide)
	d.allow()
	return []screen{
		{"long-sign-in", "", h.at("/")},
		{"long-waiting", "", h.at("/sign-in", "countersign-sign-in", waits)},
		{"long-code", "", h.at("/sign-in", "countersign-sign-in", shown)},
		{"long-account", "", h.at("/account", "countersign-session", in.Session, "countersign-browser", in.Browser)},
		{"long-stop-link", "", h.at(link)},
		{"long-stop-list", "", typing(h.at("/stop"), wide+"\t"+password+"\r")},
		{"long-invitation", "", h.at("/i")},
		{"long-pair", "", h.paired()},
	}
}

// lateScreens need time to go by.
func (h *house) lateScreens() []screen {
	h.join("anna", "Pixel 9", trust.Phone)
	var last api.Secret
	for range 3 {
		last = h.begin("anna")
		h.pass(6 * time.Minute)
	}
	h.ahead.Add(int64(2 * time.Hour))
	silent := h.begin("anna")
	return []screen{
		{"expired", "", h.at("/sign-in", "countersign-sign-in", last)},
		{"waiting-silent", "", h.at("/sign-in", "countersign-sign-in", silent)},
	}
}
