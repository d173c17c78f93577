package server_test

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust/pair"
)

func (a *home) openBox(hello string) (api.Box, error) {
	return a.s.OpenBox(context.Background(), a.token(), []byte(hello))
}

func TestThreePairingsAtATime(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	for i := range 3 {
		must(a.openBox(fmt.Sprint("hello ", i)))
		a.pass(time.Minute)
	}
	_, err := a.openBox("hello 3")
	if e := refused(t, err, api.CodeSlow, "a fourth pairing"); e.Retry < 120 || e.Retry > 121 {
		t.Errorf("it may be tried again in %d s", e.Retry)
	}
	if again := must(a.openBox("hello 2")); again.State != api.BoxOpen {
		t.Errorf("the third one's hello again gives %+v", again)
	}
	a.pass(2 * time.Minute)
	must(a.openBox("hello 3"))
}

func TestTenPairingsAnHour(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna")
	for i := range 10 {
		box := must(a.openBox(fmt.Sprint("hello ", i)))
		ok(t, a.s.CloseBox(ctx, a.token(), box.Symbols, api.BoxStopped))
		a.pass(time.Minute)
	}
	_, err := a.openBox("hello 10")
	if e := refused(t, err, api.CodeSlow, "an eleventh pairing"); e.Retry < 50*60 || e.Retry > 50*60+1 {
		t.Errorf("it may be tried again in %d s", e.Retry)
	}
	other := a.settle("berta")
	must(other.openBox("hello"))
	a.pass(50 * time.Minute)
	must(a.openBox("hello 10"))
	if _, err := a.openBox("hello 11"); err == nil {
		t.Error("the hour begins anew for all ten at once")
	}
}

// Symbols are guessed from one network 30 times in a quarter of an hour, whatever
// they are tried at, and the right ones do not count.
func TestGuessingSymbols(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	box, key := must(a.openBox("hello")), make(api.Secret, 16)
	at := func(address string) context.Context {
		return server.WithAddress(context.Background(), netip.MustParseAddr(address))
	}
	guess := map[int]func(context.Context, pair.Symbols) error{
		0: func(ctx context.Context, s pair.Symbols) error { _, err := a.s.Box(ctx, s); return err },
		1: func(ctx context.Context, s pair.Symbols) error {
			return a.s.JoinBox(ctx, s, key, api.SlotJoin, []byte("join"))
		},
		2: func(ctx context.Context, s pair.Symbols) error { return a.s.LeaveBox(ctx, s, key) },
	}
	for i := range 30 {
		ok(t, guess[0](at("2001:db8::1"), box.Symbols))
		refused(t, guess[i%3](at(fmt.Sprintf("2001:db8::%d", i)), pair.Symbols(fmt.Sprintf("0000%04d", i))), api.CodeNotFound, "a guess")
	}
	for i := range guess {
		if e := refused(t, guess[i](at("2001:db8::99"), box.Symbols), api.CodeSlow, "the right symbols after 30 guesses"); e.Retry < 1 {
			t.Error("nothing says for how long")
		}
	}
	ok(t, guess[0](at("2001:db8:0:1::1"), box.Symbols))                            // the network beside
	ok(t, a.s.CloseBox(at("2001:db8::1"), a.token(), box.Symbols, api.BoxStopped)) // whose it is needs not guess
	a.pass(15 * time.Minute)
	refused(t, guess[0](at("2001:db8::99"), box.Symbols), api.CodeNotFound, "a pairing that is over, a quarter of an hour later")
}

// What cannot be symbols names no box, and is a guess like any other.
func TestSymbolsThatAreNone(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	box := must(a.openBox("hello"))
	for _, s := range []pair.Symbols{"", "0", box.Symbols + "0", box.Symbols[:7], " " + box.Symbols} {
		_, err := a.s.Box(context.Background(), s)
		refused(t, err, api.CodeNotFound, fmt.Sprintf("%q", s))
	}
}

// A box belongs to the device that opened it, also within the account.
func TestABoxIsItsDevicesOwn(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna")
	b := a.join("Phone")
	symbols, _ := a.paired("hello", hostAt, guestAt)
	refused(t, b.s.WriteBox(ctx, b.token(), symbols, api.SlotWelcome, []byte("other")), api.CodeNotFound, "another device's welcome")
	refused(t, b.s.CloseBox(ctx, b.token(), symbols, api.BoxDone), api.CodeNotFound, "another device's end")
	if got := must(a.s.Box(ctx, symbols)); got.State != api.BoxOpen || string(got.Messages[api.SlotWelcome]) != "welcome" {
		t.Errorf("the box is %+v", got)
	}
}

// Nobody who reads the database finds the symbols of a box, and nobody who writes
// into it changes what lies in one.
func TestABoxInTheDatabase(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna")
	symbols, _ := a.paired("hello", hostAt, guestAt)
	row := a.tickets(store.Box)[0]
	if bytes.Contains(row.Data, []byte(symbols)) || row.Name != "" {
		t.Error("the row holds the symbols")
	}
	row.Data = bytes.Replace(row.Data, []byte("welcome"), []byte("WELCOME"), 1)
	ok(t, a.db.Update(ctx, func(tx store.Tx) error { return tx.PutTicket(row) }))
	_, err := a.s.Box(ctx, symbols)
	refused(t, err, api.CodeNotFound, "a box with another message")
}

func TestABoxSurvivesARestart(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna")
	symbols, before := a.paired("hello", hostAt, guestAt)
	a.reopen()
	after := must(a.s.Box(ctx, symbols))
	if string(after.Messages[api.SlotConsent]) != "consent" || after.Network != before.Network || !after.Until.Equal(before.Until) {
		t.Errorf("it was %+v and is %+v", before, after)
	}
}
