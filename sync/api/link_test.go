package api_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/countersign/countersign/sync/api"
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
