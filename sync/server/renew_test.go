package server_test

import (
	"context"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/api/apitest"
)

// Who lost all three things begins anew under the old name, three days after the
// operator asked; whoever still has one of them can stop it until then.
func TestTheOperatorBeginsAnAccountAnew(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna").grownUp()
	a.confirmed("anna@example.org")
	browser := a.known(somewhere)
	asked := must(a.s.Renew(ctx, "Anna"))
	if asked.Link != "" || !asked.Until.Equal(a.clock.Now().Add(3*day)) {
		t.Fatalf("it began as %+v", asked)
	}
	sent := a.posted()
	if last := sent[len(sent)-1]; last.Event.Kind != api.EventWait || last.Event.Data.Wait.Kind != api.WaitRenew || last.Stop == "" {
		t.Errorf("the address was told %+v", last)
	}
	a.pass(3*day - time.Second)
	if early := must(a.s.Renew(ctx, "anna")); early.Link != "" {
		t.Error("a link before the wait is over")
	}
	a.lets(password) // nothing has changed until the link is used
	a.pass(time.Second)
	link := must(a.s.Renew(ctx, "anna")).Link
	a.lets(password)
	token := a.token()
	b := &home{house: a.house, name: "anna", device: must(apitest.Join(ctx, a.s, link, "anna", nextWord, a.clock.Now()))}
	b.lets(nextWord)

	refused(t, second(a.s.Status(ctx, token)), api.CodeSession, "the old device's session")
	_, err := a.device.Session(ctx, a.s)
	refused(t, err, api.CodeDevice, "another session of the old device")
	_, err = a.fresh("Late").device.Regain(ctx, a.s, "anna", password, a.device.Paper)
	refused(t, err, api.CodePassword, "the old password and key")
	if _, err := a.begin(browser, password); err == nil {
		t.Error("the old password signs in")
	}
	sent = a.posted()
	if last := sent[len(sent)-1]; last.Event.Kind != api.EventReplaced || last.Address != "anna@example.org" {
		t.Errorf("at last the address was told %+v", last)
	}
	if seen := must(b.s.Status(ctx, b.token())); len(seen.Contacts) != 0 {
		t.Errorf("the new account has the old one's addresses: %+v", seen.Contacts)
	}
	_, err = apitest.Join(ctx, a.s, link, "anna", wrongWord, a.clock.Now())
	refused(t, err, api.CodeInvitation, "the link again")
}

func TestBeginningAnewIsStopped(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna").grownUp()
	_, err := a.s.Renew(ctx, "nobody")
	refused(t, err, api.CodeNotFound, "a name without account")
	must(a.s.Renew(ctx, "anna"))
	a.pass(4 * day)
	link := must(a.s.Renew(ctx, "anna")).Link
	waits := must(a.s.Status(ctx, a.token())).Waits
	ok(t, a.s.StopBy(ctx, api.Factor{Name: "anna", Password: password}, waits[0].ID)) // the link is out already
	_, err = apitest.Join(ctx, a.s, link, "anna", nextWord, a.clock.Now())
	refused(t, err, api.CodeInvitation, "the link of what was stopped")
	if again := must(a.s.Renew(ctx, "anna")); again.Link != "" || !again.Until.Equal(a.clock.Now().Add(3*day)) {
		t.Errorf("asked for again it is %+v", again)
	}
	a.lets(password)
}

// The old account is not found by any name.
func TestARetiredAccountHasNoName(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna").grownUp()
	must(a.s.Renew(ctx, "anna"))
	a.pass(4 * day)
	must(apitest.Join(ctx, a.s, must(a.s.Renew(ctx, "anna")).Link, "anna", nextWord, a.clock.Now()))
	id := a.account().String()
	for _, name := range []string{"\x00" + id, "RETIRED " + id, "retired " + id, id} {
		old := *a
		old.name = name
		if _, err := old.begin(stranger, password); err == nil {
			t.Errorf("%q signs in", name)
		}
		if n := must(a.s.RegainNonce(ctx, name)); n.Account == a.account() {
			t.Errorf("%q names the old account", name)
		}
	}
}
