package server_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

func TestAGrantIsForOneChangeOfOneDeviceForFiveMinutes(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	b := a.join("Phone")
	a.pass(73 * time.Hour)
	mine, other := a.policy(six), b.policy(six)

	b.grant(other)
	refused(t, a.appended(mine), api.CodePassword, "an entry with another device's grant")
	a.grant(a.policy(func(p *trust.Policy) { p.RecoveryWait = 1 }))
	refused(t, a.appended(mine), api.CodePassword, "an entry with the grant for another body")

	a.grant(mine)
	a.pass(5 * time.Minute)
	refused(t, a.appended(mine), api.CodePassword, "an entry five minutes after its grant")
	a.grant(mine)
	a.pass(5*time.Minute - time.Second)
	ok(t, a.appended(mine))
	ok(t, a.device.Learn(mine))
	ok(t, a.appended(mine)) // the same bytes need none

	if rows := a.tickets(store.Grant); len(rows) != 2 { // the used one is gone, the others wait for their end
		t.Errorf("%d grants are left", len(rows))
	}
}

// tickets gives the account's rows of a kind, expired ones too.
func (a *home) tickets(kind store.TicketKind) (out []store.Ticket) {
	a.t.Helper()
	ok(a.t, a.db.View(context.Background(), func(tx store.Tx) (err error) {
		out, err = tx.TicketsOf(a.device.Chain.Account(), kind)
		return err
	}))
	return out
}

// A grant that somebody writes into the database, or moves to another change, is none.
func TestAGrantCannotBeMadeInTheDatabase(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	wanted := a.policy(six)
	a.grant(a.policy(func(p *trust.Policy) { p.RecoveryWait = 1 }))
	stolen := a.tickets(store.Grant)[0]
	id, body := a.device.Chain.Account(), trust.HashBody(must(chain.Body(wanted)))
	stolen.Hash = sha256.Sum256(bytes.Join([][]byte{[]byte("td/1 grant\x00"), id[:], a.device.ID[:], body[:]}, nil))
	ok(t, a.db.Update(context.Background(), func(tx store.Tx) error { return tx.PutTicket(stolen) }))
	refused(t, a.appended(wanted), api.CodePassword, "an entry with a grant made in the database")
}

func TestOnlyItsAuthorAppendsAnEntry(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	b := a.join("Phone")
	a.pass(73 * time.Hour)
	theirs := a.policy(six)
	a.grant(theirs)
	b.grant(theirs)
	refused(t, b.appended(theirs), api.CodeChain, "another device's entry")

	elsewhere := a.settle("berta")
	foreign := elsewhere.policy(six)
	a.grant(foreign)
	refused(t, a.appended(foreign), api.CodeChain, "another account's entry")

	key := must(trust.NewRecoveryKey(bytes.NewReader(bytes.Repeat([]byte{7}, 64))))
	set := must(a.device.Chain.SetRecovery(a.device.Author(), key, a.clock.Now()))
	a.change(set)
	byKey := must(a.device.Chain.RemoveDevice(chain.AsRecovery(trust.Paper, must(key.Keys())), b.device.ID, a.clock.Now()))
	a.grant(byKey)
	refused(t, a.appended(byKey), api.CodeChain, "the recovery key's entry over a device's session")
}

// laterBody is a body of an operation that this version does not know.
type laterBody struct {
	Version uint64          `cbor:"1,keyasint"`
	Account trust.AccountID `cbor:"2,keyasint"`
	Seq     uint64          `cbor:"3,keyasint"`
	Prev    trust.Hash      `cbor:"4,keyasint"`
	Time    uint64          `cbor:"5,keyasint"`
	Author  trust.DeviceID  `cbor:"6,keyasint"`
	Op      uint64          `cbor:"7,keyasint"`
	Arg     []byte          `cbor:"8,keyasint"`
}

type laterEntry struct {
	Body []byte          `cbor:"1,keyasint"`
	Sig  trust.Signature `cbor:"2,keyasint"`
}

func TestAnUnknownOperationAsksForAnUpdate(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	head := a.device.Chain.Head()
	body := must(trust.Marshal(laterBody{
		Version: 1, Account: a.device.Chain.Account(), Seq: head.Seq + 1, Prev: head.Hash, Author: a.device.ID, Op: 8, Arg: []byte{},
	}))
	raw := must(trust.Marshal(laterEntry{Body: body, Sig: a.device.Keys.Sign(trust.ContextEntry, body)}))
	refused(t, a.appended(raw), api.CodeVersion, "an operation of a later version")
	if got := must(a.s.Status(context.Background(), a.token())).Head; got != head {
		t.Errorf("the head is %+v", got)
	}
}

// Two devices change the account again and again at the same time: each place is
// taken by exactly one of them, the other is told so, and nothing is lost.
func TestTwoDevicesAppendAtOnce(t *testing.T) {
	const rounds = 200
	a := fastHouse(t).settle("anna")
	b := a.join("Phone")
	a.pass(73 * time.Hour)
	stale := 0
	for round := range rounds {
		both := [2]*home{a, b}
		var errs [2]error
		var entries [2][]byte
		for i, h := range both {
			entries[i] = h.policy(func(p *trust.Policy) { p.RecoveryWait = uint64(round%80*2 + i) })
			h.grant(entries[i])
		}
		tokens := [2]api.Secret{a.token(), b.token()}
		var all sync.WaitGroup
		for i := range both {
			all.Go(func() { errs[i] = a.s.Append(context.Background(), tokens[i], entries[i]) })
		}
		all.Wait()
		won, lost := 0, 1
		if errs[0] != nil {
			won, lost = 1, 0
		}
		if errs[won] != nil || !errors.Is(errs[lost], &api.Error{Code: api.CodeStale}) {
			t.Fatalf("round %d: %v and %v", round, errs[0], errs[1])
		}
		stale++
		for i, h := range both {
			h.catchUp()
			if at := h.device.Entries[len(h.device.Entries)-1]; !bytes.Equal(at, entries[won]) {
				t.Fatalf("round %d: device %d reads another entry than the one that won", round, i)
			}
		}
	}
	if head := must(a.s.Status(context.Background(), a.token())).Head; head.Seq != uint64(2+rounds) || stale != rounds {
		t.Errorf("after %d rounds the head is %d, %d were stale", rounds, head.Seq, stale)
	}
	if _, err := chain.Open(must(a.s.Chain(context.Background(), a.token(), 0))); err != nil {
		t.Error(err)
	}
}

func TestAChangeIsToldToAllAndSurvivesARestart(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	a.change(a.policy(six))
	a.reopen()
	s := must(a.s.Status(context.Background(), a.token()))
	if s.Head != a.device.Chain.Head() {
		t.Errorf("after a restart the head is %+v", s.Head)
	}
	last := must(a.s.Events(context.Background(), a.token(), s.Events-1, 1))[0]
	if last.Kind != api.EventChain || last.Data.Seq != s.Head.Seq || last.Data.Device != a.device.ID {
		t.Errorf("the last event is %+v", last)
	}
	if _, r := a.ask(stranger); len(must(openedChallenge(a, r))) != 6 {
		t.Error("a sign-in after the change does not ask for six digits")
	}
}

// openedChallenge gives the code that the device would show.
func openedChallenge(a *home, r api.Request) (trust.Code, error) {
	_, code, err := a.device.Allow(r, a.clock.Now())
	return code, err
}
