package web

import (
	"errors"
	"net/http"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/server"
)

// waiting is something that was asked for, as pages show it.
type waiting struct {
	Text         string // who asked for what
	Account      string
	Device       string
	Address      string
	Since, Until moment
	Left         string // until then, in words
	Over         bool   // the time has passed, and still it can be stopped

	Action, Form, ID string // of the form that stops it: where to, what ties it to a cookie, which wait
}

// waiting says a wait.
func (p *Pages) waiting(r *http.Request, w api.Wait) waiting {
	words := p.words[p.language(r)]
	out := waiting{Device: w.Name, Address: w.Address, Since: momentOf(w.Since), Until: momentOf(w.Until)}
	out.Text = askedFor(words, &w)
	left := w.Until.Sub(p.server.Clock())
	if out.Over = left <= 0; !out.Over {
		out.Left, _ = words.wait(left)
	}
	return out
}

// stopRoutes are the pages that stop what waits without anybody signed in.
func (p *Pages) stopRoutes() {
	p.mux.HandleFunc("GET "+server.PathStop+"{token}", p.linked)
	p.mux.HandleFunc("POST "+server.PathStop+"{token}", p.stopLinked)
	p.mux.HandleFunc("GET /stop", p.askWaits)
	p.mux.HandleFunc("POST /stop", p.listWaits)
	p.mux.HandleFunc("POST /stop/now", p.stopListed)
	p.mux.HandleFunc("GET /recover", p.recover)
}

// linked shows what the link of a message would stop. Programs that fetch every
// link of a message change nothing by it.
func (p *Pages) linked(w http.ResponseWriter, r *http.Request) {
	s, err := p.server.ByLink(r.Context(), r.PathValue("token"))
	switch {
	case refusedWith(err, api.CodeNotFound):
		p.show(w, r, http.StatusNotFound, "message", p.calm(r, "no-wait", "info"))
	case err != nil:
		p.show(w, r, http.StatusInternalServerError, "message", p.sorry(r, "broken"))
	case s.Stopped != "":
		p.show(w, r, http.StatusOK, "message", p.calm(r, "wait-stopped", "check"))
	case s.Done:
		p.show(w, r, http.StatusOK, "message", p.calm(r, "wait-done", "info"))
	default:
		one := p.waiting(r, s.Wait)
		one.Account = s.Account
		p.show(w, r, http.StatusOK, "stop", view{Waits: []waiting{one}})
	}
}

// stopLinked stops it. There is no cookie that the form could be tied to: who can
// write the address of the form holds what stops it.
func (p *Pages) stopLinked(w http.ResponseWriter, r *http.Request) {
	err := p.server.StopByLink(r.Context(), r.PathValue("token"))
	if err != nil && !refusedWith(err, api.CodeNotFound) && !refusedWith(err, api.CodeStopped) {
		p.show(w, r, http.StatusInternalServerError, "message", p.sorry(r, "broken"))
		return
	}
	http.Redirect(w, r, r.URL.EscapedPath(), http.StatusSeeOther)
}

// askWaits asks for name and password, to show what waits.
func (p *Pages) askWaits(w http.ResponseWriter, r *http.Request) {
	p.show(w, r, http.StatusOK, "look", view{})
}

// listWaits shows what waits, each with a form that stops it. Nobody is signed in by
// it, and the password is not kept: the forms hold what stops, and nothing else.
func (p *Pages) listWaits(w http.ResponseWriter, r *http.Request) {
	if r.ParseForm() != nil {
		p.show(w, r, http.StatusBadRequest, "message", p.sorry(r, "form"))
		return
	}
	ctx := server.WithAddress(r.Context(), p.address(r))
	all, err := p.server.ListWaits(ctx, r.PostFormValue("name"), r.PostFormValue("password"))
	words := p.words[p.language(r)]
	var slow *api.Error
	switch {
	case refusedWith(err, api.CodePassword):
		p.show(w, r, http.StatusForbidden, "look", view{Wrong: words["look.flat"]})
	case errors.As(err, &slow) && slow.Code == api.CodeSlow:
		wait, _ := words.wait(time.Duration(slow.Retry) * time.Second)
		sentence, _ := words.say("refused.wrong often", "wait", wait)
		p.show(w, r, http.StatusTooManyRequests, "look", view{Wrong: sentence})
	case err != nil:
		p.show(w, r, http.StatusInternalServerError, "message", p.sorry(r, "broken"))
	default:
		var v view
		for _, l := range all {
			one := p.waiting(r, l.Wait)
			one.Action, one.ID = "/stop/now", l.Stop
			v.Waits = append(v.Waits, one)
		}
		p.show(w, r, http.StatusOK, "look", v)
	}
}

// stopListed stops what was listed.
func (p *Pages) stopListed(w http.ResponseWriter, r *http.Request) {
	if r.ParseForm() != nil {
		p.show(w, r, http.StatusBadRequest, "message", p.sorry(r, "form"))
		return
	}
	err := p.server.StopListed(r.Context(), r.PostFormValue("wait"))
	switch {
	case refusedWith(err, api.CodeNotFound), refusedWith(err, api.CodeStopped):
		p.show(w, r, http.StatusNotFound, "message", p.calm(r, "no-wait", "info"))
	case err != nil:
		p.show(w, r, http.StatusInternalServerError, "message", p.sorry(r, "broken"))
	default:
		p.show(w, r, http.StatusOK, "message", p.calm(r, "wait-stopped", "check"))
	}
}

// recover says where an account is recovered: in the app. No page takes a recovery key.
func (p *Pages) recover(w http.ResponseWriter, r *http.Request) {
	p.show(w, r, http.StatusOK, "recover", view{})
}

// calm is a message that ends a way; green where all is well.
func (p *Pages) calm(r *http.Request, key, icon string) view {
	v := p.sorry(r, key)
	v.Message.Icon, v.Message.Label = icon, p.words[p.language(r)]["stop.on"]
	if icon == "check" {
		v.Message.Tone = "pine"
	}
	return v
}

func refusedWith(err error, code api.Code) bool {
	var refused *api.Error
	return errors.As(err, &refused) && refused.Code == code
}
