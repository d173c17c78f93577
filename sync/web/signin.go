package web

import (
	"errors"
	"net/http"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust"
)

// view is what a page is made of; each page uses some of it.
type view struct {
	Language string
	Server   string
	Form     string // token of the page's forms
	Wrong    string // sentence below the field
	Sign     server.Progress
	Tries    string // sentence about codes left
	Rows     []row
	Refresh  bool   // without scripts the page asks again
	Live     string // with scripts the page moves on when this changes
	LiveAt   string // where it hears of that
	Action   string // what the devices are asked for, beside a sign-in
	Removes  bool   // it is a removal
	Message  message
	Holder   holder
	Waits    []waiting
}

// message is a page that says one thing.
type message struct {
	Icon, Tone, Title, Text, Next, Link, Label string
}

// row is one device on a page.
type row struct {
	ID, Icon, Name, Second, New, End string
	Rings, Chosen                    bool
	Since                            moment
}

const (
	signInFor  = 10 * time.Minute // the cookie; the sign-in itself ends before
	browserFor = 365 * 24 * time.Hour
)

// signInForm asks for name and password.
func (p *Pages) signInForm(w http.ResponseWriter, r *http.Request) {
	if _, err := p.server.Holder(r.Context(), p.secret(r, cookieSession), nil); err == nil {
		http.Redirect(w, r, "/account", http.StatusSeeOther)
		return
	}
	p.show(w, r, http.StatusOK, "signin", view{})
}

// password takes name and password. Whatever is wrong with them, the answer is
// the same page.
func (p *Pages) password(w http.ResponseWriter, r *http.Request) {
	if r.ParseForm() != nil {
		p.show(w, r, http.StatusBadRequest, "message", p.sorry(r, "form"))
		return
	}
	in, err := p.server.Enter(r.Context(), server.Asking{
		Name: r.PostFormValue("name"), Password: r.PostFormValue("password"), Address: p.address(r),
		Agent: agent(r.UserAgent()), Browser: p.secret(r, cookieBrowser), Old: p.secret(r, cookieSignIn),
	})
	var refused server.Refused
	switch {
	case errors.As(err, &refused):
		status, sentence := p.refusal(r, refused)
		p.show(w, r, status, "signin", view{Wrong: sentence})
	case err != nil:
		p.show(w, r, http.StatusInternalServerError, "message", p.sorry(r, "broken"))
	case in.SignIn == nil:
		p.enter(w, r, in.Typed) // two-step sign-in was switched off
	default:
		p.set(w, cookieSignIn, in.SignIn, signInFor)
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
	}
}

// refusal gives the sentence for a sign-in that may not begin.
func (p *Pages) refusal(r *http.Request, refused server.Refused) (int, string) {
	w := p.words[p.language(r)]
	if refused.Reason == "" {
		return http.StatusForbidden, w["refused.wrong"]
	}
	key := "refused." + string(refused.Reason)
	if refused.Until.IsZero() {
		return http.StatusTooManyRequests, w[key]
	}
	wait, _ := w.wait(time.Until(refused.Until))
	sentence, _ := w.say(key, "wait", wait)
	return http.StatusTooManyRequests, sentence
}

// progress shows how a sign-in stands.
func (p *Pages) progress(w http.ResponseWriter, r *http.Request) {
	p.showProgress(w, r, http.StatusOK, "")
}

// showProgress shows it with the sentence of a key below the field for the code.
func (p *Pages) showProgress(w http.ResponseWriter, r *http.Request, status int, wrong string) {
	secret := p.secret(r, cookieSignIn)
	s, err := p.server.Progress(r.Context(), secret)
	if errors.Is(err, server.ErrNoSignIn) {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	if err != nil {
		p.show(w, r, http.StatusInternalServerError, "message", p.sorry(r, "broken"))
		return
	}
	v := view{Form: formToken(secret), Sign: s, Live: shape(s)}
	if wrong != "" {
		v.Wrong, _ = p.words[p.language(r)].say(wrong, "n", s.Digits)
	}
	switch s.State {
	case "pending":
		v.Rows, v.Refresh = p.ringing(r, s), true
		if beside, err := p.server.StandingAt(r.Context(), secret); err == nil { // else it has ended meanwhile
			p.beside(r, &v, beside)
			v.Waits = p.waitings(r, beside.Waits, "/sign-in/wait", v.Form)
		}
		p.show(w, r, status, "waiting", v)
	case "approved":
		v.Tries = p.triesLeft(r, s.Tries)
		p.show(w, r, status, "code", v)
	default:
		p.showEnd(w, r, s)
	}
}

// triesLeft says how many codes may still be typed.
func (p *Pages) triesLeft(r *http.Request, n int) string {
	w := p.words[p.language(r)]
	if n == 1 {
		return w["tries.one"]
	}
	s, _ := w.say("tries.more", "n", n)
	return s
}

// showEnd says how a sign-in ended. Its cookie stays: whoever asks for the page
// twice is told the same twice.
func (p *Pages) showEnd(w http.ResponseWriter, r *http.Request, s server.Progress) {
	if s.State == "done" {
		http.Redirect(w, r, "/account", http.StatusSeeOther)
		return
	}
	p.show(w, r, http.StatusOK, "message", p.sorry(r, string(s.State)))
}

// ringing gives the rows of the devices that are asked.
func (p *Pages) ringing(r *http.Request, s server.Progress) []row {
	w := p.words[p.language(r)]
	var rows []row
	for _, d := range s.Devices {
		one := row{ID: d.ID.String(), Icon: kindIcon(d.Kind), Name: d.Name, Chosen: s.Target == d.ID}
		asked := s.Target.IsZero() || one.Chosen
		switch {
		case d.Away:
			one.Second = w["device.away-now"]
		case s.Silent:
			one.Second = w["device.silent"]
		case d.Online && asked:
			one.Second, one.End, one.Rings = w["device.ringing"], w["device.now"], true
		case !asked:
			one.Second = w["device.not-asked"]
		default:
			one.Second = p.lastSeen(r, d)
		}
		rows = append(rows, one)
	}
	return rows
}

// lastSeen says how long ago a device was connected.
func (p *Pages) lastSeen(r *http.Request, d server.Ringing) string {
	w := p.words[p.language(r)]
	if d.Online {
		return w["device.online"]
	}
	if d.Seen.IsZero() {
		return w["device.never"]
	}
	wait, _ := w.wait(time.Since(d.Seen))
	s, _ := w.say("device.offline", "wait", wait)
	return s
}

func kindIcon(k trust.Kind) string {
	switch k {
	case trust.Phone, trust.Tablet:
		return "phone"
	case trust.Laptop:
		return "laptop"
	case trust.Terminal:
		return "terminal"
	}
	return "desktop"
}

// code takes the typed code.
func (p *Pages) code(w http.ResponseWriter, r *http.Request) {
	secret := p.secret(r, cookieSignIn)
	if !p.mayPost(w, r, secret) {
		return
	}
	typed, err := p.server.Type(r.Context(), secret, r.PostFormValue("code"), r.PostFormValue("remember") != "", agent(r.UserAgent()))
	switch {
	case errors.Is(err, server.ErrNoSignIn):
		http.Redirect(w, r, "/", http.StatusSeeOther)
	case errors.Is(err, trust.ErrCode):
		p.showProgress(w, r, http.StatusUnprocessableEntity, "code.not-one")
	case err != nil:
		p.show(w, r, http.StatusInternalServerError, "message", p.sorry(r, "broken"))
	case typed.Outcome == "right":
		p.enter(w, r, typed)
	case typed.Outcome == "not yet":
		p.showProgress(w, r, http.StatusConflict, "code.not-yet")
	case typed.Outcome == "wrong":
		p.showProgress(w, r, http.StatusForbidden, "code.wrong")
	default:
		p.showProgress(w, r, http.StatusForbidden, "")
	}
}

// enter gives the cookies of who is in. The sign-in's own is of no use any more.
func (p *Pages) enter(w http.ResponseWriter, r *http.Request, t server.Typed) {
	p.drop(w, cookieSignIn)
	p.set(w, cookieSession, t.Session, 0)
	if t.Browser != nil {
		p.set(w, cookieBrowser, t.Browser, browserFor)
	}
	http.Redirect(w, r, "/account", http.StatusSeeOther)
}

// choose rings one device alone.
func (p *Pages) choose(w http.ResponseWriter, r *http.Request) {
	secret := p.secret(r, cookieSignIn)
	if !p.mayPost(w, r, secret) {
		return
	}
	var d trust.DeviceID
	if text := r.PostFormValue("device"); text != "" && d.UnmarshalText([]byte(text)) != nil {
		p.show(w, r, http.StatusBadRequest, "message", p.sorry(r, "form"))
		return
	}
	p.after(w, r, p.server.Choose(r.Context(), secret, d), "/sign-in")
}

// stop ends the browser's own sign-in.
func (p *Pages) stop(w http.ResponseWriter, r *http.Request) {
	secret := p.secret(r, cookieSignIn)
	if p.mayPost(w, r, secret) {
		p.after(w, r, p.server.Stop(r.Context(), secret), "/sign-in")
	}
}

// mayPost refuses a form that was not made for this browser.
func (p *Pages) mayPost(w http.ResponseWriter, r *http.Request, secret api.Secret) bool {
	if r.ParseForm() != nil {
		p.show(w, r, http.StatusBadRequest, "message", p.sorry(r, "form"))
		return false
	}
	if secret == nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return false
	}
	if !ours(r, secret) {
		p.show(w, r, http.StatusForbidden, "message", p.sorry(r, "foreign"))
		return false
	}
	return true
}

// after goes to where something was done, or says that it was not.
func (p *Pages) after(w http.ResponseWriter, r *http.Request, err error, to string) {
	switch {
	case errors.Is(err, server.ErrNoSignIn), errors.Is(err, server.ErrSignedOut):
		http.Redirect(w, r, "/", http.StatusSeeOther)
	case err != nil:
		p.show(w, r, http.StatusInternalServerError, "message", p.sorry(r, "broken"))
	default:
		http.Redirect(w, r, to, http.StatusSeeOther)
	}
}

// sorry is the page for what did not go well.
func (p *Pages) sorry(r *http.Request, key string) view {
	w := p.words[p.language(r)]
	m := message{Icon: "info", Tone: "brass", Title: w["end."+key], Text: w["end."+key+".means"], Link: "/", Label: w["end.again"]}
	if key == "denied" || key == "burned" {
		m.Icon, m.Tone = "warning", "brick"
	}
	return view{Message: m}
}
