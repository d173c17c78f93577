package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust"
)

// waitRoutes are the forms about waits and pauses of pages with a cookie.
func (p *Pages) waitRoutes() {
	p.mux.HandleFunc("POST /sign-in/wait", p.stopWait(cookieSignIn, p.server.StopAt, "/sign-in"))
	p.mux.HandleFunc("POST /sign-in/pause", p.pause(cookieSignIn, p.server.PauseAt, "/sign-in"))
	p.mux.HandleFunc("POST /account/wait", p.stopWait(cookieSession, p.server.StopOf, "/account"))
	p.mux.HandleFunc("POST /account/pause", p.pause(cookieSession, p.server.PauseOf, "/account"))
	p.mux.HandleFunc("POST /account/on", p.turnOn)
}

// waitings says waits, each with the form that stops it.
func (p *Pages) waitings(r *http.Request, all []api.Wait, action, form string) []waiting {
	var out []waiting
	for _, w := range all {
		one := p.waiting(r, w)
		one.Action, one.Form, one.ID = action, form, w.ID.String()
		out = append(out, one)
	}
	return out
}

// stopWait stops what a form names. One that is over by now needs no word: the page
// shows that it is gone.
func (p *Pages) stopWait(cookie string, stop func(context.Context, api.Secret, trust.WaitID) error, back string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		secret := p.secret(r, cookie)
		if !p.mayPost(w, r, secret) {
			return
		}
		var id trust.WaitID
		if id.UnmarshalText([]byte(r.PostFormValue("wait"))) != nil {
			p.show(w, r, http.StatusBadRequest, "message", p.sorry(r, "form"))
			return
		}
		err := stop(r.Context(), secret, id)
		if refusedWith(err, api.CodeStopped) {
			err = nil
		}
		p.after(w, r, err, back)
	}
}

// pause refuses new browsers for a day.
func (p *Pages) pause(cookie string, pause func(context.Context, api.Secret) error, back string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		secret := p.secret(r, cookie)
		if p.mayPost(w, r, secret) {
			p.after(w, r, pause(r.Context(), secret), back)
		}
	}
}

// turnOn rings the devices: the code that one of them shows switches two-step
// sign-in on again.
func (p *Pages) turnOn(w http.ResponseWriter, r *http.Request) {
	session := p.secret(r, cookieSession)
	if !p.mayPost(w, r, session) {
		return
	}
	secret, err := p.server.TurnOn(r.Context(), session, server.Asking{
		Address: p.address(r), Agent: agent(r.UserAgent()), Old: p.secret(r, cookieSignIn),
	})
	var refused server.Refused
	switch {
	case errors.As(err, &refused):
		status, sentence := p.refusal(r, refused)
		v := p.calm(r, "not-now", "clock")
		v.Message.Text, v.Message.Link, v.Message.Label = sentence, "/account", p.words[p.language(r)]["account.back"]
		p.show(w, r, status, "message", v)
	case errors.Is(err, server.ErrOn):
		http.Redirect(w, r, "/account", http.StatusSeeOther)
	case err != nil:
		p.after(w, r, err, "/account")
	default:
		p.set(w, cookieSignIn, secret, signInFor)
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
	}
}
