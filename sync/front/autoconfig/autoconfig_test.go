package autoconfig_test

import (
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/sync/front/autoconfig"
)

func ask(services ...front.Service) *http.Response {
	w := httptest.NewRecorder()
	autoconfig.Handler(services).ServeHTTP(w, httptest.NewRequest(http.MethodGet, autoconfig.Paths[0]+"?emailaddress=anna@example.org", nil))
	return w.Result()
}

func TestMailProgramsLearnWhereToConnect(t *testing.T) {
	got := ask(front.Service{ID: "xmpp", Kind: front.Chat}, front.Service{
		ID: "imap", Kind: front.Mail, Title: "Mail <here>", Realm: "example.org",
		Address: "imaps://mail.example.org", Send: "submission://mail.example.org:10587",
	})
	var answer struct {
		Provider struct {
			Domain string `xml:"domain"`
			Name   string `xml:"displayName"`
			In     struct {
				Type   string `xml:"type,attr"`
				Port   int    `xml:"port"`
				Socket string `xml:"socketType"`
				User   string `xml:"username"`
			} `xml:"incomingServer"`
			Out struct {
				Port   int    `xml:"port"`
				Socket string `xml:"socketType"`
			} `xml:"outgoingServer"`
		} `xml:"emailProvider"`
	}
	if err := xml.NewDecoder(got.Body).Decode(&answer); err != nil || got.StatusCode != http.StatusOK {
		t.Fatalf("%d: %v", got.StatusCode, err)
	}
	p := answer.Provider
	if p.Domain != "example.org" || p.Name != "Mail <here>" || p.In.Type != "imap" || p.In.Port != 993 || p.In.Socket != "SSL" ||
		p.Out.Port != 10587 || p.Out.Socket != "STARTTLS" || p.In.User != "%EMAILLOCALPART%" {
		t.Errorf("programs are told %+v", p)
	}
}

func TestNothingIsSaidWithoutMail(t *testing.T) {
	for name, s := range map[string]front.Service{
		"no domain":   {ID: "imap", Kind: front.Mail, Address: "imaps://mail.example.org", Send: "submission://mail.example.org"},
		"no sending":  {ID: "imap", Kind: front.Mail, Realm: "example.org", Address: "imaps://mail.example.org"},
		"another":     {ID: "x", Kind: front.Chat, Realm: "example.org", Address: "imaps://mail.example.org", Send: "submission://mail.example.org"},
		"web address": {ID: "x", Kind: front.Mail, Realm: "example.org", Address: "https://mail.example.org", Send: "submission://mail.example.org"},
	} {
		if got := ask(s); got.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", name, got.StatusCode)
		}
	}
}
