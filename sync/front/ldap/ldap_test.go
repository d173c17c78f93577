package ldap_test

import (
	"strings"
	"testing"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/sync/front/ldap"
)

func TestBinding(t *testing.T) {
	h := newHouse(t)
	right, id := h.make("imap")
	gone, goneID := h.make("imap")
	h.remove(goneID)
	c := h.dial()
	for _, b := range []struct {
		what, dn, password string
		want               uint16
	}{
		{"its service", "uid=anna,ou=imap,dc=countersign", right, goldap.LDAPResultSuccess},
		{"letters of another size and spaces", "UID=Anna , OU=IMAP , DC=Countersign", right, goldap.LDAPResultSuccess},
		{"an escaped letter", `uid=\61nna,ou=imap,dc=countersign`, right, goldap.LDAPResultSuccess},
		{"the service's further name", "uid=anna,ou=smtp,dc=countersign", right, goldap.LDAPResultSuccess},
		{"another service", "uid=anna,ou=xmpp,dc=countersign", right, goldap.LDAPResultInvalidCredentials},
		{"a service that is not there", "uid=anna,ou=ftp,dc=countersign", right, goldap.LDAPResultInvalidCredentials},
		{"nobody", "uid=bert,ou=imap,dc=countersign", right, goldap.LDAPResultInvalidCredentials},
		{"a removed one", "uid=anna,ou=imap,dc=countersign", gone, goldap.LDAPResultInvalidCredentials},
		{"the account's password", "uid=anna,ou=imap,dc=countersign", password, goldap.LDAPResultInvalidCredentials},
		{"a name of another directory", "uid=anna,ou=imap,dc=example,dc=org", right, goldap.LDAPResultInvalidCredentials},
		{"two names at one place", "uid=anna+cn=anna,ou=imap,dc=countersign", right, goldap.LDAPResultInvalidCredentials},
		{"a name without end", "uid=" + strings.Repeat("a", 60_000) + ",ou=imap,dc=countersign", right, goldap.LDAPResultInvalidCredentials},
		{"a name that ends early", "uid=anna,", right, goldap.LDAPResultInvalidCredentials},
		{"a reader with another secret", "cn=reader,ou=imap,dc=countersign", "0123456789abcdef0123456789abcdeX", goldap.LDAPResultInvalidCredentials},
		{"a reader of a service that has none", "cn=reader,ou=xmpp,dc=countersign", secret, goldap.LDAPResultInvalidCredentials},
	} {
		if got := code(c.Bind(b.dn, b.password)); got != b.want {
			t.Errorf("%s: result %d, want %d", b.what, got, b.want)
		}
	}
	h.remove(id)
	if got := code(c.Bind("uid=anna,ou=imap,dc=countersign", right)); got != goldap.LDAPResultInvalidCredentials {
		t.Errorf("on the same connection, just removed: result %d", got)
	}
}

// A name without a password "succeeds" in many directories, and programs let in whoever
// leaves the field empty.
func TestANameWithoutAPasswordProvesNothing(t *testing.T) {
	h := newHouse(t)
	c := h.dial()
	if got := code(c.UnauthenticatedBind("uid=anna,ou=imap,dc=countersign")); got != goldap.LDAPResultUnwillingToPerform {
		t.Errorf("result %d", got)
	}
	if got := code(c.UnauthenticatedBind("")); got != goldap.LDAPResultSuccess {
		t.Errorf("anonymous: result %d", got)
	}
	who, err := c.WhoAmI(nil)
	if err != nil || who.AuthzID != "" {
		t.Errorf("anonymous is %+v, %v", who, err)
	}
	if _, err := c.Search(lookFor("(uid=anna)")); code(err) != goldap.LDAPResultInsufficientAccessRights {
		t.Errorf("an anonymous search: %v", err)
	}
}

func lookFor(filter string) *goldap.SearchRequest {
	return goldap.NewSearchRequest("ou=imap,dc=countersign", goldap.ScopeWholeSubtree, goldap.NeverDerefAliases, 0, 0, false, filter, nil, nil)
}

func TestAReaderFindsWhomToBindAs(t *testing.T) {
	h := newHouse(t)
	right, _ := h.make("imap")
	c := h.dial()
	h.ok(c.Bind("cn=reader,ou=imap,dc=countersign", secret))
	for filter, want := range map[string]int{
		"(uid=anna)": 1, "(&(objectClass=person)(uid=anna))": 1, "(|(uid=anna)(cn=anna))": 1, "(&(uid=anna)(!(uid=anna)))": 0,
		"(uid=" + strings.Repeat("a", 300) + ")": 0, "(uid=*)": 0, "(objectClass=*)": 0, "(uid=a*)": 0, "(!(uid=bert))": 0, "(&(uid=anna)(mail=*))": 0, `(uid=an\2cna)`: 1,
	} {
		got, err := c.Search(lookFor(filter))
		if err != nil || len(got.Entries) != want {
			t.Errorf("%s finds %+v, %v", filter, got, err)
		}
	}
	two := lookFor("(|(uid=anna)(uid=bert))")
	two.SizeLimit = 1
	if got, err := c.Search(two); code(err) != goldap.LDAPResultSizeLimitExceeded || len(got.Entries) != 1 {
		t.Errorf("one of two: %+v, %v", got, err)
	}
	got, err := c.Search(lookFor(`(uid=an\2cna)`))
	if err != nil || got.Entries[0].DN != `uid=an\,na,ou=imap,dc=countersign` {
		t.Errorf("a name with a comma is %+v, %v", got, err)
	}
	other := lookFor("(uid=anna)")
	other.BaseDN = "ou=xmpp,dc=countersign"
	if _, err := c.Search(other); code(err) != goldap.LDAPResultInsufficientAccessRights {
		t.Errorf("another service's people: %v", err)
	}
	found, err := c.Search(lookFor("(uid=anna)"))
	h.ok(err)
	if got := code(c.Bind(found.Entries[0].DN, right)); got != goldap.LDAPResultSuccess {
		t.Errorf("binding as what was found: %d", got)
	}
	if got, err := c.Search(lookFor("(uid=anna)")); err != nil || len(got.Entries) != 1 {
		t.Errorf("oneself: %+v, %v", got, err)
	}
	if got, err := c.Search(lookFor("(uid=bert)")); err != nil || len(got.Entries) != 0 {
		t.Errorf("another: %+v, %v", got, err)
	}
}

// A program that takes what was typed for the name has two people for one: so a search
// gives the name that the server gives for whoever signs in.
func TestASearchGivesTheNameAsServicesKnowIt(t *testing.T) {
	h := newHouse(t)
	right, _ := h.make("imap")
	c := h.dial()
	for _, typed := range []string{"anna", "ANNA", " anna ", "\uff41nna"} {
		h.ok(c.Bind("cn=reader,ou=imap,dc=countersign", secret))
		opened, err := h.s.Check(t.Context(), front.Try{Service: "imap", Name: typed, Password: right, Protocol: "ldap"})
		h.ok(err)
		got, err := c.Search(lookFor("(uid=" + goldap.EscapeFilter(typed) + ")"))
		if err != nil || len(got.Entries) != 1 || got.Entries[0].GetAttributeValue("uid") != opened.User {
			t.Errorf("%q: found %+v, %v; the server says %q", typed, got, err, opened.User)
			continue
		}
		h.ok(c.Bind(got.Entries[0].DN, right))
		if who, err := c.WhoAmI(nil); err != nil || who.AuthzID != "dn:uid=anna,ou=imap,dc=countersign" {
			t.Errorf("%q: bound as %+v, %v", typed, who, err)
		}
	}
}

// Whatever is in a name stays in it: another's reading of RFC 4514 sees the same name,
// and the search below it finds it again.
func TestNamesThatWouldEndANameEarly(t *testing.T) {
	h := newHouse(t)
	c := h.dial()
	h.ok(c.Bind("cn=reader,ou=imap,dc=countersign", secret))
	for _, user := range []string{
		`an,na`, `an+na`, `an"na`, `an\na`, `an<na>`, `an;na`, `#anna`, `an=na`, "an\x00na", "an\nna", `anna,ou=xmpp`, `an\2cna`, "\u00e4nna", `an  na`,
	} {
		got, err := c.Search(lookFor("(uid=" + goldap.EscapeFilter(user) + ")"))
		if err != nil || len(got.Entries) != 1 {
			t.Errorf("%q: %+v, %v", user, got, err)
			continue
		}
		dn, err := goldap.ParseDN(got.Entries[0].DN)
		if err != nil || len(dn.RDNs) != 3 || dn.RDNs[0].Attributes[0].Value != user || dn.RDNs[1].Attributes[0].Value != "imap" {
			t.Errorf("%q is named %q", user, got.Entries[0].DN)
		}
		again := lookFor("(objectClass=*)")
		again.BaseDN, again.Scope = got.Entries[0].DN, goldap.ScopeBaseObject
		if got, err := c.Search(again); err != nil || len(got.Entries) != 1 || got.Entries[0].GetAttributeValue("uid") != user {
			t.Errorf("%q is not found by its name: %+v, %v", user, got, err)
		}
	}
}

// Whether there is an account cannot be found out by looking.
func TestNobodyCanBeListed(t *testing.T) {
	h := newHouse(t)
	c := h.dial()
	h.ok(c.Bind("cn=reader,ou=imap,dc=countersign", secret))
	a, err := c.Search(lookFor("(uid=anna)"))
	h.ok(err)
	b, err := c.Search(lookFor("(uid=nobody)"))
	h.ok(err)
	if len(a.Entries) != len(b.Entries) || len(a.Entries[0].Attributes) != len(b.Entries[0].Attributes) {
		t.Error("who has an account looks different from who has none")
	}
}

func TestNothingIsChangedHere(t *testing.T) {
	h := newHouse(t)
	c := h.dial()
	h.ok(c.Bind("cn=reader,ou=imap,dc=countersign", secret))
	add := goldap.NewAddRequest("uid=eve,ou=imap,dc=countersign", nil)
	add.Attribute("uid", []string{"eve"})
	for what, err := range map[string]error{
		"adding": c.Add(add), "deleting": c.Del(goldap.NewDelRequest("uid=anna,ou=imap,dc=countersign", nil)),
		"modifying": c.Modify(goldap.NewModifyRequest("uid=anna,ou=imap,dc=countersign", nil)),
	} {
		if code(err) != goldap.LDAPResultUnwillingToPerform {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := c.Compare("uid=anna,ou=imap,dc=countersign", "uid", "anna"); code(err) != goldap.LDAPResultUnwillingToPerform {
		t.Errorf("comparing: %v", err)
	}
	critical := lookFor("(uid=anna)")
	critical.Controls = []goldap.Control{goldap.NewControlString("1.2.3.4", true, "")}
	if _, err := c.Search(critical); code(err) != goldap.LDAPResultUnavailableCriticalExtension {
		t.Errorf("a control that may not be passed over: %v", err)
	}
}

func TestWhatCannotBeConfigured(t *testing.T) {
	h := newHouse(t)
	for what, o := range map[string]ldap.Options{
		"a reader of no service":     {Readers: []ldap.Reader{{Service: "ftp", SecretFile: "x"}}},
		"a secret that is not there": {Readers: []ldap.Reader{{Service: "imap", SecretFile: "/nowhere/secret"}}},
		"TLS without certificate":    {ListenTLS: "127.0.0.1:0"},
		"an open door without TLS":   {Listen: "0.0.0.0:3890"},
		"an address that is none":    {Listen: "everywhere"},
		"half a certificate":         {Cert: "/nowhere/cert"},
	} {
		if _, err := ldap.New(o, h.s, nil); err == nil {
			t.Errorf("%s is taken", what)
		}
	}
}
