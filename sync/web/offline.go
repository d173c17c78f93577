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

// offlineForm asks for a code that a device shows without network.
func (p *Pages) offlineForm(w http.ResponseWriter, r *http.Request) {
	p.showOffline(w, r, http.StatusOK, "")
}

// offline takes such a code.
func (p *Pages) offline(w http.ResponseWriter, r *http.Request) {
	secret := p.secret(r, cookieSignIn)
	if !p.mayPost(w, r, secret) {
		return
	}
	var d trust.DeviceID
	if d.UnmarshalText([]byte(r.PostFormValue("device"))) != nil {
		p.show(w, r, http.StatusBadRequest, "message", p.sorry(r, "form"))
		return
	}
	say := p.words[p.language(r)]
	typed, err := p.server.TypeOffline(r.Context(), secret, d, r.PostFormValue("code"), r.PostFormValue("remember") != "", agent(r.UserAgent()))
	var refused server.Refused
	switch {
	case errors.Is(err, server.ErrNoSignIn):
		http.Redirect(w, r, "/", http.StatusSeeOther)
	case errors.Is(err, server.ErrNoOffline):
		p.showOffline(w, r, http.StatusConflict, say["offline.none"])
	case errors.Is(err, trust.ErrCode):
		p.showOffline(w, r, http.StatusUnprocessableEntity, say["offline.not-one"])
	case errors.As(err, &refused):
		p.showOffline(w, r, http.StatusTooManyRequests, offlineRefusal(say, refused))
	case err != nil:
		p.show(w, r, http.StatusInternalServerError, "message", p.sorry(r, "broken"))
	case typed.Outcome == "right":
		p.enter(w, r, typed)
	case typed.Outcome == "wrong":
		p.showOffline(w, r, http.StatusForbidden, say["offline.wrong"])
	default:
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
	}
}

// offlineRefusal gives the sentence for a code that was not compared.
func offlineRefusal(say words, refused server.Refused) string {
	key := map[string]string{"paused": "offline.paused", "off": "offline.off", "offline often": "offline.often"}[string(refused.Reason)]
	if key == "" {
		key = "offline.closed"
	}
	wait, _ := say.wait(time.Until(refused.Until))
	sentence, _ := say.say(key, "wait", wait)
	return sentence
}

// showOffline shows the form, with a sentence below the field. A sign-in that is
// over, or has no device with offline codes, has another page.
func (p *Pages) showOffline(w http.ResponseWriter, r *http.Request, status int, wrong string) {
	secret := p.secret(r, cookieSignIn)
	s, err := p.server.Progress(r.Context(), secret)
	switch {
	case errors.Is(err, server.ErrNoSignIn):
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	case err != nil:
		p.show(w, r, http.StatusInternalServerError, "message", p.sorry(r, "broken"))
		return
	case s.State != "pending" && s.State != "approved", len(s.Offline) == 0 && wrong == "":
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
		return
	}
	v := view{Form: formToken(secret), Sign: s, Wrong: wrong, Rows: offlineRows(s, r.PostFormValue("device"))}
	p.show(w, r, status, "offline", v)
}

// offlineRows gives the devices to choose from. One is chosen: what was chosen
// before, else the first that is not connected.
func offlineRows(s server.Progress, before string) (rows []row) {
	chosen, away := 0, false
	for _, d := range s.Devices {
		if !slices.Contains(s.Offline, d.ID) {
			continue
		}
		one := row{ID: d.ID.String(), Icon: kindIcon(d.Kind), Name: d.Name}
		if strings.EqualFold(one.ID, before) || before == "" && !d.Online && !away {
			chosen, away = len(rows), true
		}
		rows = append(rows, one)
	}
	if len(rows) > 0 {
		rows[chosen].Chosen = true
	}
	return rows
}
