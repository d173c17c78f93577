package chain

import (
	"fmt"
	"slices"
	"testing"

	"github.com/countersign/countersign/trust"
	"pgregory.net/rapid"
)

// model is the rules of docs/protocol.md §4.2 once more, over names instead of
// keys and signatures, so that two ways of writing them examine each other.
type model struct {
	devices, gone, creds, usedCreds, verifiers []string
	paper, contacts                            string
	digits                                     string
}

var (
	deviceNames   = []string{"phone", "laptop", "tablet", "watch", "desk", "thief"}
	recoveryNames = []string{"R", "S", "T"}
	credNames     = []string{"imap-1", "imap-2", "passkey-1", "offline-1"}
	verifierNames = []string{"home", "vpn", "ssh"}
)

// may predicts whether the line can happen, and performs it.
func (m *model) may(author, verb, what string) bool {
	byDevice := slices.Contains(m.devices, author)
	byRecovery := author == "paper="+m.paper && m.paper != "" || author == "contacts="+m.contacts && m.contacts != ""
	if !byDevice && !byRecovery {
		return false
	}
	switch verb {
	case "adds":
		if slices.Contains(m.devices, what) || slices.Contains(m.gone, what) {
			return false
		}
		m.devices = append(m.devices, what)
		return true
	case "removes":
		at := slices.Index(m.devices, what)
		if at < 0 || len(m.devices) == 1 {
			return false
		}
		m.devices, m.gone = slices.Delete(m.devices, at, at+1), append(m.gone, what)
		return true
	case "prints", "shares":
		if what == m.paper || what == m.contacts {
			return false
		}
		if verb == "prints" {
			m.paper = what
		} else {
			m.contacts = what
		}
		return true
	case "revokes":
		return m.revoke(what)
	}
	return byDevice && m.byDeviceOnly(verb, what)
}

func (m *model) byDeviceOnly(verb, what string) bool {
	switch verb {
	case "trusts":
		if !slices.Contains(m.verifiers, what) {
			m.verifiers = append(m.verifiers, what)
		}
		return true
	case "wants":
		m.digits = what
		return what == "4" || what == "6"
	case "makes":
		if slices.Contains(m.usedCreds, what) {
			return false
		}
		m.creds, m.usedCreds = append(m.creds, what), append(m.usedCreds, what)
		return true
	}
	return false
}

func (m *model) revoke(what string) bool {
	if what == "all" {
		m.creds = slices.DeleteFunc(m.creds, func(c string) bool { return kindOf(c) == trust.AppPassword })
		return true
	}
	at := slices.Index(m.creds, what)
	if at < 0 {
		return false
	}
	m.creds = slices.Delete(m.creds, at, at+1)
	return true
}

// drawLine draws who does what to whom; anybody, also those who must not.
func drawLine(t *rapid.T) []string {
	author := rapid.SampledFrom(append([]string{"paper=R", "paper=S", "contacts=S", "contacts=T"}, deviceNames...)).Draw(t, "author")
	verb := rapid.SampledFrom([]string{"adds", "adds", "removes", "prints", "shares", "trusts", "wants", "makes", "revokes"}).Draw(t, "verb")
	names := map[string][]string{
		"adds": deviceNames, "removes": deviceNames, "prints": recoveryNames, "shares": recoveryNames,
		"trusts": verifierNames, "wants": {"4", "6"}, "makes": credNames, "revokes": append([]string{"all"}, credNames...),
	}[verb]
	return []string{author, verb, rapid.SampledFrom(names).Draw(t, "what")}
}

func TestChainAgainstModel(t *testing.T) {
	beginning := tell(t, "phone begins")
	rapid.Check(t, func(rt *rapid.T) {
		s := *beginning
		s.raw = s.entries()
		m := model{devices: []string{"phone"}, verifiers: []string{"home"}, digits: "4"}
		rt.Repeat(map[string]func(*rapid.T){
			"line": func(rt *rapid.T) {
				words := drawLine(rt)
				raw, err := s.write(words)
				if may := m.may(words[0], words[1], words[2]); may != (err == nil) {
					rt.Fatalf("%q: by the rules %v, by the chain %v", words, may, err)
				}
				if err == nil {
					s.state, err = s.state.Apply(raw)
					s.raw = append(s.raw, raw)
				} else if err == ErrInvalid {
					err = nil
				}
				if err != nil {
					rt.Fatalf("%q: %v", words, err)
				}
			},
			"": func(rt *rapid.T) { compare(rt, &s, m) },
		})
		again, err := Open(s.raw)
		if err != nil || fmt.Sprint(visible(again)) != fmt.Sprint(visible(s.state)) {
			rt.Fatalf("opened anew it is another state: %v", err)
		}
		cut := rapid.IntRange(1, len(s.raw)).Draw(rt, "pinned")
		pinned, err := Open(s.raw[:cut])
		if err != nil {
			rt.Fatal(err)
		}
		from := rapid.IntRange(0, cut).Draw(rt, "from")
		if from == len(s.raw) {
			from--
		}
		if got, err := pinned.Extend(s.raw[from:]); err != nil || got.Head() != s.state.Head() {
			rt.Fatalf("pinned at %d, shown from %d: %v", cut, from, err)
		}
	})
}

func compare(t *rapid.T, s *story, m model) {
	if got := s.names(); got != join(m.devices) {
		t.Fatalf("devices %q, want %q", got, m.devices)
	}
	if got := s.labels(); got != join(m.creds) {
		t.Fatalf("credentials %q, want %q", got, m.creds)
	}
	var verifiers []string
	for _, v := range s.state.Verifiers() {
		verifiers = append(verifiers, v.Origin[len("https://"):len(v.Origin)-len(".example.org")])
	}
	if join(verifiers) != join(m.verifiers) {
		t.Fatalf("verifiers %q, want %q", verifiers, m.verifiers)
	}
	if got := fmt.Sprint(s.state.Policy().Digits); got != m.digits {
		t.Fatalf("digits %s, want %s", got, m.digits)
	}
	if _, ok := s.state.Recovery(trust.Paper); ok != (m.paper != "") {
		t.Fatalf("recovery key on paper: %v, want %q", ok, m.paper)
	}
	if _, ok := s.state.Recovery(trust.Contacts); ok != (m.contacts != "") {
		t.Fatalf("recovery key of contacts: %v, want %q", ok, m.contacts)
	}
	if uint64(len(s.raw)) != s.state.Head().Seq+1 {
		t.Fatalf("%d entries, head %d", len(s.raw), s.state.Head().Seq)
	}
}

func join(names []string) (out string) {
	for i, n := range names {
		if i > 0 {
			out += " "
		}
		out += n
	}
	return out
}
