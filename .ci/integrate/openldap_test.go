package integrate_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// secretLine is a reader's secret in a file as OpenLDAP's programs take it: without the
// newline at the end.
func secretLine(t *testing.T, secret string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "line")
	if err := os.WriteFile(path, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// What docs/integrate/ldap.md tells people to check with does what it says, in clear on
// this computer, by StartTLS, and over TLS from the start.
func TestOpenLDAPPrograms(t *testing.T) {
	v := ldapValues(t)
	cert, key := certificate(t, v.LDAPHost)
	section := "[ldap]\nlisten_tls = \"127.0.0.1:0\"\ncert = \"" + cert + "\"\nkey = \"" + key + "\"\n"
	h := newHouse(t, "anna", strings.Replace(recipeText(t, "apache.toml", v), "[ldap]\n", section, 1)+otherService)
	t.Setenv("LDAPTLS_CACERT", cert)
	tries, right := h.attempts("wiki", "other")
	for _, way := range [][]string{{"-H", "ldap://" + v.LDAP}, {"-ZZ", "-H", "ldap://" + v.LDAP}, {"-H", "ldaps://" + h.b.FrontAddress("ldaps")}} {
		for _, a := range tries {
			said, code := run(t, "", "ldapwhoami", append(way, "-x", "-D", "uid="+a.name+",ou=wiki,dc=countersign", "-y", secretLine(t, a.password))...)
			if in := code == 0 && strings.TrimSpace(said) == "dn:uid=anna,ou=wiki,dc=countersign"; in != a.want {
				t.Errorf("%s, %s: ended with %d: %s", way, a.what, code, said)
			}
		}
		said, code := run(t, "", "ldapsearch", append(way, "-x", "-LLL", "-D", "cn=reader,ou=wiki,dc=countersign", "-y", secretLine(t, v.Secret), "-b", "ou=wiki,dc=countersign", "(uid=Anna)")...)
		if code != 0 || !strings.HasPrefix(said, "dn: uid=anna,ou=wiki,dc=countersign\n") || !strings.Contains(said, "\nuid: anna\n") {
			t.Errorf("%s: the search ended with %d: %s", way, code, said)
		}
	}
	h.remove(right)
	ends(t, "a removed app password is refused", func() bool {
		_, code := run(t, "", "ldapwhoami", "-x", "-H", "ldap://"+v.LDAP, "-D", "uid=anna,ou=wiki,dc=countersign", "-y", secretLine(t, right.text))
		return code == 0
	})
}
