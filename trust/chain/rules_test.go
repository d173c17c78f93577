package chain

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/countersign/countersign/trust"
)

func TestBeginning(t *testing.T) {
	s := tell(t, "phone begins")
	if got := s.state.Account(); got != trust.AccountID(trust.HashEntry(s.raw[0])) {
		t.Errorf("account %v is not the hash of the genesis entry", got)
	}
	if h := s.state.Head(); h.Seq != 0 || h.Hash != trust.HashEntry(s.raw[0]) {
		t.Errorf("head is %v", h)
	}
	if s.names() != "phone" || s.state.Policy() != trust.DefaultPolicy() {
		t.Errorf("devices %q, policy %v", s.names(), s.state.Policy())
	}
	if v, ok := s.state.Verifier(verifierOf(t, "home").ID); !ok || v.Origin != "https://home.example.org" {
		t.Errorf("verifier %v, %v", v.Origin, ok)
	}
	if _, ok := s.state.Recovery(trust.Paper); ok {
		t.Error("there is a recovery key before one was set")
	}
	if since := s.state.Since(deviceOf(t, "phone").ID); since != uint64(s.now.Unix()) {
		t.Errorf("joined at %d", since)
	}
}

func TestStories(t *testing.T) {
	for name, c := range map[string]struct{ lines, devices, creds string }{
		"a household": {`
			phone begins
			phone prints R
			phone adds laptop
			laptop adds tablet
			tablet removes phone
			! phone adds thief           # removed: its signature died
			! phone removes laptop
			laptop wants 6`, "laptop tablet", ""},
		"only members write": {`
			phone begins
			! thief adds thief           # self-signed
			! thief removes phone
			! thief prints R
			! thief trusts evil
			! thief wants 4
			! thief makes imap-1
			! paper=guess adds thief     # no recovery key is set
			phone prints R
			! paper=guess adds thief     # not that key
			! contacts=R adds thief      # not that kind`, "phone", ""},
		"recovery adds and removes": {`
			phone begins
			phone prints R
			! paper removes phone        # the last one
			paper adds new
			paper removes phone
			paper prints S
			! paper=R adds thief         # the old paper is dead at once
			paper=S revokes all`, "new", ""},
		"recovery does no more than its four operations": {`
			phone begins
			phone prints R
			! paper trusts evil
			! paper wants 6
			! paper makes imap-1`, "phone", ""},
		"contacts are another key": {`
			phone begins
			phone prints R
			phone shares C
			contacts=C adds tablet
			paper removes tablet
			contacts=C prints S
			contacts=C adds tablet2`, "phone tablet2", ""},
		"ids are used once": {`
			phone begins
			phone adds laptop
			! phone adds laptop          # is there
			laptop removes phone
			! laptop adds phone          # was there`, "laptop", ""},
		"removal": {`
			phone begins
			! phone removes phone        # the last one
			! phone removes laptop       # was never there
			phone adds laptop
			phone removes phone          # one may leave
			! laptop removes phone       # is gone
			! laptop removes laptop`, "laptop", ""},
		"recovery keys are new": {`
			phone begins
			phone prints R
			! phone prints R             # the same again
			! phone shares R             # the same as another kind
			phone prints S
			phone prints R               # R is no longer in use`, "phone", ""},
		"credentials": {`
			phone begins
			phone prints R
			phone makes imap-1
			phone makes imap-2
			phone makes passkey-1
			! phone makes imap-1         # is there
			phone revokes imap-1
			! phone revokes imap-1       # is gone
			! phone makes imap-1         # was there
			! phone revokes imap-9
			phone makes offline-1
			paper revokes all
			phone revokes all            # none left: says so for good`, "phone", "passkey-1 offline-1"},
	} {
		t.Run(name, func(t *testing.T) {
			s := tell(t, c.lines)
			if s.names() != c.devices || s.labels() != c.creds {
				t.Errorf("devices %q, credentials %q", s.names(), s.labels())
			}
			again, err := Open(s.raw)
			if err != nil || !reflect.DeepEqual(visible(again), visible(s.state)) {
				t.Errorf("opened anew it is another state (%v)", err)
			}
		})
	}
}

// visible gives everything a State shows.
func visible(s State) []any {
	paper, p := s.Recovery(trust.Paper)
	contacts, c := s.Recovery(trust.Contacts)
	out := []any{s.Account(), s.Head(), s.Devices(), s.Verifiers(), s.Policy(), s.Credentials(), paper, p, contacts, c}
	for _, d := range s.Devices() {
		out = append(out, s.Since(d.ID))
	}
	return out
}

func TestVerifierIsReplacedByID(t *testing.T) {
	s := tell(t, "phone begins\nphone trusts vpn")
	moved := verifierOf(t, "home")
	moved.Origin = "https://new.example.org" // same keys
	write := func(v trust.Verifier) error {
		raw, err := s.state.SetVerifier(s.author("phone"), v, s.now)
		if err == nil {
			s.state, err = s.state.Apply(raw)
		}
		return err
	}
	if err := write(moved); err != nil {
		t.Fatalf("new origin: %v", err)
	}
	rotated, other := moved, verifierOf(t, "other")
	rotated.Sign, rotated.KEM = other.Sign, other.KEM
	if err := write(rotated); err != nil {
		t.Fatalf("new keys: %v", err)
	}
	all := s.state.Verifiers()
	if len(all) != 2 || !reflect.DeepEqual(all[0], rotated) || all[1].Origin != "https://vpn.example.org" {
		t.Errorf("verifiers are %v", all)
	}
	taken := verifierOf(t, "third")
	taken.Sign = verifierOf(t, "vpn").Sign
	if err := write(taken); err != ErrInvalid {
		t.Errorf("a key of another verifier: %v", err)
	}
}

func TestOneKeyHasOneHolder(t *testing.T) {
	s := tell(t, "phone begins\nphone prints R\nphone adds laptop")
	key, _ := recoveryOf(t, "R").Record()
	phone, home := deviceOf(t, "phone"), verifierOf(t, "home")
	for name, change := range map[string]func(*trust.Device){
		"a device's signing key":       func(d *trust.Device) { d.Sign = phone.Sign },
		"a device's KEM key":           func(d *trust.Device) { d.KEM = phone.KEM },
		"the recovery key":             func(d *trust.Device) { d.Sign = key.Sign },
		"the recovery key's KEM key":   func(d *trust.Device) { d.KEM = key.KEM },
		"the verifier's signing key":   func(d *trust.Device) { d.Sign = home.Sign },
		"the verifier's KEM key":       func(d *trust.Device) { d.KEM = home.KEM },
		"another device's id":          func(d *trust.Device) { d.ID = phone.ID },
		"the id that means a recovery": func(d *trust.Device) { d.ID = trust.DeviceID{} },
	} {
		d := deviceOf(t, "tablet")
		change(&d)
		if _, err := s.state.DeviceBody(s.author("phone"), d, s.now); err != ErrInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMost(t *testing.T) {
	for name, c := range map[string]struct {
		line string
		most int // how often the line may happen
	}{
		"devices":       {"phone adds d%d", MaxDevices - 1},
		"verifiers":     {"phone trusts v%d", MaxVerifiers - 1},
		"app passwords": {"phone makes imap-%d", MaxAppPasswords},
		"passkeys":      {"phone makes passkey-%d", MaxOtherCreds},
		"offline codes": {"phone makes offline-%d", MaxOtherCreds},
	} {
		t.Run(name, func(t *testing.T) {
			s := tell(t, "phone begins")
			for i := range c.most {
				s.more(fmt.Sprintf(c.line, i))
			}
			s.more("! " + fmt.Sprintf(c.line, c.most))
			if strings.HasPrefix(name, "app") { // full of one kind is not full of another
				s.more("phone makes passkey-x")
			}
		})
	}
}

func TestStatesDoNotShareMemory(t *testing.T) {
	s := tell(t, "phone begins\nphone prints R\nphone adds laptop\nphone makes imap-1\nphone trusts vpn")
	before := visible(s.state)
	// two different futures of one state, and careless callers
	left, right := *s, *s
	left.more("phone adds tablet\nphone makes imap-2\nphone removes laptop\nphone prints S")
	right.more("laptop adds watch\nlaptop makes imap-3\nlaptop removes phone\nlaptop shares C\nlaptop trusts third")
	for _, d := range s.state.Devices() {
		d.KEM[0] ^= 1
	}
	for _, v := range s.state.Verifiers() {
		v.KEM[0] ^= 1
	}
	for _, c := range s.state.Credentials() {
		c.Verifier[0] ^= 1
	}
	r, _ := s.state.Recovery(trust.Paper)
	r.KEM[0] ^= 1
	if !reflect.DeepEqual(visible(s.state), before) {
		t.Error("a state changed")
	}
	if left.names() != "phone tablet" || right.names() != "laptop watch" {
		t.Errorf("%q, %q", left.names(), right.names())
	}
}

func TestZeroState(t *testing.T) {
	var s State
	if s.Account() != (trust.AccountID{}) || s.Head() != (Head{}) || len(s.Devices()) != 0 {
		t.Error("nothing is known, but something is shown")
	}
	if _, ok := s.At(0); ok {
		t.Error("there is an entry")
	}
	if _, err := s.SetPolicy(AsDevice(trust.DeviceID{1}, keysOf(t, "phone")), trust.DefaultPolicy(), noon); err != ErrInvalid {
		t.Errorf("writing before the beginning: %v", err)
	}
	if _, err := Open(nil); err != ErrInvalid {
		t.Errorf("no entries: %v", err)
	}
}

func TestGenesisRefuses(t *testing.T) {
	keys, d, v, p := keysOf(t, "phone"), deviceOf(t, "phone"), verifierOf(t, "home"), trust.DefaultPolicy()
	other := deviceOf(t, "laptop")
	shared := v
	shared.Sign = d.Sign
	for name, err := range map[string]error{
		"keys of another device":     genesisErr(Genesis(source("s"), keysOf(t, "laptop"), d, v, p, noon)),
		"KEM key of another device":  genesisErr(Genesis(source("s"), keys, trust.Device{ID: d.ID, Name: "a", Kind: d.Kind, Sign: d.Sign, KEM: other.KEM}, v, p, noon)),
		"no policy":                  genesisErr(Genesis(source("s"), keys, d, v, trust.Policy{}, noon)),
		"no verifier":                genesisErr(Genesis(source("s"), keys, d, trust.Verifier{}, p, noon)),
		"a verifier with our key":    genesisErr(Genesis(source("s"), keys, d, shared, p, noon)),
		"a name that cannot be read": genesisErr(Genesis(source("s"), keys, trust.Device{ID: d.ID, Name: "a\u202e", Kind: d.Kind, Sign: d.Sign, KEM: d.KEM}, v, p, noon)),
	} {
		if err != ErrInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := genesisErr(Genesis(bytes.NewReader(nil), keys, d, v, p, noon)); err == nil {
		t.Error("no randomness, but an account")
	}
}

func genesisErr(_ []byte, err error) error { return err }

func TestPossessSignsOnlyTheAdditionOfItself(t *testing.T) {
	s := tell(t, "phone begins")
	d, keys := deviceOf(t, "laptop"), keysOf(t, "laptop")
	body, err := s.state.DeviceBody(s.author("phone"), d, noon)
	if err != nil {
		t.Fatal(err)
	}
	renamed := d
	renamed.Name = "Laptop of somebody"
	policy, _ := s.state.body(s.author("phone"), OpSetPolicy, trust.DefaultPolicy(), noon)
	for name, err := range map[string]error{
		"another account": third(Possess(body, trust.AccountID{1}, d, keys)),
		"another device":  third(Possess(body, s.state.Account(), deviceOf(t, "tablet"), keys)),
		"another name":    third(Possess(body, s.state.Account(), renamed, keys)),
		"another key":     third(Possess(body, s.state.Account(), d, keysOf(t, "tablet"))),
		"another thing":   third(Possess(policy, s.state.Account(), d, keys)),
		"nothing":         third(Possess(nil, s.state.Account(), d, keys)),
	} {
		if err != ErrInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func third(_ trust.Signature, err error) error { return err }

func TestClockIsShownNeverJudged(t *testing.T) {
	s := tell(t, "phone begins")
	s.now = noon.AddDate(-70, 0, 0)
	s.more("phone adds laptop")
	if since := s.state.Since(deviceOf(t, "laptop").ID); since != 0 {
		t.Errorf("before 1970 is written as %d", since)
	}
	s.now = noon.AddDate(3000, 0, 0)
	s.more("laptop adds tablet")
	if _, err := Open(s.raw); err != nil {
		t.Error(err)
	}
}

func TestInspect(t *testing.T) {
	s := tell(t, "phone begins\nphone shares C\ncontacts=C adds tablet")
	e, err := Inspect(s.raw[2])
	want := Entry{Account: s.state.Account(), Seq: 2, Prev: trust.HashEntry(s.raw[1]), Time: uint64(s.now.Unix()), Recovery: trust.Contacts, Op: OpAddDevice}
	if err != nil || e != want {
		t.Errorf("%+v, %v", e, err)
	}
	if _, err := Inspect(s.raw[2][1:]); err != ErrInvalid {
		t.Errorf("cut: %v", err)
	}
}
