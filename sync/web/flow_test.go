package web_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/countersign/countersign/trust"
)

// home is a house with one account and its connected phone.
func home(t *testing.T) (*house, *device) {
	h := newHouse(t, "Lindqvist", false)
	d := h.join("anna", "Pixel 9", trust.Phone)
	d.connect()
	return h, d
}

// enterPassword goes from the first page to the one that waits, by keys alone.
func (b *tab) enterPassword(h *house) {
	b.t.Helper()
	b.do(chromedp.Navigate(h.origin + "/"))
	b.arrive("/", "Sign in")
	b.press("anna\t" + password + "\r")
	b.arrive("/sign-in", "Look at your device")
}

// tabTo presses Tab until a field has the focus.
func (b *tab) tabTo(id string) {
	b.t.Helper()
	for range 20 {
		if value[string](b, "document.activeElement.id") == id {
			return
		}
		b.press("\t")
	}
	b.t.Fatalf("no way to %s with the Tab key", id)
}

// focusShows reports whether one can see where the focus is.
func (b *tab) focusShows() bool {
	b.t.Helper()
	return value[bool](b, `(() => {
	  const e = document.activeElement;
	  if (e === document.body) return true; // the focus is with the browser itself
	  const drawn = e.closest(".cells") ? e.closest(".cells").querySelector("i.next") : e, s = getComputedStyle(drawn);
	  return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1.5;
	})()`)
}

// keyboardAlone signs in and out with keys only; the focus can be seen on each
// of them, and no secret stands where others could read it.
func keyboardAlone(t *testing.T, browser context.Context) {
	h, d := home(t)
	b := newTab(t, browser)
	b.enterPassword(h)
	code := d.allow()
	b.arrive("/sign-in", "Type the code")
	for range 6 {
		if !b.focusShows() {
			t.Errorf("the focus cannot be seen on %s", value[string](b, "document.activeElement.outerHTML"))
		}
		b.press("\t")
	}
	b.tabTo("code")
	b.press(string(code))
	b.press("\r")
	b.arrive("/account", "Your account")
	b.keepsSecrets(string(code), password)
	for range 20 {
		if value[string](b, "document.activeElement.textContent") == "Sign out" {
			break
		}
		b.press("\t")
	}
	b.press("\r")
	b.arrive("/", "Sign in")
}

// keepsSecrets looks for secrets in the history's addresses and titles, in the
// page, and in what scripts can read.
func (b *tab) keepsSecrets(secrets ...string) {
	b.t.Helper()
	history, err := chromedp.Run(b.ctx, chromedp.NavigationEntries())
	if err != nil {
		b.t.Fatal(err)
	}
	var seen strings.Builder
	for _, e := range history.Entries {
		fmt.Fprintln(&seen, e.URL, e.UserTypedURL, e.Title)
	}
	seen.WriteString(value[string](b, "document.documentElement.outerHTML.replace(/datetime=\"[^\"]*\"|>[^<]*<\\/time>/g, '') + document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)"))
	for _, secret := range secrets {
		for line := range strings.Lines(seen.String()) {
			if strings.Contains(line, secret) && !strings.Contains(line, "localhost:") || strings.Contains(line, "="+secret) {
				b.t.Errorf("%q stands in %q", secret, line)
			}
		}
	}
	if cookies := value[string](b, "document.cookie"); cookies != "" {
		b.t.Errorf("scripts can read the cookies %q", cookies)
	}
}

// keyboardChoosesDevice rings one device alone, all again, then stops.
func keyboardChoosesDevice(t *testing.T, browser context.Context) {
	h := newHouse(t, "Lindqvist", false)
	h.three("anna")
	b := newTab(t, browser)
	b.enterPassword(h)
	b.pressButton("Ring only Anna’s ThinkPad")
	b.until("document.readyState === 'complete' && document.body.innerText.includes('another device was chosen')")
	if n := value[int](b, "document.querySelectorAll('.tile.on').length"); n != 1 {
		t.Errorf("%d devices ring, 1 was chosen", n)
	}
	b.pressButton("Ring all")
	b.until("document.readyState === 'complete' && document.querySelectorAll('.tile.on').length === 2")
	b.pressButton("Stop this sign-in")
	b.arrive("/sign-in", "This sign-in was stopped")
	b.pressButton("Sign in again")
	b.arrive("/", "Sign in")
}

// pressButton goes to a button by its name with Tab and presses Return.
func (b *tab) pressButton(name string) {
	b.t.Helper()
	for range 30 {
		if value[string](b, "document.activeElement.ariaLabel || document.activeElement.textContent.trim()") == name {
			b.press("\r")
			return
		}
		b.press("\t")
	}
	b.t.Fatalf("no way to %q with the Tab key", name)
}

// scriptsOff goes the whole way without scripts: the page asks again by itself
// while it waits, and never again once there is a code to type.
func scriptsOff(t *testing.T, browser context.Context) {
	h, d := home(t)
	b := newTab(t, browser)
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.enterPassword(h)
	code := d.allow()
	b.arrive("/sign-in", "Type the code")
	if n := value[int](b, "document.querySelectorAll('meta[http-equiv=refresh]').length"); n != 0 {
		t.Error("the page that takes the code asks again and would wipe what was typed")
	}
	b.press(otherThan(code) + "\r")
	b.until("document.body.innerText.includes('That is not the code')")
	b.settle("403")
	b.press(string(code) + "\r")
	b.arrive("/account", "Your account")
	b.do(chromedp.Click(chromedp.CSS("header button")))
	b.arrive("/", "Sign in")
}

// movesOnByItself needs nobody at the page: after Allow, after Not me, and when
// Allow was faster than the page.
func movesOnByItself(t *testing.T, browser context.Context) {
	h, d := home(t)
	b := newTab(t, browser)
	b.enterPassword(h)
	code := d.allow()
	b.arrive("/sign-in", "Type the code")
	b.press(string(code) + "\r")
	b.arrive("/account", "Your account")

	other := newTab(t, browser)
	other.enterPassword(h)
	d.decline(trust.NotMe)
	other.arrive("/sign-in", "Stopped on your device")
}

// noAnswerIsLost: once a form is sent, the page waits for its answer and no longer
// for news; a page that moved on meanwhile would lose the cookie in the answer.
func noAnswerIsLost(t *testing.T, browser context.Context) {
	h, d := home(t)
	b := newTab(t, browser)
	call(b, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: "const Source = EventSource; window.EventSource = class extends Source { constructor(to) { super(to); window.stream = this; } }",
	})
	b.enterPassword(h)
	d.allow()
	b.arrive("/sign-in", "Type the code")
	b.until("window.stream && stream.readyState === EventSource.OPEN")
	if state := value[int](b, `(() => {
	  addEventListener("submit", (event) => event.preventDefault());
	  document.querySelector("form").requestSubmit();
	  return stream.readyState;
	})()`); state != 2 {
		t.Errorf("after the form was sent the stream is in state %d, not closed", state)
	}
}

// countsDown compares what the script counts with what the page said.
func countsDown(t *testing.T, browser context.Context) {
	h, _ := home(t)
	b := newTab(t, browser)
	b.enterPassword(h)
	first := value[string](b, "document.querySelector('[data-left]').textContent")
	b.until(fmt.Sprintf("document.querySelector('[data-left]').textContent !== %q", first))
	text := value[string](b, "document.querySelector('[data-left]').textContent")
	var minutes, seconds int
	if n, _ := fmt.Sscanf(text, "%d minute %d seconds left.", &minutes, &seconds); n != 2 || minutes != 1 {
		t.Errorf("the time left is %q, it began with %q", text, first)
	}
}

// localTimes are in the clock of who reads, in the page's language.
func localTimes(t *testing.T, browser context.Context) {
	h, d := home(t)
	in := h.signedIn(d, "anna", "Firefox on Linux", false)
	b := newTab(t, browser)
	call(b, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "Pacific/Auckland"})
	b.language("de")
	h.at("/account", "countersign-session", in.Session)(b)
	b.arrive("/account", "Dein Konto")
	at := must(time.Parse(time.RFC3339, value[string](b, "document.querySelector('time').dateTime")))
	want := at.In(time.FixedZone("NZDT", 13*60*60))
	if got := value[string](b, "document.querySelector('time').textContent"); !strings.Contains(got, want.Format("15:04")) || !strings.Contains(got, want.Format("02.01.2006")) {
		t.Errorf("the time %v is shown as %q", want, got)
	}
}

// pastedCode takes the digits out of what was pasted.
func pastedCode(t *testing.T, browser context.Context) {
	h, d := home(t)
	b := newTab(t, browser)
	b.enterPassword(h)
	code := string(d.allow())
	b.arrive("/sign-in", "Type the code")
	b.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`(() => {
	  const data = new DataTransfer(); data.setData("text", %q);
	  document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, cancelable: true, bubbles: true }));
	})()`, "code: "+code[:2]+" "+code[2:]+"\n")))
	if got := value[string](b, "document.activeElement.value"); got != code {
		t.Errorf("pasted is %q, not the code", got)
	}
	b.press("\r")
	b.arrive("/account", "Your account")
}

// digitsStandInCells measures how far each digit is from the middle of its cell.
func digitsStandInCells(t *testing.T, browser context.Context) {
	h, d := home(t)
	b := newTab(t, browser)
	b.enterPassword(h)
	d.allow()
	b.arrive("/sign-in", "Type the code")
	for _, width := range []int64{320, 390, 1000} {
		b.do(chromedp.EmulateViewport(width, 680))
		far := value[float64](b, `(() => {
		  const field = document.getElementById("code"), s = getComputedStyle(field), pen = document.createElement("canvas").getContext("2d");
		  pen.font = s.fontWeight + " " + s.fontSize + " " + s.fontFamily;
		  const digit = pen.measureText("0").width, left = field.getBoundingClientRect().left + parseFloat(s.borderLeftWidth) + parseFloat(s.paddingLeft);
		  return Math.max(...[...document.querySelectorAll(".cells i")].map((cell, i) => {
		    const box = cell.getBoundingClientRect();
		    return Math.abs(left + i * (digit + parseFloat(s.letterSpacing)) + digit / 2 - (box.left + box.width / 2));
		  }));
		})()`)
		if !(far < 1.5) {
			t.Errorf("%d wide, a digit stands %.1f beside the middle of its cell", width, far)
		}
	}
}

// passwordShown is shown and hidden again on demand.
func passwordShown(t *testing.T, browser context.Context) {
	h, _ := home(t)
	b := newTab(t, browser)
	b.do(chromedp.Navigate(h.origin + "/"))
	b.arrive("/", "Sign in")
	for _, want := range []string{"text", "password"} {
		b.do(chromedp.Click(chromedp.CSS("[data-reveal]")))
		b.until(fmt.Sprintf("document.getElementById('password').type === %q", want))
	}
}

// backAfterSigningIn finds no form that works and no page of the sign-in.
func backAfterSigningIn(t *testing.T, browser context.Context) {
	h, d := home(t)
	b := newTab(t, browser)
	b.enterPassword(h)
	code := d.allow()
	b.arrive("/sign-in", "Type the code")
	b.press(string(code) + "\r")
	b.arrive("/account", "Your account")
	b.do(chromedp.NavigateBack())
	b.arrive("/account", "Your account")
	b.do(chromedp.Navigate(h.origin + "/"))
	b.arrive("/account", "Your account")
	b.do(chromedp.Click(chromedp.CSS("header button")))
	b.arrive("/", "Sign in")
	b.do(chromedp.NavigateBack())
	b.arrive("/", "Sign in")
}

// twoTabs of one browser share one sign-in; the second password begins another
// in its place, and both tabs end signed in.
func twoTabs(t *testing.T, browser context.Context) {
	h, d := home(t)
	one := newTab(t, browser)
	two := one.another()
	one.enterPassword(h)
	first := value[string](one, "document.querySelector('.letters .away').textContent")
	two.enterPassword(h)
	if second := value[string](two, "document.querySelector('.letters .away').textContent"); second == first {
		t.Errorf("the second sign-in has the letters %s of the first", first)
	}
	if n := len(must(d.line.Requests(t.Context(), d.session(), false))); n != 1 {
		t.Errorf("%d sign-ins of one browser wait at the device", n)
	}
	code := d.allow()
	two.arrive("/sign-in", "Type the code")
	two.press(string(code) + "\r")
	two.arrive("/account", "Your account")
	one.arrive("/account", "Your account") // it moves on by itself, and a reload would meet it on its way
}
