package server_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/notice"
)

// posted gives what is to be sent, and sends it.
func (a *home) posted() (out []notice.Message) {
	a.t.Helper()
	ctx := context.Background()
	out = must(a.s.Messages(ctx, 100))
	for _, m := range out {
		ok(a.t, a.s.Sent(ctx, m.ID))
	}
	return out
}

func (a *home) addMail(address string) (api.Contact, error) {
	return a.s.AddContact(context.Background(), a.token(), api.ContactCall{Medium: api.MediumMail, Address: address, Language: "de", Password: password})
}

// confirmed adds an address with the code that is sent to it.
func (a *home) confirmed(address string) api.Contact {
	a.t.Helper()
	k := must(a.addMail(address))
	sent := a.posted()
	ok(a.t, a.s.ConfirmContact(context.Background(), a.token(), k.ID, sent[len(sent)-1].Code))
	a.posted() // that it was confirmed
	return k
}

// An address counts when its code came back, and only the newest code does.
func TestAnAddressIsConfirmed(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna")
	k := must(a.addMail("anna@example.org"))
	first := a.posted()
	if len(first) != 1 || len(first[0].Code) != 8 || first[0].Address != "anna@example.org" || first[0].Language != "de" || first[0].Account != "anna" {
		t.Fatalf("sent %+v", first)
	}
	a.ask(stranger)
	if sent := a.posted(); len(sent) != 0 {
		t.Errorf("an address that nobody confirmed was told %+v", sent)
	}
	must(a.addMail("anna@example.org"))
	again := a.posted()
	refused(t, a.s.ConfirmContact(ctx, a.token(), k.ID, first[0].Code), api.CodePassword, "the code before")
	ok(t, a.s.ConfirmContact(ctx, a.token(), k.ID, again[0].Code[:4]+" "+again[0].Code[4:]))
	if all := must(a.s.Status(ctx, a.token())).Contacts; len(all) != 1 || !all[0].Confirmed || all[0].ID != k.ID {
		t.Errorf("the addresses are %+v", all)
	}
	if sent := a.posted(); len(sent) != 1 || sent[0].Event.Kind != api.EventContact {
		t.Errorf("it was told %+v", sent)
	}
}

// Five tries within a day; then the code is dead. Codes fill nobody's mailbox.
func TestCodesOfAddressesCannotBeGuessed(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna")
	k := must(a.addMail("anna@example.org"))
	code := a.posted()[0].Code
	for range 5 {
		refused(t, a.s.ConfirmContact(ctx, a.token(), k.ID, wrongDigits(code)), api.CodePassword, "a wrong code")
	}
	refused(t, a.s.ConfirmContact(ctx, a.token(), k.ID, code), api.CodeNotFound, "the sixth try")
	for range 4 {
		must(a.addMail("anna@example.org"))
	}
	refused(t, second(a.addMail("anna@example.org")), api.CodeSlow, "a sixth code in a day")
	a.pass(day + time.Second)
	code = ""
	for _, m := range a.posted() {
		code = m.Code
	}
	if code != "" {
		t.Error("a code is sent for an address whose day is over")
	}
}

func wrongDigits(code string) string {
	out := []byte(code)
	out[7] = '0' + (out[7]-'0'+1)%10
	return string(out)
}

func TestAddressesThatAreRefused(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna")
	for medium, addresses := range map[api.Medium][]string{
		api.MediumMail: {"", "anna", "Anna <anna@example.org>", "anna@example.org\r\nBcc: all@example.org", "a@b@c"},
		api.MediumText: {"", "0171 1234567", "+49", "+49171x", "tel:+491711234567"},
	} {
		for _, address := range addresses {
			call := api.ContactCall{Medium: medium, Address: address, Password: password}
			refused(t, second(a.s.AddContact(ctx, a.token(), call)), api.CodeMalformed, "the address "+address)
		}
	}
	refused(t, second(a.s.AddContact(ctx, a.token(), api.ContactCall{Medium: api.MediumWake, Address: "https://ntfy.example/x", Password: password})), api.CodeNotFound, "what the server cannot send")
	refused(t, second(a.s.AddContact(ctx, a.token(), api.ContactCall{Medium: api.MediumMail, Address: "a@example.org", Password: wrongWord})), api.CodePassword, "without the password")
	a.confirmed("a@example.org")
	a.confirmed("b@example.org")
	refused(t, second(a.addMail("c@example.org")), api.CodeMalformed, "a third address")
	phone := a.join("Phone")
	refused(t, second(phone.addMail("d@example.org")), api.CodeYoung, "an address from a new device")
	other := a.house.settle("berta")
	k := must(a.s.Status(ctx, a.token())).Contacts[0]
	refused(t, other.s.RemoveContact(ctx, other.token(), k.ID, password), api.CodeNotFound, "somebody else's address")
}

// The addresses are told in the transaction of what they are told of; a removed one
// last of its own end.
func TestAddressesAreTold(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna").grownUp()
	k := a.confirmed("anna@example.org")
	w := must(a.fresh("New phone").device.Regain(ctx, a.s, a.name, password, a.device.Paper)).Wait
	a.reopen()
	sent := must(a.s.Messages(ctx, 10))
	if len(sent) != 1 || sent[0].Event.Kind != api.EventWait || sent[0].Event.Data.Wait.ID != w.ID {
		t.Fatalf("told %+v", sent)
	}
	ok(t, a.s.Retry(ctx, sent[0].ID, a.clock.Now().Add(time.Minute)))
	if early := must(a.s.Messages(ctx, 10)); len(early) != 0 {
		t.Errorf("put off and given again: %+v", early)
	}
	a.pass(time.Minute)
	late := a.posted()
	if len(late) != 1 || late[0].Tries != 1 || late[0].Stop != sent[0].Stop {
		t.Fatalf("after a minute %+v", late)
	}
	token := strings.TrimPrefix(late[0].Stop, origin+"/s/")
	if seen := must(a.s.ByLink(ctx, token)); seen.Account != "anna" || seen.Wait.ID != w.ID || seen.Stopped != "" {
		t.Errorf("the link shows %+v", seen)
	}
	refused(t, a.s.StopByLink(ctx, flipped(token)), api.CodeNotFound, "a link that was changed")
	ok(t, a.s.StopByLink(ctx, token))
	refused(t, a.s.StopByLink(ctx, token), api.CodeStopped, "the same link again")
	if told := a.posted(); len(told) != 1 || told[0].Event.Kind != api.EventStop || told[0].Event.Data.By != "mail" || told[0].Stop != "" {
		t.Errorf("of the stop it was told %+v", told)
	}
	a.join("Tablet")
	if told := a.posted(); len(told) != 1 || told[0].Device != "Tablet" || told[0].By != "Laptop" || told[0].Event.Data.Op != api.ChangeAdded {
		t.Errorf("of the new device it was told %+v", told)
	}
	ok(t, a.s.RemoveContact(ctx, a.token(), k.ID, password))
	if told := a.posted(); len(told) != 1 || told[0].Event.Data.By != "removed" || told[0].Address != "anna@example.org" {
		t.Errorf("of its end it was told %+v", told)
	}
	ok(t, a.s.ChangePassword(ctx, a.token(), password, nextWord))
	if told := a.posted(); len(told) != 0 {
		t.Errorf("an address that is gone was told %+v", told)
	}
}

func flipped(token string) string {
	if strings.HasSuffix(token[:20], "A") {
		return token[:19] + "B" + token[20:]
	}
	return token[:19] + "A" + token[20:]
}

// The database alone shows no code and no link that stops.
func TestTheDatabaseHoldsNoCodeOfAnAddress(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna").grownUp()
	a.confirmed("anna@example.org")
	must(a.addMail("other@example.org"))
	must(a.fresh("New phone").device.Regain(ctx, a.s, a.name, password, a.device.Paper))
	var secrets []string
	for _, m := range must(a.s.Messages(ctx, 10)) {
		if m.Code != "" {
			secrets = append(secrets, m.Code)
		}
		if m.Stop != "" {
			secrets = append(secrets, strings.TrimPrefix(m.Stop, origin+"/s/"))
		}
	}
	if len(secrets) != 2 {
		t.Fatalf("%d secrets were sent", len(secrets))
	}
	for _, file := range must(filepath.Glob(filepath.Join(a.dir, "countersign.db*"))) {
		raw := must(os.ReadFile(file))
		for _, secret := range secrets {
			if strings.Contains(string(raw), secret) {
				t.Errorf("%s holds a code or a link's token", filepath.Base(file))
			}
		}
	}
}
