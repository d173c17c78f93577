package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust"
)

// holder is the account page.
type holder struct {
	Name     string
	Devices  []row
	Sessions []browser
	Browsers []browser
	Activity []line
	Contacts []address
	Apps     apps
	Mails    bool   // the server can send messages to addresses
	Paused   moment // until when new browsers are refused; empty = they are not
	Off      bool   // they are refused until a trusted device says otherwise
	Left     bool   // two-step sign-in was switched off
}

// address is where security messages go.
type address struct {
	Address   string
	Confirmed bool
}

// browser is one browser on the account page.
type browser struct {
	ID, Agent string
	Since     moment
	This      bool
}

// moment is a time as pages show it: in UTC, until the script puts it into the
// reader's own clock.
type moment struct{ Machine, Text string }

func momentOf(t time.Time) moment {
	t = t.UTC()
	return moment{Machine: t.Format(time.RFC3339), Text: t.Format("2006-01-02 15:04 UTC")}
}

// account shows the account of who is signed in.
func (p *Pages) account(w http.ResponseWriter, r *http.Request) {
	p.showAccount(w, r, http.StatusOK, "")
}

// showAccount shows it with a sentence below the name of an app password.
func (p *Pages) showAccount(w http.ResponseWriter, r *http.Request, status int, wrong string) {
	secret := p.secret(r, cookieSession)
	h, err := p.server.Holder(r.Context(), secret, p.secret(r, cookieBrowser))
	var beside server.Standing
	if err == nil {
		beside, err = p.server.StandingOf(r.Context(), secret)
	}
	if errors.Is(err, server.ErrSignedOut) {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	if err != nil {
		p.show(w, r, http.StatusInternalServerError, "message", p.sorry(r, "broken"))
		return
	}
	v := view{Form: formToken(secret), Holder: p.holder(r, h)}
	p.beside(r, &v, beside)
	v.Waits = p.waitings(r, beside.Waits, "/account/wait", v.Form)
	v.Holder.Apps = p.appsOf(r, secret)
	if v.Holder.Apps.Wrong = wrong; wrong != "" {
		v.Holder.Apps.Name = r.PostFormValue("name")
		v.Holder.Apps.choose(r.PostFormValue("service"))
	}
	p.show(w, r, status, "account", v)
}

// beside adds what the account stands like.
func (p *Pages) beside(r *http.Request, v *view, s server.Standing) {
	v.Holder.Off, v.Holder.Left = s.Off, s.Left
	if !s.Paused.IsZero() {
		v.Holder.Paused = momentOf(s.Paused)
	}
	for _, k := range s.Contacts {
		v.Holder.Contacts = append(v.Holder.Contacts, address{Address: k.Address, Confirmed: k.Confirmed})
	}
	who, err := p.server.Server(r.Context())
	v.Holder.Mails = err == nil && len(who.Media) > 0 || len(s.Contacts) > 0
}

func (p *Pages) holder(r *http.Request, h server.Holder) holder {
	w := p.words[p.language(r)]
	out := holder{Name: h.Name}
	names := make(map[trust.DeviceID]string)
	for _, d := range h.Devices {
		names[d.ID] = d.Name
		out.Devices = append(out.Devices, row{Icon: kindIcon(d.Kind), Name: d.Name, Second: p.lastSeen(r, d), Since: momentOf(d.Since), New: newness(w, d), Rings: d.Online})
	}
	for _, s := range h.Sessions {
		out.Sessions = append(out.Sessions, browser{ID: s.ID, Agent: w.agent(s.Agent), Since: momentOf(s.Since), This: s.This})
	}
	for _, b := range h.Browsers {
		out.Browsers = append(out.Browsers, browser{ID: b.ID, Agent: w.agent(b.Agent), Since: momentOf(b.Since), This: b.This})
	}
	for _, e := range h.Events {
		if l, ok := lineOf(w, e, names); ok {
			out.Activity = append(out.Activity, l)
		}
	}
	return out
}

// newness says what a new device may not do yet; "" of any other.
func newness(w words, d server.Ringing) string {
	var all []string
	for key, until := range map[string]time.Time{"device.young": d.Young, "device.held": d.Held} {
		if !until.IsZero() {
			s, _ := w.say(key, "until", momentOf(until).Text)
			all = append(all, s)
		}
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// signOut ends the session.
func (p *Pages) signOut(w http.ResponseWriter, r *http.Request) {
	secret := p.secret(r, cookieSession)
	if !p.mayPost(w, r, secret) {
		return
	}
	p.drop(w, cookieSession)
	p.after(w, r, p.server.SignOut(r.Context(), secret), "/")
}

// forget ends another session or makes a browser unknown.
func (p *Pages) forget(w http.ResponseWriter, r *http.Request) {
	secret := p.secret(r, cookieSession)
	if p.mayPost(w, r, secret) {
		p.after(w, r, p.server.Forget(r.Context(), secret, r.PostFormValue("id")), "/account")
	}
}

// invitation says what an invitation link is for. The secret in it stays in the
// browser: it stands behind "#".
func (p *Pages) invitation(w http.ResponseWriter, r *http.Request) {
	p.show(w, r, http.StatusOK, "invitation", view{})
}

// nothing answers for pages that do not exist.
func (p *Pages) nothing(w http.ResponseWriter, r *http.Request) {
	p.show(w, r, http.StatusNotFound, "message", p.sorry(r, "nothing"))
}
