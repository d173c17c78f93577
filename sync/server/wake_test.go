package server_test

import (
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
