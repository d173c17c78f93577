package clientsetup

import (
	"bytes"
	"crypto/sha256"
	"encoding/xml"
	"errors"
	"fmt"

	"github.com/countersign/countersign/app"
)

// ErrNoProfile says that there is no such file for this kind of service, or that the
// operator did not say where programs connect to.
var ErrNoProfile = errors.New("no set-up file for this service")

// Offers reports whether there is a profile for a service of this kind, set up so.
func Offers(kind string, s app.AppSetup) bool {
	return s.In.Host != "" && (kind == "calendars" || kind == "mail" && s.Realm != "")
}

// Profile gives a configuration profile for iPhone, iPad and Mac, which sets mail or
// calendars up with the app password in it. The same app password gives the same
// profile, so that installing it again replaces it. ErrNoProfile.
func Profile(made app.MadeAppPassword) ([]byte, error) {
	if !Offers(made.Kind, made.Setup) {
		return nil, ErrNoProfile
	}
	content := calendars(made)
	if made.Kind == "mail" {
		content = mail(made)
	}
	id := "org.countersign." + made.ID
	content = append(content, dict{
		{"PayloadIdentifier", id + ".account"}, {"PayloadUUID", uuid(made.ID + " account")}, {"PayloadVersion", 1},
	}...)
	return plist(dict{
		{"PayloadType", "Configuration"}, {"PayloadVersion", 1}, {"PayloadIdentifier", id}, {"PayloadUUID", uuid(made.ID)},
		{"PayloadDisplayName", made.Title + ": " + made.Setup.User}, {"PayloadContent", []dict{content}},
	})
}

func mail(made app.MadeAppPassword) dict {
	s := made.Setup
	out := s.Out
	if out.Host == "" {
		out = app.Connection{Host: s.In.Host, Port: 587, Secure: "starttls"}
	}
	return dict{
		{"PayloadType", "com.apple.mail.managed"}, {"EmailAccountType", "EmailTypeIMAP"},
		{"EmailAccountDescription", made.Title}, {"EmailAddress", s.User + "@" + s.Realm},
		{"IncomingMailServerAuthentication", "EmailAuthPassword"}, {"IncomingMailServerHostName", s.In.Host},
		{"IncomingMailServerPortNumber", s.In.Port}, {"IncomingMailServerUseSSL", s.In.Secure != "none"},
		{"IncomingMailServerUsername", s.User}, {"IncomingPassword", made.Secret.Text()},
		{"OutgoingMailServerAuthentication", "EmailAuthPassword"}, {"OutgoingMailServerHostName", out.Host},
		{"OutgoingMailServerPortNumber", out.Port}, {"OutgoingMailServerUseSSL", out.Secure != "none"},
		{"OutgoingMailServerUsername", s.User}, {"OutgoingPasswordSameAsIncomingPassword", true},
	}
}

func calendars(made app.MadeAppPassword) dict {
	s := made.Setup
	return dict{
		{"PayloadType", "com.apple.caldav.account"}, {"CalDAVAccountDescription", made.Title}, {"CalDAVHostName", s.In.Host},
		{"CalDAVPort", s.In.Port}, {"CalDAVUseSSL", s.In.Secure != "none"}, {"CalDAVPrincipalURL", s.URL},
		{"CalDAVUsername", s.User}, {"CalDAVPassword", made.Secret.Text()},
	}
}

// dict is a dictionary in the order in which it is written.
type dict []pair

type pair struct {
	key   string
	value any // string, int, bool, []dict
}

const head = xml.Header + `<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">` + "\n"

// plist writes a property list.
func plist(d dict) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(head + `<plist version="1.0">`)
	if err := d.write(&b); err != nil {
		return nil, err
	}
	b.WriteString("</plist>\n")
	return b.Bytes(), nil
}

func (d dict) write(b *bytes.Buffer) error {
	b.WriteString("<dict>\n")
	for _, p := range d {
		if err := element(b, "key", p.key); err != nil {
			return err
		}
		if err := p.write(b); err != nil {
			return err
		}
	}
	b.WriteString("</dict>\n")
	return nil
}

func (p pair) write(b *bytes.Buffer) error {
	switch v := p.value.(type) {
	case string:
		return element(b, "string", v)
	case int:
		return element(b, "integer", fmt.Sprint(v))
	case bool:
		fmt.Fprintf(b, "<%t/>\n", v)
		return nil
	case []dict:
		b.WriteString("<array>\n")
		for _, d := range v {
			if err := d.write(b); err != nil {
				return err
			}
		}
		b.WriteString("</array>\n")
		return nil
	}
	return fmt.Errorf("writing profile: %q has no form", p.key)
}

func element(b *bytes.Buffer, name, text string) error {
	b.WriteString("<" + name + ">")
	if err := xml.EscapeText(b, []byte(text)); err != nil {
		return err
	}
	b.WriteString("</" + name + ">\n")
	return nil
}

// uuid gives an identifier that is the same for the same text.
func uuid(of string) string {
	h := sha256.Sum256([]byte("td/1 profile\x00" + of))
	h[6], h[8] = h[6]&0x0f|0x80, h[8]&0x3f|0x80
	return fmt.Sprintf("%X-%X-%X-%X-%X", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}
