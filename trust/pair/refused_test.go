package pair

import (
	"bytes"
	"strings"
	"time"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// refuse adds what the sides must refuse, and lets them refuse it.
func (m *maker) refuse(v *vectors, begun Host) {
	m.refuseTexts(v)
	m.refuseHellos(v)
	m.refuseJoins(v, begun)
	m.refuseReveals(v)
	m.refuseWelcomes(v)
	m.refuseConsents(v)
}

func (m *maker) refuseTexts(v *vectors) {
	end := strings.LastIndexByte(v.Offer, '.') + 1
	v.NoOffers = []textClass{
		{"nothing", ""}, {"symbols alone", v.Symbols}, {"later version", "2" + v.Offer[1:]}, {"earlier version", "0" + v.Offer[1:]},
		{"no fingerprint", v.Offer[:end-1]}, {"fingerprint too short", v.Offer[:len(v.Offer)-1]}, {"fingerprint too long", v.Offer + "0"},
		{"spare bits that are set", v.Offer[:len(v.Offer)-1] + "Z"}, {"symbols in groups", "1." + Symbols(v.Symbols).Spaced() + "." + v.Offer[end:]},
		{"line break", v.Offer[:end] + "\n" + v.Offer[end:]}, {"another field", v.Offer + ".0"},
	}
	for _, c := range v.NoOffers {
		_, err := ParseOffer(c.Text)
		m.refusal("offer, "+c.Class, ErrOffer, err)
	}
	v.NoSymbols = []textClass{
		{"nothing", ""}, {"seven", v.Symbols[1:]}, {"nine", v.Symbols + "0"}, {"not of the alphabet", "U" + v.Symbols[1:]},
		{"line break for one", v.Symbols[1:] + "\n"}, {"letter whose upper case is one", "ſ" + v.Symbols[1:]},
	}
	for _, c := range v.NoSymbols {
		_, err := ParseSymbols(c.Text)
		m.refusal("symbols, "+c.Class, ErrOffer, err)
	}
	v.NoDigits = []textClass{{"another digit", (v.Digits + v.Digits)[1:7]}, {"five", v.Digits[:5]}, {"nothing", ""}, {"with a space", v.Digits[:3] + " " + v.Digits[3:]}}
	for _, c := range v.NoDigits {
		host := *m.host
		host.stage = met
		m.refusal("digits, "+c.Class, ErrDigits, host.Check(c.Text))
	}
}

func (m *maker) refuseHellos(v *vectors) {
	hello := bin(m.t, v.Hello)
	later, modulus := bytes.Clone(hello), bytes.Clone(hello)
	later[2] = 2
	key := bytes.Index(hello, []byte{0x59, 0x04, 0xc0}) + 3 // bytes of length 1216
	modulus[key], modulus[key+1] = 0xff, 0xff
	v.NoHellos = []bytesClass{
		{"later version", text(later)}, {"coefficient not below the modulus", text(modulus)}, {"cut short", text(hello[:len(hello)-1])},
		{"something behind", text(append(bytes.Clone(hello), 0))}, {"nothing", ""}, {"longer than messages are", text(append(bytes.Clone(hello), make([]byte, MaxMessage)...))},
	}
	for _, c := range v.NoHellos {
		_, _, err := NewGuest(source("guest"), bin(m.t, c.Bytes), nil, m.device, m.keys)
		m.refusal("hello, "+c.Class, ErrMessage, err)
	}
}

func (m *maker) refuseJoins(v *vectors, begun Host) {
	join := bin(m.t, v.Join)
	box, enc := bytes.Clone(join), bytes.Clone(join)
	box[len(box)-1] ^= 1
	enc[len(enc)/4] ^= 1
	v.NoJoins = []bytesClass{
		{"box changed", text(box)}, {"encapsulated key changed", text(enc)}, {"cut short", text(join[:len(join)-1])},
		{"something behind", text(append(bytes.Clone(join), 0))}, {"nothing", ""}, {"the hello", v.Hello},
	}
	for _, c := range v.NoJoins {
		host := begun
		_, _, err := host.Meet(bin(m.t, c.Bytes))
		m.refusal("join, "+c.Class, ErrMessage, err)
	}
}

func (m *maker) refuseReveals(v *vectors) {
	reveal := bin(m.t, v.Reveal)
	changed := bytes.Clone(reveal)
	changed[0] ^= 1
	v.NoReveals = []bytesClass{
		{"does not open the commitment", text(changed)}, {"cut short", text(reveal[:31])}, {"something behind", text(append(bytes.Clone(reveal), 0))},
		{"nothing", ""}, {"the guest's own nonce", v.Guest.Nonce},
	}
	for _, c := range v.NoReveals {
		guest := m.guest
		guest.stage = waiting
		_, err := guest.Reveal(bin(m.t, c.Bytes))
		m.refusal("reveal, "+c.Class, ErrMessage, err)
	}
}

func (m *maker) refuseWelcomes(v *vectors) {
	renamed, account, nameless, remove := m.device, m.right(), m.right(), m.right()
	renamed.Name = "tablet"
	another, behind := m.right(), m.right()
	another.Body = got(m.chain.DeviceBody(m.by, renamed, time.Unix(1_800_000_100, 0)))(m.t)
	account.Account[0] ^= 1
	nameless.Name = ""
	behind.Body = append(bytes.Clone(behind.Body), 0)
	remove.Body = m.policy()
	for _, c := range []struct {
		class string
		w     Welcome
	}{
		{"adds a device of another name", another}, {"another account than the body's", account}, {"account without a name", nameless},
		{"something behind the body", behind}, {"another operation", remove},
	} {
		plain := got(trust.Marshal(c.w))(m.t)
		v.NoWelcomes = append(v.NoWelcomes, sealedClass{c.class, text(plain), m.seal(m.keptWelcome(c.class), plain)})
	}
	box := bin(m.t, v.Welcome)
	box[len(box)-1] ^= 1
	v.NoWelcomes = append(v.NoWelcomes, sealedClass{Class: "box changed", Box: text(box)}, sealedClass{Class: "nothing"})
	for _, c := range v.NoWelcomes {
		guest := m.guest
		_, _, err := guest.Open(bin(m.t, c.Box))
		m.refusal("welcome, "+c.Class, ErrMessage, err)
	}
}

// policy is the body of an entry that adds no device.
func (m *maker) policy() []byte {
	p := trust.DefaultPolicy()
	p.Digits = 6
	entry := got(m.chain.SetPolicy(m.by, p, time.Unix(1_800_000_100, 0)))(m.t)
	return got(chain.Body(entry))(m.t)
}

func (m *maker) keptWelcome(class string) string {
	for _, c := range m.old.NoWelcomes {
		if c.Class == class {
			return c.Box
		}
	}
	return ""
}

func (m *maker) refuseConsents(v *vectors) {
	body, another := bin(m.t, v.Body), m.policy()
	wrap := func(c trust.Context, b []byte) string {
		return text(got(trust.Marshal(consent{Possession: m.keys.Sign(c, b)}))(m.t))
	}
	raw := bin(m.t, v.Consent)
	v.NoConsents = []bytesClass{
		{"to another body", wrap(trust.ContextPossession, another)}, {"signed as an entry", wrap(trust.ContextEntry, body)},
		{"cut short", text(raw[:len(raw)-1])}, {"something behind", v.Consent + "00"}, {"signature alone", text(raw[4:])}, {"nothing", ""},
	}
	for _, c := range v.NoConsents {
		host := *m.host
		_, err := host.Consent(bin(m.t, c.Bytes), body)
		m.refusal("consent, "+c.Class, ErrMessage, err)
	}
}
