package web_test

import (
	"time"

	"github.com/chromedp/chromedp"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// stopScreens are the pages about what waits, and the account page with all there
// can be on it.
func (h *house) stopScreens() []screen {
	h.ahead.Store(int64(-20 * 24 * time.Hour))
	anna := h.join("anna", "Pixel 9", trust.Phone)
	h.signedIn(anna, "anna", "Firefox on Windows", true)
	h.pass(20 * 24 * time.Hour)
	link := anna.resetLink()
	must(anna.line.AddContact(h.t.Context(), anna.session(), api.ContactCall{Medium: api.MediumMail, Address: "anna.lindqvist@a-long-name-of-a-host.example.org", Language: "de", Password: password}))
	must(anna.line.Leave(h.t.Context(), anna.session(), password))
	in, rings := h.signedIn(anna, "anna", "Firefox on Linux", false), h.begin("anna")
	stopped := h.join("stopped", "Xperia 10", trust.Phone)
	over := stopped.resetLink()
	if err := stopped.line.StopWait(h.t.Context(), stopped.session(), stopped.waits()[0].ID); err != nil {
		h.t.Fatal(err)
	}
	h.left("left")
	return []screen{
		{"stop-link", "", h.at(link)},
		{"stop-link-stopped", "", h.at(over)},
		{"stop-link-unknown", "404", h.at("/s/AAAA")},
		{"stop-ask", "", h.at("/stop")},
		{"stop-ask-wrong", "403", typing(h.at("/stop"), "nobody\tnot the password\r")},
		{"stop-list", "", typing(h.at("/stop"), "anna\t"+password+"\r")},
		{"recover", "", h.at("/recover")},
		{"waiting-asked", "", h.at("/sign-in", "countersign-sign-in", rings)},
		{"account-waits", "", h.at("/account", "countersign-session", in.Session)},
		{"account-left", "", func(b *tab) {
			h.at("/")(b)
			b.until("document.readyState === 'complete'")
			if value[string](b, "location.pathname") == "/" {
				typing(func(*tab) {}, "left\t"+password+"\r")(b)
			} else {
				b.do(chromedp.Reload())
			}
			b.until("document.querySelector('.said.off')")
		}},
	}
}
