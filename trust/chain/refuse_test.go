package chain

import (
	"encoding/hex"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/countersign/countersign/trust"
)

// refuses makes the entry of a line by hand, as somebody would whose program does
// not stop him, and wants every replica to refuse it. Behind a comma stands what
// else is wrong with it:
//
//	signed by thief             not by the author
//	signed as approval          under another context
//	possessed by thief          or nobody
//	on 2                        on entry 2 instead of the head
//	numbered 7
//	in another account
//	with the id of phone        in the record that is brought in
//	with the key of phone       likewise; or the KEM key
func (s *story) refuses(line string) {
	s.t.Helper()
	parts := strings.Split(line, ",")
	f := s.byHand(strings.Fields(parts[0]))
	for _, wrong := range parts[1:] {
		s.spoil(&f, strings.Fields(wrong))
	}
	s.tried = append(s.tried, try{len(s.raw), hex.EncodeToString(f.encode(s.t))})
	before := visible(s.state)
	if after, err := s.state.Apply(f.encode(s.t)); err != ErrInvalid || !reflect.DeepEqual(visible(after), before) {
		s.t.Errorf("%q, made by hand: %v, want ErrInvalid", line, err)
	}
	if _, err := Open(append(s.entries(), f.encode(s.t))); err != ErrInvalid {
		s.t.Errorf("%q, made by hand: opens with %v, want ErrInvalid", line, err)
	}
}

// byHand writes what a line says without asking whether it may be.
func (s *story) byHand(words []string) forgery {
	s.t.Helper()
	h, a, what := s.state.Head(), s.author(words[0]), words[2]
	f := forgery{
		body:   body{Version: 1, Account: s.state.Account(), Seq: h.Seq + 1, Prev: h.Hash, Author: a.device, Recovery: a.recovery},
		signer: a.keys, context: trust.ContextEntry, pop: trust.ContextPossession,
	}
	switch words[1] {
	case "adds":
		keys := keysOf(s.t, what)
		f.operates(s.t, OpAddDevice, deviceOf(s.t, what), &keys)
	case "removes":
		f.operates(s.t, OpRemoveDevice, deviceOf(s.t, what).ID, nil)
	case "prints", "shares":
		f.recovers(s.t, words[1], what)
	case "trusts":
		f.operates(s.t, OpSetVerifier, verifierOf(s.t, what), nil)
	case "wants":
		f.operates(s.t, OpSetPolicy, trust.DefaultPolicy(), nil)
	case "makes":
		f.operates(s.t, OpAddCredential, credOf(kindOf(what), what), nil)
	case "revokes":
		f.operates(s.t, OpRevokeCredential, credOf("", what).ID, nil)
	default:
		s.t.Fatalf("no such verb: %q", words[1])
	}
	return f
}

func (f *forgery) recovers(t testing.TB, verb, what string) {
	t.Helper()
	keys, err := recoveryOf(t, what).Keys()
	if err != nil {
		t.Fatal(err)
	}
	kind := map[string]trust.RecoveryKind{"prints": trust.Paper, "shares": trust.Contacts}[verb]
	f.operates(t, OpSetRecovery, trust.Recovery{Which: kind, Sign: keys.SignKey(), KEM: keys.KEMKey()}, &keys)
}

// spoil does what stands behind a comma.
func (s *story) spoil(f *forgery, words []string) {
	s.t.Helper()
	last := words[len(words)-1]
	switch how := strings.Join(words[:len(words)-1], " "); how {
	case "signed by":
		f.signer = s.author(last).keys
	case "signed as":
		f.context = trust.Context("td/1 " + last)
	case "possessed by":
		f.holder = nil
		if last != "nobody" {
			keys := s.author(last).keys
			f.holder = &keys
		}
	case "on":
		var n uint64
		fmt.Sscan(last, &n)
		f.body.Prev, _ = s.state.At(n)
	case "numbered":
		fmt.Sscan(last, &f.body.Seq)
	case "in another":
		f.body.Account[0] ^= 1
	case "with the id of", "with the key of", "with the KEM key of":
		s.borrow(f, how, last)
	default:
		s.t.Fatalf("no such wrong: %q", words)
	}
}

// borrow gives the device that is brought in something of another holder, and the
// possession of what it then has.
func (s *story) borrow(f *forgery, how, of string) {
	s.t.Helper()
	var d trust.Device
	if err := trust.Unmarshal(f.body.Arg, &d); err != nil {
		s.t.Fatal(err)
	}
	keys, holder := s.author(of).keys, f.holder
	switch how {
	case "with the id of":
		d.ID = deviceOf(s.t, of).ID
	case "with the key of":
		d.Sign, holder = keys.SignKey(), &keys
	default:
		d.KEM = keys.KEMKey()
	}
	f.operates(s.t, OpAddDevice, d, holder)
}

// What every replica refuses, by the sentence that says so. The other sentences
// about the chain stand with TestUnknownStops, TestExtendRefusesRollback,
// TestRestoredReplicaIsRepaired, TestExtendSeesAFork, TestTwoWritersMakeOneLine,
// TestSameBytesAgain and TestOpenRefusesWhatIsNotAWholeBeginning.
func TestRefusals(t *testing.T) {
	for sentence, lines := range sentences() {
		t.Run(sentence, func(t *testing.T) { tell(t, beforeRefusals).more(lines) })
	}
}

const beforeRefusals = "phone begins\nphone prints R\nphone adds laptop"

func sentences() map[string]string {
	return map[string]string{
		"self-signed device": `
			! thief adds thief
			! phone adds thief, signed by thief`,
		"forged author": `
			! phone adds desk, signed by laptop
			! laptop removes phone, signed by phone
			! paper adds thief, signed by phone
			! paper=guess adds thief
			! contacts=R adds thief`,
		"entry signed under another context": `
			! phone adds desk, signed as approval
			! phone adds desk, signed as challenge
			! phone wants 6, signed as recovery`,
		"missing possession":  "! phone adds desk, possessed by nobody\n! phone prints S, possessed by nobody",
		"foreign possession":  "! phone adds desk, possessed by phone\n! phone adds desk, possessed by thief\n! phone prints S, possessed by phone",
		"needless possession": "! phone wants 6, possessed by phone\n! phone trusts vpn, possessed by phone",
		"stale head": `
			laptop wants 6
			! phone adds desk, on 2
			! phone adds desk, on 2, numbered 3`,
		"gap":                      "! phone adds desk, numbered 5",
		"entry of another account": "! phone adds desk, in another account",
		"removed device signs": `
			laptop removes phone
			! phone adds thief
			! phone removes laptop
			! phone wants 6
			! phone makes imap-1`,
		"id reuse": `
			! phone adds desk, with the id of laptop
			! phone adds desk, with the id of phone
			phone removes laptop
			! phone adds laptop
			! phone adds desk, with the id of laptop
			phone makes imap-1
			phone revokes imap-1
			! phone makes imap-1`,
		"key reuse": `
			! phone adds desk, with the key of laptop
			! phone adds desk, with the KEM key of laptop
			! phone adds desk, with the key of paper
			! phone adds desk, with the KEM key of paper
			! phone prints R
			! phone shares R`,
		"last device": `
			laptop removes phone
			! laptop removes laptop
			! paper removes laptop
			paper adds desk
			paper removes laptop
			! desk removes desk`,
		"recovery adds and does little else": `
			paper adds desk
			paper removes phone
			! paper trusts evil
			! paper wants 6
			! paper makes imap-1
			paper prints S
			! paper=R adds thief`,
		"33rd device":     full("phone adds d%d", MaxDevices-2),
		"33rd verifier":   full("phone trusts v%d", MaxVerifiers-1),
		"26th password":   full("phone makes imap-%d", MaxAppPasswords) + "phone makes passkey-1\nphone revokes imap-3\nphone makes imap-x",
		"33rd passkey":    full("phone makes passkey-%d", MaxOtherCreds),
		"33rd off-line":   full("phone makes offline-%d", MaxOtherCreds),
		"what is unknown": "! phone removes desk\n! phone revokes imap-1",
	}
}

// full fills an account with n of what line brings in, and tries one more.
func full(line string, n int) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, line+"\n", i)
	}
	fmt.Fprintf(&out, "! "+line+"\n", n)
	return out.String()
}
