package api_test

import (
	"bytes"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust/pair"
)

func TestParseLinkReadsWhatPeopleType(t *testing.T) {
	secret := api.Secret(bytes.Repeat([]byte{0xA5, 0x00}, 8))
	text := strings.TrimPrefix(api.Link("", secret), "/i#")
	for _, test := range []struct {
		typed, origin string
		invited       bool
	}{
		{"https://id.example.org/i#" + text, "https://id.example.org", true},
		{"  https://id.example.org/i#" + strings.ToUpper(text) + "\n", "https://id.example.org", true},
		{"https://ID.Example.org:443/i#" + strings.ReplaceAll(text, "0", "O"), "https://id.example.org", true},
		{"http://localhost:7420/i#" + text, "http://localhost:7420", true},
		{"localhost:7420/i#" + text, "http://localhost:7420", true},
		{"id.example.org", "https://id.example.org", false},
		{"https://id.example.org/", "https://id.example.org", false},
		{"id.example.org:8443/i", "https://id.example.org:8443", false},
		{"http://[::1]:7420", "http://[::1]:7420", false},
		{"127.0.0.1:80", "http://127.0.0.1", false},
	} {
		origin, got, err := api.ParseLink(test.typed)
		if err != nil || origin != test.origin || bytes.Equal(got, secret) != test.invited {
			t.Errorf("ParseLink(%q) = %q, invited %t, %v; want %q, invited %t", test.typed, origin, got != nil, err, test.origin, test.invited)
		}
	}
}

func TestParseLinkRefusesTheRest(t *testing.T) {
	good := api.Link("https://id.example.org", bytes.Repeat([]byte{7}, 16))
	for _, typed := range []string{
		"", " ", "https://", "ftp://id.example.org", "http://id.example.org", "http://id.example.org/i#x", good + "0", good[:len(good)-1],
		good + "/x", "https://me:secret@id.example.org", "https://id.example.org/?a=b", "https://id.example.org/other",
		"https://id.example.org/other#" + good, "javascript:alert(1)", "https://id.example.org/i#uuuuuuuuuuuuuuuuuuuuuuuuuu",
	} {
		if origin, secret, err := api.ParseLink(typed); !errors.Is(err, api.ErrLink) || origin != "" || secret != nil {
			t.Errorf("ParseLink(%q) = %q, %v; want ErrLink and nothing else", typed, origin, err)
		}
	}
}

// offer is one with every kind of symbol, and pairText its text.
var offer = pair.Offer{Symbols: "7QK2M9XW", Fingerprint: pair.Fingerprint{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}}

const pairText = "1.7QK2M9XW.04HMASW9NF6YY0938NKRKAYDXW"

// A QR picture holds 45 symbols in 31 bytes only of this alphabet; "#" alone is not in it.
func TestPairLinkStaysSmall(t *testing.T) {
	got := api.PairLink("https://id.example.org:8443", offer)
	if want := "HTTPS://ID.EXAMPLE.ORG:8443/P#" + pairText; got != want {
		t.Errorf("the link is %q, want %q", got, want)
	}
	if rest := strings.Trim(strings.Replace(got, "#", "", 1), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"); rest != "" {
		t.Errorf("%q is not of the QR alphabet", rest)
	}
}

func TestParsePairLinkReadsPairLinks(t *testing.T) {
	for _, origin := range []string{
		"https://id.example.org", "https://id.example.org:8443", "https://xn--bcher-kva.example", "https://192.0.2.7",
		"https://[2001:db8::7]:8443", "http://localhost:7420", "http://127.0.0.1", "http://[::1]:7420",
	} {
		link := api.PairLink(origin, offer)
		for _, text := range []string{link, strings.ToLower(link), "  " + link + "\n"} {
			if got, o, err := api.ParsePairLink(text); err != nil || got != origin || o != offer {
				t.Errorf("ParsePairLink(%q) = %q, %v, %v; want %q", text, got, o, err, origin)
			}
		}
	}
	if got, _, err := api.ParsePairLink("https://id.example.org:443/p#" + pairText); err != nil || got != "https://id.example.org" {
		t.Errorf("with the port that needs no saying: %q, %v", got, err)
	}
}

func TestParsePairLinkRefusesTheRest(t *testing.T) {
	for class, text := range map[string]string{
		"nothing":                    "",
		"the offer alone":            pairText,
		"symbols alone":              "7QK2 M9XW",
		"without a scheme":           "id.example.org/p#" + pairText,
		"http to another machine":    "http://id.example.org/p#" + pairText,
		"http to a name like ours":   "http://localhost.example.org/p#" + pairText,
		"another scheme":             "ftp://id.example.org/p#" + pairText,
		"a script":                   "javascript:alert(1)//p#" + pairText,
		"no host":                    "https:///p#" + pairText,
		"a person before the host":   "https://id.example.org@evil.example/p#" + pairText,
		"a query":                    "https://id.example.org/p?a=b#" + pairText,
		"an empty query":             "https://id.example.org/p?#" + pairText,
		"the offer in the query":     "https://id.example.org/p?" + pairText,
		"the offer in the path":      "https://id.example.org/p/" + pairText,
		"no path":                    "https://id.example.org#" + pairText,
		"a path longer":              "https://id.example.org/p/#" + pairText,
		"another path":               "https://id.example.org/q#" + pairText,
		"an escaped path":            "https://id.example.org/%70#" + pairText,
		"an invitation":              api.Link("https://id.example.org", bytes.Repeat([]byte{7}, 16)),
		"no fragment":                "https://id.example.org/p",
		"an empty fragment":          "https://id.example.org/p#",
		"an escaped fragment":        "https://id.example.org/p#1%2E" + pairText[2:],
		"two fragments":              "https://id.example.org/p#" + pairText + "#" + pairText,
		"a later version":            "https://id.example.org/p#2" + pairText[1:],
		"a fingerprint too short":    "https://id.example.org/p#" + pairText[:len(pairText)-1],
		"symbols without a print":    "https://id.example.org/p#1.7QK2M9XW",
		"a line break in the middle": "https://id.example.org/p#1.7QK2\nM9XW." + pairText[11:],
		"two links":                  "https://id.example.org/p#" + pairText + " https://id.example.org/p#" + pairText,
	} {
		if origin, o, err := api.ParsePairLink(text); !errors.Is(err, api.ErrLink) || origin != "" || o != (pair.Offer{}) {
			t.Errorf("%s: ParsePairLink(%q) = %q, %v, %v; want ErrLink and nothing else", class, text, origin, o, err)
		}
	}
}

// Whatever is read as a pairing link is read alike from the link made of it, and
// leads nowhere without encryption but to the loopback.
func FuzzParsePairLink(f *testing.F) {
	for _, seed := range []string{
		"HTTPS://ID.EXAMPLE.ORG/P#" + pairText, "https://[::1]:443/p#" + pairText, "http://localhost/p#" + pairText, "https://id.example.org/%70#" + pairText,
		"https://ı.example/p#" + pairText,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		origin, o, err := api.ParsePairLink(text)
		if err != nil {
			if origin != "" || o != (pair.Offer{}) {
				t.Fatalf("ParsePairLink(%q) refuses and gives %q, %v", text, origin, o)
			}
			return
		}
		again, same, err := api.ParsePairLink(api.PairLink(origin, o))
		if err != nil || again != origin || same != o {
			t.Fatalf("%q reads as %q, %v, and the link of that as %q, %v, %v", text, origin, o, again, same, err)
		}
		u, err := url.Parse(origin)
		if err != nil || u.Scheme != "https" && !api.PlainAllowed(u.Hostname()) {
			t.Fatalf("%q leads to %q", text, origin)
		}
	})
}
