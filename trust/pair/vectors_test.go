package pair

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

var update = flag.Bool("update", false, "write the test vectors anew")

const vectorsPath = "../testdata/pair.json"

// vectors is testdata/pair.json: one whole pairing, then what its sides must refuse.
// All bytes are hexadecimal.
type vectors struct {
	About       string        `json:"about"`
	Host        hostVector    `json:"host"`
	Guest       guestVector   `json:"guest"`
	Symbols     string        `json:"symbols"`
	Offer       string        `json:"offer"`
	Fingerprint string        `json:"fingerprint"`
	Hello       string        `json:"hello"`
	Join        string        `json:"join"` // opens under the host's key to
	JoinPlain   string        `json:"join plain"`
	Export      string        `json:"export"`
	Reveal      string        `json:"reveal"`
	Digits      string        `json:"digits"`
	WelcomeInfo string        `json:"welcome info"`
	Welcome     string        `json:"welcome"` // opens under the guest's key and welcome info to
	Plain       string        `json:"welcome plain"`
	Body        string        `json:"body"`
	Consent     string        `json:"consent"`
	NoOffers    []textClass   `json:"refused offers"`
	NoSymbols   []textClass   `json:"refused symbols"`
	NoHellos    []bytesClass  `json:"refused hellos"`
	NoJoins     []bytesClass  `json:"refused joins"`
	NoReveals   []bytesClass  `json:"refused reveals"`
	NoDigits    []textClass   `json:"refused digits"`
	NoWelcomes  []sealedClass `json:"refused welcomes"`
	NoConsents  []bytesClass  `json:"refused consents"`
}

type hostVector struct {
	KEM   string `json:"kem seed"` // of this pairing
	Nonce string `json:"nonce"`
}

type guestVector struct {
	Sign   string `json:"sign seed"`
	KEM    string `json:"kem seed"`
	Nonce  string `json:"nonce"`
	Device string `json:"device"`
}

type textClass struct {
	Class string `json:"class"`
	Text  string `json:"text"`
}

type bytesClass struct {
	Class string `json:"class"`
	Bytes string `json:"bytes"`
}

// sealedClass is a box that opens to Plain, which is refused; or does not open.
type sealedClass struct {
	Class string `json:"class"`
	Plain string `json:"plain"`
	Box   string `json:"box"`
}

// maker makes the vectors; what sealing makes random is kept from the file that
// there is, as long as it opens.
type maker struct {
	t      *testing.T
	old    vectors
	host   *Host // met, with the digits right
	guest  Guest // met
	device trust.Device
	keys   trust.Keys
	chain  chain.State
	by     chain.Author
}

func TestVectors(t *testing.T) {
	m := &maker{t: t}
	if raw, err := os.ReadFile(vectorsPath); err == nil {
		if err := json.Unmarshal(raw, &m.old); err != nil && !*update {
			t.Fatal(err)
		}
	}
	v := m.make()
	want := new(bytes.Buffer)
	enc := json.NewEncoder(want)
	enc.SetIndent("", "\t")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(vectorsPath, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(vectorsPath)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Errorf("%s is not what this program makes: a change of the protocol, or run with -update", vectorsPath)
	}
}

func (m *maker) make() vectors {
	v := vectors{About: "One pairing, then what its sides refuse: each message in the place of the right one."}
	m.world(&v)
	begun := m.meet(&v)
	m.welcome(&v)
	m.refuse(&v, begun)
	return v
}

// world makes an account with one device, and the new one.
func (m *maker) world(v *vectors) {
	record := func(name string, kind trust.Kind) (trust.KeySeed, trust.Keys, trust.Device) {
		seed := got(trust.NewKeySeed(source(name)))(m.t)
		keys := got(seed.Keys())(m.t)
		id := got(trust.NewDeviceID(source("id " + name)))(m.t)
		return seed, keys, trust.Device{ID: id, Name: name, Kind: kind, Sign: keys.SignKey(), KEM: keys.KEMKey()}
	}
	_, keys, laptop := record("laptop", trust.Laptop)
	_, server, _ := record("server", trust.Desktop)
	verifier := trust.Verifier{ID: trust.VerifierID{7}, Origin: "https://id.example.org", Sign: server.SignKey(), KEM: server.KEMKey()}
	genesis := got(chain.Genesis(source("salt"), keys, laptop, verifier, trust.DefaultPolicy(), time.Unix(1_800_000_000, 0)))(m.t)
	m.chain, m.by = got(chain.Open([][]byte{genesis}))(m.t), chain.AsDevice(laptop.ID, keys)
	var seed trust.KeySeed
	seed, m.keys, m.device = record("phone", trust.Phone)
	v.Guest = guestVector{Sign: text(seed.Sign[:]), KEM: text(seed.KEM[:]), Device: text(got(trust.Marshal(m.device))(m.t))}
}

// meet plays hello, join and reveal, and gives the host as it was before them.
func (m *maker) meet(v *vectors) Host {
	seeds, symbols := make([]byte, 64), got(NewSymbols(source("symbols")))(m.t)
	_, _ = source("host").Read(seeds)
	host, hello, err := NewHost(bytes.NewReader(seeds))
	if err != nil {
		m.t.Fatal(err)
	}
	begun, print := *host, host.Fingerprint()
	v.Host = hostVector{KEM: text(seeds[:32]), Nonce: text(seeds[32:])}
	v.Hello, v.Fingerprint, v.Symbols = text(hello), text(print[:]), string(symbols)
	v.Offer = Offer{Symbols: symbols, Fingerprint: print}.Text()
	guest, join, err := NewGuest(source("guest"), hello, &print, m.device, m.keys)
	if err != nil {
		m.t.Fatal(err)
	}
	if again := begun; m.opens(&again, m.old.Join, guest.seen.guest) {
		join = bin(m.t, m.old.Join)
	}
	reveal, _, err := host.Meet(join)
	if err != nil {
		m.t.Fatal(err)
	}
	guest.seen.join, guest.seen.export = join, host.seen.export
	v.Digits = got(guest.Reveal(reveal))(m.t)
	if err := host.Check(v.Digits); err != nil {
		m.t.Fatal(err)
	}
	v.Join, v.Reveal, v.Export, v.Guest.Nonce = text(join), text(reveal), text(host.seen.export), text(guest.seen.guest[:])
	plain := struct {
		Device trust.Device `cbor:"1,keyasint"`
		Nonce  nonce        `cbor:"2,keyasint"`
	}{m.device, guest.seen.guest}
	v.JoinPlain, v.WelcomeInfo = text(got(trust.Marshal(plain))(m.t)), text(guest.seen.welcomeInfo())
	m.host, m.guest = host, *guest
	return begun
}

// opens reports whether a join that was kept is of this device with this nonce.
func (m *maker) opens(h *Host, join string, want nonce) bool {
	raw, err := hex.DecodeString(join)
	if err != nil {
		return false
	}
	_, claimed, err := h.Meet(raw)
	return err == nil && claimed.ID == m.device.ID && bytes.Equal(claimed.KEM, m.device.KEM) && h.seen.guest == want
}

// welcome plays welcome and consent.
func (m *maker) welcome(v *vectors) {
	w := m.right()
	v.Body, v.Plain = text(w.Body), text(got(trust.Marshal(w))(m.t))
	v.Welcome = m.seal(m.old.Welcome, bin(m.t, v.Plain))
	guest := m.guest
	_, consent, err := guest.Open(bin(m.t, v.Welcome))
	if err != nil {
		m.t.Fatal(err)
	}
	if _, err := m.host.Consent(consent, w.Body); err != nil {
		m.t.Fatal(err)
	}
	v.Consent = text(consent)
}

func (m *maker) right() Welcome {
	body := got(m.chain.DeviceBody(m.by, m.device, time.Unix(1_800_000_100, 0)))(m.t)
	return Welcome{Account: m.chain.Account(), Seq: m.chain.Head().Seq, Head: m.chain.Head().Hash, Body: body, Name: "anna"}
}

// seal keeps an old box if it opens to plain.
func (m *maker) seal(old string, plain []byte) string {
	info := m.guest.seen.welcomeInfo()
	if raw, err := hex.DecodeString(old); err == nil {
		if opened, err := m.keys.Open(info, raw); err == nil && bytes.Equal(opened, plain) {
			return old
		}
	}
	return text(got(m.device.KEM.Seal(info, plain))(m.t))
}

func text(b []byte) string { return hex.EncodeToString(b) }

func bin(t *testing.T, s string) []byte {
	t.Helper()
	return got(hex.DecodeString(s))(t)
}

// got gives what a call gave, or ends the test.
func got[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// The checks that need no HPKE, in another language and written from
// docs/protocol.md, come to the same.
func TestVectorsInNode(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal("node is not installed: the second implementation was not asked")
	}
	if err != nil {
		t.Skip("node is not installed: the second implementation was not asked")
	}
	cmd := exec.CommandContext(t.Context(), node, "../testdata/check/pair.mjs")
	cmd.Stderr = t.Output()
	printed, err := cmd.Output()
	if err != nil {
		t.Errorf("running node: %v", err)
	}
	var results []struct{ Vector, Want, Got string }
	if err := json.Unmarshal(printed, &results); err != nil || len(results) < 20 {
		t.Fatalf("%d results, %v, printed %q", len(results), err, printed)
	}
	for _, r := range results {
		if r.Want != r.Got {
			t.Errorf("%s: want %s, got %s", r.Vector, r.Want, r.Got)
		}
	}
}

// refusal is one call that must fail.
func (m *maker) refusal(class string, want, err error) {
	m.t.Helper()
	if !errors.Is(err, want) {
		m.t.Errorf("%s: gives %v, want %v", class, err, want)
	}
}
