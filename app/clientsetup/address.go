package clientsetup

import (
	"net/url"

	"github.com/countersign/countersign/app"
)

// Address gives what a program can be pointed to by a link or a QR code, without any
// secret in it: "xmpp:anna@example.org", "sip:anna@example.org", the address of the
// calendars. "" where there is none.
func Address(s app.Service) string {
	name := url.PathEscape(s.Setup.User)
	switch {
	case s.Kind == "chat" && s.Setup.Realm != "":
		return "xmpp:" + name + "@" + s.Setup.Realm
	case s.Kind == "calls" && s.Setup.Realm != "":
		scheme := "sip"
		if s.Setup.In.Secure == "tls" {
			scheme = "sips"
		}
		return scheme + ":" + name + "@" + s.Setup.Realm
	case s.Kind == "mail" && s.Setup.Realm != "":
		return "mailto:" + name + "@" + s.Setup.Realm
	}
	return s.Setup.URL
}
