package clientsetup_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/clientsetup"
	"github.com/countersign/countersign/trust/apppass"
)

func made(t *testing.T, kind string) app.MadeAppPassword {
	t.Helper()
	secret, err := apppass.New(strings.NewReader(strings.Repeat("\x01", 24)))
	if err != nil {
		t.Fatal(err)
	}
	return app.MadeAppPassword{
		AppPassword: app.AppPassword{ID: "0102", Title: "Mail & <more>", Kind: kind},
		Secret:      secret,
		Setup: app.AppSetup{
			User: "anna", Realm: "example.org", In: app.Connection{Host: "mail.example.org", Port: 993, Secure: "tls"},
			Out: app.Connection{Host: "mail.example.org", Port: 587, Secure: "starttls"}, URL: "https://mail.example.org/anna/",
		},
	}
}

// read gives the texts that follow the keys of a property list.
func read(t *testing.T, raw []byte) map[string]string {
	t.Helper()
	out, key, text := map[string]string{}, "", ""
	for d := xml.NewDecoder(strings.NewReader(string(raw))); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("the profile is no XML: %v", err)
		}
		switch at := token.(type) {
		case xml.StartElement:
			text = ""
		case xml.CharData:
			text += string(at)
		case xml.EndElement:
			switch at.Name.Local {
			case "key":
				key = text
			case "true", "false":
				out[key] = at.Name.Local
			case "string", "integer":
				out[key] = text
			}
		}
	}
}

func TestMailProfileSaysWhereToConnect(t *testing.T) {
	raw, err := clientsetup.Profile(made(t, "mail"))
	if err != nil {
		t.Fatal(err)
	}
	got := read(t, raw)
	for key, want := range map[string]string{
		"EmailAddress": "anna@example.org", "IncomingMailServerHostName": "mail.example.org", "IncomingMailServerPortNumber": "993",
		"IncomingMailServerUseSSL": "true", "IncomingPassword": "1111-1111-1111-1111-1111-1111", "OutgoingMailServerPortNumber": "587",
		"PayloadDisplayName": "Mail & <more>: anna",
	} {
		if got[key] != want {
			t.Errorf("%s is %q, want %q", key, got[key], want)
		}
	}
	again, err := clientsetup.Profile(made(t, "mail"))
	if err != nil || string(again) != string(raw) {
		t.Error("the same app password gives another profile, which would stand beside the first")
	}
}

func TestCalendarProfile(t *testing.T) {
	raw, err := clientsetup.Profile(made(t, "calendars"))
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, raw); got["CalDAVHostName"] != "mail.example.org" || got["CalDAVPassword"] == "" || got["CalDAVUseSSL"] != "true" {
		t.Errorf("the profile is %v", got)
	}
}

func TestWhatHasNoProfile(t *testing.T) {
	unsaid := made(t, "mail")
	unsaid.Setup.In = app.Connection{}
	for name, m := range map[string]app.MadeAppPassword{"a shell": made(t, "shell"), "mail without an address": unsaid} {
		if raw, err := clientsetup.Profile(m); !errors.Is(err, clientsetup.ErrNoProfile) || raw != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAddressesHoldNoSecret(t *testing.T) {
	m := made(t, "chat")
	for kind, want := range map[string]string{
		"chat": "xmpp:an%20na@example.org", "calls": "sips:an%20na@example.org", "mail": "mailto:an%20na@example.org",
		"calendars": "https://mail.example.org/anna/",
	} {
		setup := m.Setup
		setup.User = "an na"
		if got := clientsetup.Address(app.Service{Kind: kind, Setup: setup}); got != want {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
}
