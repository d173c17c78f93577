package web

import (
	"errors"
	"net/http"
	"time"

	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust"
)

// textForm offers to send a code to the person's telephone number, or asks for the one
// that was sent.
func (p *Pages) textForm(w http.ResponseWriter, r *http.Request) {
	p.showText(w, r, http.StatusOK, "")
}

// sendText has a code sent.
func (p *Pages) sendText(w http.ResponseWriter, r *http.Request) {
	secret := p.secret(r, cookieSignIn)
	if !p.mayPost(w, r, secret) {
		return
	}
	if err := p.server.SendText(r.Context(), secret); err != nil {
		p.textNot(w, r, err)
		return
	}
	http.Redirect(w, r, "/sign-in/text", http.StatusSeeOther)
}

// text takes such a code.
func (p *Pages) text(w http.ResponseWriter, r *http.Request) {
	secret := p.secret(r, cookieSignIn)
	if !p.mayPost(w, r, secret) {
		return
	}
	say := p.words[p.language(r)]
	typed, err := p.server.TypeText(r.Context(), secret, r.PostFormValue("code"), r.PostFormValue("remember") != "", agent(r.UserAgent()))
	switch {
	case err != nil:
		p.textNot(w, r, err)
	case typed.Outcome == "right":
		p.enter(w, r, typed)
	case typed.Outcome == "wrong":
		p.showText(w, r, http.StatusForbidden, say["text.wrong"])
	case typed.Outcome == "not yet":
		p.showText(w, r, http.StatusConflict, say["text.not-yet"])
	default:
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
	}
}

// textNot says why a code was not sent, or not compared.
func (p *Pages) textNot(w http.ResponseWriter, r *http.Request, err error) {
	say := p.words[p.language(r)]
	var refused server.Refused
	switch {
	case errors.Is(err, server.ErrNoSignIn):
		http.Redirect(w, r, "/", http.StatusSeeOther)
	case errors.Is(err, server.ErrNoText):
		p.showText(w, r, http.StatusConflict, say["text.none"])
	case errors.Is(err, trust.ErrCode):
		p.showText(w, r, http.StatusUnprocessableEntity, say["text.not-one"])
	case errors.As(err, &refused):
		p.showText(w, r, http.StatusTooManyRequests, textRefusal(say, refused))
	default:
		p.show(w, r, http.StatusInternalServerError, "message", p.sorry(r, "broken"))
	}
}

// textRefusal gives the sentence for a code that was not sent, or not compared.
func textRefusal(say words, refused server.Refused) string {
	key := map[string]string{
		"paused": "text.paused", "off": "text.off", "text often": "text.often", "texts often": "text.many", "text spent": "text.spent",
	}[string(refused.Reason)]
	if key == "" {
		key = "text.closed"
	}
	wait, _ := say.wait(time.Until(refused.Until))
	sentence, _ := say.say(key, "wait", wait)
	return sentence
}

// showText shows the page with a sentence. A sign-in that is over, or that no text
// message lets in, has another page.
func (p *Pages) showText(w http.ResponseWriter, r *http.Request, status int, wrong string) {
	secret := p.secret(r, cookieSignIn)
	s, err := p.server.Progress(r.Context(), secret)
	switch {
	case errors.Is(err, server.ErrNoSignIn):
		http.Redirect(w, r, "/", http.StatusSeeOther)
	case err != nil:
		p.show(w, r, http.StatusInternalServerError, "message", p.sorry(r, "broken"))
	case s.State != "pending" && s.State != "approved", s.Text == "" && wrong == "":
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
	default:
		p.show(w, r, status, "text", view{Form: formToken(secret), Sign: s, Wrong: wrong})
	}
}
