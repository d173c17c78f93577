package terminal

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// Every kind of event is told in words of its own.
func TestEveryKindIsTold(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for want, a := range map[string]app.Activity{
		"somebody asked for this: Phone joins, by password and recovery key; it can be stopped until 2026-11-22 13:00": {Kind: "wait", Asked: api.WaitDevice},
		"half of a wait is over: another password, asked for on Phone; it can be stopped until 2026-11-22 13:00":       {Kind: "wait-half", Asked: api.WaitPassword},
		"a wait is over: Phone removed": {Kind: "wait-over", Asked: api.WaitRemove},
		"what waited was stopped on Laptop: two-step verification off, asked for on Phone": {Kind: "wait-stop", Asked: api.WaitLeave, By: "device", Who: "Laptop"},
		"the password was replaced with the recovery key on Phone":                         {Kind: "reset", By: "key"},
		"Phone came in with password and recovery key":                                     {Kind: "regained"},
		"two-step verification was switched off: the password alone lets in":               {Kind: "left"},
		"the account was begun anew: this one is over":                                     {Kind: "replaced"},
		"security messages go to a@example.org":                                            {Kind: "contact", Address: "a@example.org"},
		"text messages to this number let in who has the password: +491711234542":          {Kind: "contact", By: "sign-in", Address: "+491711234542"},
		"text messages to this number let nobody in any more: +491711234542":               {Kind: "contact", By: "no-sign-in", Address: "+491711234542"},
		"signed in with a text message, and no trusted device: Firefox from ":              {Kind: "text"},
		"a wrong code of a text message was typed: Firefox from ":                          {Kind: "wrong", By: "text"},
		"signed in with the password alone: Firefox from ":                                 {Kind: "done", By: "password"},
		"a wrong offline code was typed: Firefox from ":                                    {Kind: "wrong", By: "offline"},
		"you allowed a sign-in, asked 2026-11-22 11:00:00: Firefox from ":                  {Kind: app.EntryUnaccounted, Answer: trust.Allow},
	} {
		a.Device, a.Agent, a.Until, a.Asking = "Phone", "Firefox", noon.Add(time.Hour), noon.Add(-time.Hour)
		if got := happened(a); got != want {
			t.Errorf("%s is told as %q, want %q", a.Kind, got, want)
		}
	}
}

// What does not match stands out, for people and for scripts.
func TestDoubtIsTold(t *testing.T) {
	for want, a := range map[string]app.Activity{
		"WITHOUT AN ANSWER OF YOUR TRUSTED DEVICES": {Kind: "done", Doubt: true},
		"THE SERVER DOES NOT SAY WHAT CAME OF IT":   {Kind: app.EntryUnaccounted, Doubt: true},
	} {
		if got := sentence(a); !strings.HasSuffix(got, want) {
			t.Errorf("%s is told as %q", a.Kind, got)
		}
		var line struct{ Doubt bool }
		raw, err := json.Marshal(activityLine(a))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &line); err != nil || !line.Doubt {
			t.Errorf("%s does not say so in JSON: %v", a.Kind, err)
		}
	}
}
