package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust"
)

// apps is the section of app passwords on the account page.
type apps struct {
	Services []service
	List     []appPassword
	Full     bool
	Name     string // as it was typed
	Wrong    string // sentence below the field
	Opens    bool   // somebody has app passwords, or could
}

// service is one that an app password can be made for.
type service struct {
	ID, Title string
	Chosen    bool
}

// appPassword is one row of the list. What it is never comes here.
type appPassword struct {
	ID, Name, Title, Second string
	Made, Last              moment
	Dead                    bool
}

// appRoutes are the pages on which a device is asked to make or remove app passwords.
func (p *Pages) appRoutes() {
	p.mux.HandleFunc("POST /account/apps", p.makeApp)
	p.mux.HandleFunc("POST /account/apps/remove", p.removeApp)
	p.mux.HandleFunc("GET /account/step", func(w http.ResponseWriter, r *http.Request) { p.showStep(w, r, http.StatusOK, "") })
	p.mux.HandleFunc("POST /account/step", p.typeStep)
	p.mux.HandleFunc("POST /account/step/stop", p.stopStep)
	p.mux.HandleFunc("GET /account/step/live", p.liveStep)
}

// appsOf reads the section; one that cannot be read is left out.
func (p *Pages) appsOf(r *http.Request, session api.Secret) apps {
	all, err := p.server.AppsOf(r.Context(), session)
	if err != nil {
		return apps{}
	}
	out := apps{Full: all.Full, Opens: len(all.Services) > 0 || len(all.List) > 0}
	for i, v := range all.Services {
		out.Services = append(out.Services, service{ID: v.ID, Title: v.Title, Chosen: i == 0})
	}
	w := p.words[p.language(r)]
	for _, a := range all.List {
		one := appPassword{ID: a.ID, Name: a.Name, Title: a.Title, Made: momentOf(a.Made), Dead: a.Over || a.Gone}
		switch {
		case a.Over:
			one.Second = w["apps.over"]
		case a.Gone:
			one.Second = w["apps.gone"]
		case a.Last.IsZero():
			one.Second = w["apps.unused"]
		default:
			one.Last = momentOf(a.Last)
			if a.Network != "" {
				one.Second, _ = w.say("apps.from", "network", a.Network)
			}
		}
		out.List = append(out.List, one)
	}
	return out
}

// choose chooses a service again.
func (a *apps) choose(id string) {
	if !slices.ContainsFunc(a.Services, func(s service) bool { return s.ID == id }) {
		return
	}
	for i := range a.Services {
		a.Services[i].Chosen = a.Services[i].ID == id
	}
}

// makeApp asks the devices for a new app password.
func (p *Pages) makeApp(w http.ResponseWriter, r *http.Request) {
	p.ask(w, r, func() server.AppChange {
		return server.AppChange{Service: r.PostFormValue("service"), Name: strings.TrimSpace(r.PostFormValue("name"))}
	})
}

// removeApp asks the devices to remove one.
func (p *Pages) removeApp(w http.ResponseWriter, r *http.Request) {
	p.ask(w, r, func() server.AppChange {
		id := r.PostFormValue("id")
		if id == "" {
			id = "none" // which names nothing
		}
		return server.AppChange{ID: id}
	})
}

// ask rings the devices for a change and goes to the page that waits for them.
func (p *Pages) ask(w http.ResponseWriter, r *http.Request, change func() server.AppChange) {
	session := p.secret(r, cookieSession)
	if !p.mayPost(w, r, session) {
		return
	}
	step, err := p.server.StepUp(r.Context(), session, change(), server.Asking{
		Address: p.address(r), Agent: agent(r.UserAgent()), Old: p.secret(r, cookieStep),
	})
	say := p.words[p.language(r)]
	var refused server.Refused
	switch {
	case errors.As(err, &refused):
		status, sentence := p.refusal(r, refused)
		v := p.back(r, "not-now", "clock")
		v.Message.Text = sentence
		p.show(w, r, status, "message", v)
	case errors.Is(err, server.ErrAppName):
		p.showAccount(w, r, http.StatusUnprocessableEntity, say["apps.no-name"])
	case errors.Is(err, server.ErrAppMany):
		p.showAccount(w, r, http.StatusConflict, say["apps.full"])
	case errors.Is(err, server.ErrNoApp):
		p.show(w, r, http.StatusNotFound, "message", p.back(r, "no-app", "info"))
	case err != nil:
		p.after(w, r, err, "/account")
	default:
		p.set(w, cookieStep, step, signInFor)
		http.Redirect(w, r, "/account/step", http.StatusSeeOther)
	}
}

// back is a message that leads back to the account.
func (p *Pages) back(r *http.Request, key, icon string) view {
	v := p.calm(r, key, icon)
	v.Message.Link, v.Message.Label = "/account", p.words[p.language(r)]["account.back"]
	return v
}

// showStep shows how a step-up stands, with the sentence of a key below the field.
func (p *Pages) showStep(w http.ResponseWriter, r *http.Request, status int, wrong string) {
	step := p.secret(r, cookieStep)
	s, err := p.server.StepProgress(r.Context(), p.secret(r, cookieSession), step)
	if errors.Is(err, server.ErrNoSignIn) {
		http.Redirect(w, r, "/account", http.StatusSeeOther)
		return
	}
	if err != nil {
		p.after(w, r, err, "/account")
		return
	}
	say := p.words[p.language(r)]
	v := view{Form: formToken(step), Sign: s.Progress, Live: stepShape(s), LiveAt: "/account/step/live", Action: actionSaid(say, s.Action)}
	if wrong != "" {
		v.Wrong, _ = say.say(wrong, "n", s.Digits)
	}
	v.Removes = s.Action.Op == api.ChangeRevoked
	switch {
	case s.State == "pending":
		v.Rows, v.Refresh = p.ringing(r, s.Progress), true
		p.show(w, r, status, "step", v)
	case s.State == "approved":
		v.Tries = p.triesLeft(r, s.Tries)
		p.show(w, r, status, "step", v)
	case s.State == "done" && !s.Made && !s.Over:
		v.Refresh = true
		p.show(w, r, status, "step", v)
	default:
		p.show(w, r, http.StatusOK, "message", p.stepEnd(r, s, v))
	}
}

// stepEnd says how a step-up ended.
func (p *Pages) stepEnd(r *http.Request, s server.Stepping, v view) view {
	say := p.words[p.language(r)]
	switch {
	case s.Made && v.Removes:
		v = p.back(r, "app-removed", "check")
	case s.Made:
		v = p.back(r, "app-made", "check")
		v.Message.Text, _ = say.say("end.app-made.means", "device", s.By)
	case s.State == "burned" || s.State == "denied":
		v = p.back(r, "app-not", "warning")
		v.Message.Tone = "brick"
	default:
		v = p.back(r, "app-not", "clock")
	}
	return v
}

// typeStep takes the code typed for a step-up.
func (p *Pages) typeStep(w http.ResponseWriter, r *http.Request) {
	step := p.secret(r, cookieStep)
	if !p.mayPost(w, r, step) {
		return
	}
	outcome, err := p.server.TypeStep(r.Context(), p.secret(r, cookieSession), step, r.PostFormValue("code"))
	switch {
	case errors.Is(err, server.ErrNoSignIn):
		http.Redirect(w, r, "/account", http.StatusSeeOther)
	case errors.Is(err, trust.ErrCode):
		p.showStep(w, r, http.StatusUnprocessableEntity, "code.not-one")
	case err != nil:
		p.after(w, r, err, "/account")
	case outcome == "not yet":
		p.showStep(w, r, http.StatusConflict, "code.not-yet")
	case outcome == "wrong":
		p.showStep(w, r, http.StatusForbidden, "code.wrong")
	default:
		http.Redirect(w, r, "/account/step", http.StatusSeeOther)
	}
}

// stopStep ends a step-up.
func (p *Pages) stopStep(w http.ResponseWriter, r *http.Request) {
	step := p.secret(r, cookieStep)
	if !p.mayPost(w, r, step) {
		return
	}
	err := p.server.StopStep(r.Context(), p.secret(r, cookieSession), step)
	if errors.Is(err, server.ErrNoSignIn) {
		err = nil
	}
	p.drop(w, cookieStep)
	p.after(w, r, err, "/account")
}

// liveStep is live for a step-up.
func (p *Pages) liveStep(w http.ResponseWriter, r *http.Request) {
	session, step := p.secret(r, cookieSession), p.secret(r, cookieStep)
	p.stream(w, r, func(wake func()) (func(), error) {
		return p.server.ListenStep(r.Context(), session, step, wake)
	}, func() (moving, error) {
		s, err := p.server.StepProgress(r.Context(), session, step)
		waits := s.State == "done" && !s.Made && !s.Over
		return moving{shape: stepShape(s), left: s.Left, more: waits || s.State == "pending" || s.State == "approved"}, err
	})
}

// stepShape is shape with what became of the change.
func stepShape(s server.Stepping) string {
	out := shape(s.Progress)
	switch {
	case s.Made:
		out += " made"
	case s.Over:
		out += " over"
	}
	return out
}

// actionSaid says what was asked for; "" of nothing.
func actionSaid(w words, a api.Action) (said string) {
	switch a.Op {
	case api.ChangeCredential:
		said, _ = w.say("step.make", "service", a.Service, "name", a.Name)
	case api.ChangeRevoked:
		said, _ = w.say("step.remove", "service", a.Service, "name", a.Name)
	}
	return said
}
