package web

import (
	"testing"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// TestWhatHappenedInWords says events whole: what, to which device, by whom, from where.
func TestWhatHappenedInWords(t *testing.T) {
	all, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	phone, lost := trust.DeviceID{1}, trust.DeviceID{2}
	names := map[trust.DeviceID]string{phone: "Phone"}
	asked := &api.Wait{Kind: api.WaitDevice, Name: "Xperia"}
	for want, e := range map[[2]string]api.Event{
		{"Tablet was added as a trusted device", "On Phone"}:                       {Kind: api.EventChain, Data: api.EventData{Op: api.ChangeAdded, Name: "Tablet", Device: phone}},
		{"Phone was removed from the trusted devices", "With the recovery key"}:    {Kind: api.EventChain, Data: api.EventData{Op: api.ChangeRemoved, Name: "Phone"}},
		{"The recovery key was replaced", "On a removed device"}:                   {Kind: api.EventChain, Data: api.EventData{Op: api.ChangeRecovery, Device: lost}},
		{"Password replaced on Phone, with the recovery key", ""}:                  {Kind: api.EventReset, Data: api.EventData{By: "key", Device: phone}},
		{"Signed in with an offline code of Phone", "Firefox on Linux, 192.0.2.1"}: {Kind: api.EventOffline, Data: api.EventData{Device: phone, Agent: "Firefox on Linux", Address: "192.0.2.1"}},
		{"Signed in with the password alone", "192.0.2.1"}:                         {Kind: api.EventDone, Data: api.EventData{By: "password", Address: "192.0.2.1"}},
		{"Signed in", ""}: {Kind: api.EventDone, Data: api.EventData{By: "a way of later"}},
		{"Somebody with the password and the recovery key asked to add “Xperia” as a trusted device.", "192.0.2.1"}: {Kind: api.EventWait, Data: api.EventData{Wait: asked, Address: "192.0.2.1"}},
		{"Stopped: Somebody with the password and the recovery key asked to add “Xperia” as a trusted device.", ""}: {Kind: api.EventStop, Data: api.EventData{Wait: asked, By: "a way of later"}},
		{"The wait is over. “Phone” asked for a change to the account.", ""}:                                        {Kind: api.EventReady, Data: api.EventData{Wait: &api.Wait{Kind: "of later", Name: "Phone"}}},
		{"a@example.org gets no security messages any more", ""}:                                                    {Kind: api.EventContact, Data: api.EventData{By: "removed", Address: "a@example.org", Device: phone}},
		{"Recovered: Phone is trusted, by password and recovery key", ""}:                                           {Kind: api.EventRegained, Data: api.EventData{Device: phone}},
		{"Stopped: “Phone” asked to switch two-step sign-in off.", "By the link of a message"}:                      {Kind: api.EventStop, Data: api.EventData{By: "mail", Wait: &api.Wait{Kind: api.WaitLeave, Name: "Phone"}}},
		{"Stopped: A trusted device asked to remove “Phone”.", "On Phone"}:                                          {Kind: api.EventStop, Data: api.EventData{By: "device", Device: phone, Wait: &api.Wait{Kind: api.WaitRemove, Name: "Phone"}}},
	} {
		if got, ok := lineOf(all["en"], e, names); !ok || got.Text != want[0] || got.Second != want[1] {
			t.Errorf("%v is told as %q, %q, not %q", e, got.Text, got.Second, want)
		}
	}
	for _, e := range []api.Event{{Kind: api.EventChain}, {Kind: api.EventAnswered}, {Kind: "of later"}} {
		if got, ok := lineOf(all["en"], e, names); ok {
			t.Errorf("%v is told as %q", e, got.Text)
		}
	}
}
