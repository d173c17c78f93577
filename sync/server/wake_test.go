package server_test

import (
	"errors"
	"testing"

	"github.com/countersign/countersign/sync/api"
)

// A topic for wake-ups is used at once, since it can carry no code, and hears of
// nothing but that somebody asks or something waits.
func TestWakeUps(t *testing.T) {
	h := newHouse(t, origin)
	h.media = append(h.media, api.MediumWake)
	h.reopen()
	a := h.settle("anna").grownUp()
	call := api.ContactCall{Medium: api.MediumWake, Address: "https://ntfy.example/anna", Password: password}
	if k := must(a.s.AddContact(t.Context(), a.token(), call)); !k.Confirmed {
		t.Errorf("the topic is %+v", k)
	}
	a.posted()
	a.ask(stranger)
	if sent := a.posted(); len(sent) != 1 || sent[0].Medium != api.MediumWake || sent[0].Event.Kind != api.EventRequest {
		t.Errorf("for a sign-in went out %+v", sent)
	}
	a.notMe(a.requests()[0])
	if sent := a.posted(); len(sent) != 0 {
		t.Errorf("for an answer went out %+v", sent)
	}
	must(a.s.BeginReset(t.Context(), a.token()))
	if sent := a.posted(); len(sent) != 1 || sent[0].Event.Kind != api.EventWait {
		t.Errorf("for a wait went out %+v", sent)
	}
}

// What could never be sent to is refused when it is added, not silently later.
func TestATopicHasAPath(t *testing.T) {
	h := newHouse(t, origin)
	h.media = append(h.media, api.MediumWake)
	h.reopen()
	a := h.settle("anna").grownUp()
	for _, address := range []string{"https://ntfy.example", "https://ntfy.example/", "https://ntfy.example//", "https://:443/anna", "https://ntfy.example/anna?auth=x", "https://ntfy.example/anna#", "http://ntfy.example/anna", "https://a@ntfy.example/anna"} {
		_, err := a.s.AddContact(t.Context(), a.token(), api.ContactCall{Medium: api.MediumWake, Address: address, Password: password})
		var told *api.Error
		if !errors.As(err, &told) || told.Code != api.CodeMalformed || told.Hint == "" {
			t.Errorf("%q gives %v", address, err)
		}
	}
}
