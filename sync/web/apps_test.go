package web_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/apppass"
	"github.com/countersign/countersign/trust/chain"
)

// made is an app password.
type made struct {
	id   string
	text string
}

// makes signs what was allowed, hands it in without the account's password, and tells
// how that was taken.
func (d *device) makes(service, label string) (made, error) {
	d.t.Helper()
	st, spec := d.chain(), apppass.Spec{Account: d.account, Service: service, Label: label}
	must(rand.Read(spec.ID[:]))
	p := must(apppass.New(rand.Reader))
	c := must(apppass.Make(spec, p, st.Verifiers()[0]))
	entry := must(st.AddCredential(chain.AsDevice(d.self.ID, d.keys), c, d.h.now()))
	return made{id: hex.EncodeToString(spec.ID[:]), text: p.Text()}, d.line.Append(d.t.Context(), d.session(), entry)
}

func (d *device) removes(m made) error {
	d.t.Helper()
	entry := must(d.chain().RevokeCredential(chain.AsDevice(d.self.ID, d.keys), [16]byte(must(hex.DecodeString(m.id))), d.h.now()))
	return d.line.Append(d.t.Context(), d.session(), entry)
}

// asks asks the devices as the page of a session does.
func (h *house) asks(session api.Secret, change server.AppChange) api.Secret {
	h.t.Helper()
	return must(h.s.StepUp(h.t.Context(), session, change, server.Asking{Address: netip.MustParseAddr("192.0.2.7"), Agent: "Firefox on Windows"}))
}

// grown makes an app password all the way.
func (h *house) grown(d *device, session api.Secret, service, label string) made {
	h.t.Helper()
	step := h.asks(session, server.AppChange{Service: service, Name: label})
	must(h.s.TypeStep(h.t.Context(), session, step, string(d.allow())))
	return must(d.makes(service, label))
}

// opensAccount opens the account page of somebody who is in.
func (b *tab) opensAccount(h *house, session api.Secret) {
	b.t.Helper()
	b.cookie(h, "countersign-session", session)
	b.do(chromedp.Navigate(h.origin + "/account"))
	b.arrive("/account", "Your account")
}

// appPasswordsAsked makes and removes an app password with keys alone. The page never
// has it.
func appPasswordsAsked(t *testing.T, browser context.Context) {
	h, d := home(t)
	b := newTab(t, browser)
	b.opensAccount(h, h.signedIn(d, "anna", "Firefox on Linux", false).Session)
	b.pressButton("Make an app password")
	b.tabTo("app-name")
	b.press("Thunderbird on laptop\r")
	b.arrive("/account/step", "Look at your device")
	b.until("document.body.innerText.includes('Make an app password for Mail: Thunderbird on laptop')")
	code := d.allow()
	b.arrive("/account/step", "Type the code")
	b.press(string(code) + "\r")
	b.arrive("/account/step", "Look at Pixel 9")
	m := must(d.makes("imap", "Thunderbird on laptop"))
	b.arrive("/account/step", "The app password is made")
	b.keepsSecrets(m.text, strings.ReplaceAll(m.text, "-", ""), string(code), password)
	b.pressButton("Back to your account")
	b.arrive("/account", "Your account")
	b.pressButton("Remove Thunderbird on laptop")
	b.arrive("/account/step", "Look at your device")
	b.until("document.body.innerText.includes('Remove the app password for Mail: Thunderbird on laptop')")
	code = d.allow()
	b.arrive("/account/step", "Type the code")
	b.press(string(code) + "\r")
	b.arrive("/account/step", "Look at Pixel 9")
	if err := d.removes(m); err != nil {
		t.Fatal(err)
	}
	b.arrive("/account/step", "The app password is removed")
}

// appPasswordsAskedPlainly goes the same way without scripts, with a wrong code and a
// wrong name on it.
func appPasswordsAskedPlainly(t *testing.T, browser context.Context) {
	h, d := home(t)
	b := newTab(t, browser)
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.opensAccount(h, h.signedIn(d, "anna", "Firefox on Linux", false).Session)
	b.pressButton("Make an app password")
	b.tabTo("app-name")
	b.press("\r")
	b.until("document.body.innerText.includes('Type a name of 1 to 64 letters')")
	b.settle("422")
	b.tabTo("app-name")
	b.press("Thunderbird\r")
	b.arrive("/account/step", "Look at your device")
	code := d.allow()
	b.arrive("/account/step", "Type the code")
	b.press(otherThan(code) + "\r")
	b.until("document.body.innerText.includes('That is not the code')")
	b.settle("403")
	b.arrive("/account/step", "Type the code")
	b.press(string(code) + "\r")
	b.arrive("/account/step", "Look at Pixel 9")
	must(d.makes("imap", "Thunderbird"))
	b.arrive("/account/step", "The app password is made")
}

// Who holds the session's cookie alone gets nothing: not the other browser, not without
// the code, not with a form of another page.
func TestAnAppPasswordIsNotMadeByAPageAlone(t *testing.T) {
	h := newHouse(t, "Lindqvist", false)
	d := h.join("anna", "Pixel 9", trust.Phone)
	session := h.signedIn(d, "anna", "Firefox on Linux", false).Session
	a := h.holding(t, "countersign-session", session)
	form := formToken(t, a.get("/account"))
	for name, values := range map[string]url.Values{
		"no such service": {"form": {form}, "service": {"ftp"}, "name": {"x"}},
		"no such one":     {"form": {form}, "id": {strings.Repeat("0", 32)}},
		"none at all":     {"form": {form}},
	} {
		to := "/account/apps"
		if name != "no such service" {
			to += "/remove"
		}
		if resp := a.post(to, values); resp.StatusCode != 404 {
			t.Errorf("%s is answered %s", name, resp.Status)
		}
	}
	if resp := h.agent(t).post("/account/apps", url.Values{"service": {"imap"}, "name": {"x"}}); resp.Header.Get("Location") != "/" {
		t.Errorf("nobody is answered %s", resp.Status)
	}
	if resp := a.post("/account/apps", url.Values{"form": {form}, "service": {"imap"}, "name": {"x"}}); resp.Header.Get("Location") != "/account/step" {
		t.Fatalf("asking is answered %s", resp.Status)
	}
	code := string(d.allow())
	other := h.holding(t, "countersign-session", h.signedIn(d, "anna", "Firefox on Linux", false).Session)
	if resp := other.post("/account/step", url.Values{"code": {code}}); resp.Header.Get("Location") == "/account/step" {
		t.Errorf("another browser is answered %s", resp.Status)
	}
	if _, err := d.makes("imap", "x"); err == nil {
		t.Error("it is made before its code was typed")
	}
	if page := a.get("/account/step"); !strings.Contains(page, "Type the code") {
		t.Errorf("the page shows\n%s", page)
	}
}

func TestThePageSaysWhenNothingWasMade(t *testing.T) {
	h := newHouse(t, "Lindqvist", false)
	d := h.join("anna", "Pixel 9", trust.Phone)
	session := h.signedIn(d, "anna", "Firefox on Linux", false).Session
	step := h.asks(session, server.AppChange{Service: "imap", Name: "Thunderbird"})
	must(h.s.TypeStep(t.Context(), session, step, string(d.allow())))
	a := h.holding(t, "countersign-session", session)
	a.plant("countersign-step", base64.RawURLEncoding.EncodeToString(step))
	if page := a.get("/account/step"); !strings.Contains(page, "Look at Pixel 9") {
		t.Errorf("while the device has time:\n%s", page)
	}
	h.pass(5*time.Minute + 2*time.Second)
	if page := a.get("/account/step"); !strings.Contains(page, "Nothing was changed") {
		t.Errorf("afterwards:\n%s", page)
	}
}

// appScreens are the screens of app passwords, each of an account of its own.
func (h *house) appScreens() []screen {
	enter := func(name string) (*device, api.Secret) {
		d := h.join(name, "Pixel 9", trust.Phone)
		d.connect()
		return d, h.signedIn(d, name, "Chrome on Linux", false).Session
	}
	holder, first := enter("Anna Lindqvist")
	for _, name := range []string{"Thunderbird on laptop", "Calendar on the phone in the kitchen"} {
		h.grown(holder, first, "imap", name)
	}
	change := server.AppChange{Service: "imap", Name: "Thunderbird on the family laptop"}
	at := func(session, step api.Secret) func(*tab) {
		return h.at("/account/step", "countersign-session", session, "countersign-step", step)
	}
	_, asking := enter("asking")
	code, showing := enter("showing")
	shown := h.asks(showing, change)
	code.allow()
	wait, waiting := enter("waiting")
	typed := h.asks(waiting, change)
	must(h.s.TypeStep(h.t.Context(), waiting, typed, string(wait.allow())))
	made, over := enter("over")
	ended := h.asks(over, change)
	must(h.s.TypeStep(h.t.Context(), over, ended, string(made.allow())))
	must(made.makes(change.Service, change.Name))
	return []screen{
		{"apps-account", "", h.at("/account", "countersign-session", first)},
		{"apps-make", "422", typing(making(h.at("/account", "countersign-session", first)), "\r")},
		{"apps-asked", "", at(asking, h.asks(asking, change))},
		{"apps-code", "", at(showing, shown)},
		{"apps-wait", "", at(waiting, typed)},
		{"apps-made", "", at(over, ended)},
	}
}

// making opens the account page and presses the summary that asks for a new app password.
func making(open func(*tab)) func(*tab) {
	return func(b *tab) {
		open(b)
		b.until("document.readyState === 'complete' && document.querySelector('details.makes')")
		b.do(chromedp.Click(chromedp.CSS("details.makes summary")))
	}
}
