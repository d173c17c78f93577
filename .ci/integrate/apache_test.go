package integrate_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// apacheAround is what an Apache needs beside the recipe, in a folder of the test.
const apacheAround = `
ServerRoot /usr/lib/apache2
ServerName localhost
Listen 127.0.0.1:%[2]d
PidFile %[1]s/pid
ErrorLog /dev/stderr
Mutex file:%[1]s
LoadModule mpm_event_module modules/mod_mpm_event.so
LoadModule authn_core_module modules/mod_authn_core.so
LoadModule authz_core_module modules/mod_authz_core.so
LoadModule authz_user_module modules/mod_authz_user.so
LoadModule auth_basic_module modules/mod_auth_basic.so
LoadModule ldap_module modules/mod_ldap.so
LoadModule authnz_ldap_module modules/mod_authnz_ldap.so
LoadModule headers_module modules/mod_headers.so
Header set X-Signed-In "expr=%%{REMOTE_USER}"
User www-data
Group www-data
DocumentRoot %[1]s/pages
`

// webServer is an Apache of the test's own.
type webServer struct {
	*house
	url string
}

func newWebServer(t *testing.T) *webServer {
	t.Helper()
	needsRoot(t)
	v := ldapValues(t)
	dir, port := openDir(t), free(t, "tcp")
	w := &webServer{house: newHouse(t, "anna", impatient(recipeText(t, "apache.toml", v))+otherService), url: fmt.Sprintf("http://127.0.0.1:%d/page", port)}
	file(t, dir, "pages/page", "the page")
	conf := file(t, dir, "apache.conf", fmt.Sprintf(apacheAround, dir, port)+recipeText(t, "apache.conf", v))
	start(t, "/usr/sbin/apache2", "-X", "-f", conf)
	answers(t, port)
	return w
}

// opens reports whether the page is shown; what is neither the page nor a refusal fails.
func (w *webServer) opens(name, password string) bool {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.url, nil)
	w.ok(err)
	if name != "" {
		r.SetBasicAuth(name, password)
	}
	back, err := http.DefaultClient.Do(r)
	w.ok(err)
	defer back.Body.Close()
	text, err := io.ReadAll(back.Body)
	w.ok(err)
	switch back.StatusCode {
	case http.StatusOK:
		if who := back.Header.Get("X-Signed-In"); who != "anna" {
			w.t.Errorf("%q is signed in as %q", name, who)
		}
		return string(text) == "the page"
	case http.StatusUnauthorized:
	default:
		w.t.Errorf("%s: %s\n%s", name, back.Status, text)
	}
	return false
}

func TestApache(t *testing.T) {
	w := newWebServer(t)
	tries, right := w.attempts("wiki", "other")
	tries = append(tries,
		attempt{"typed carelessly", "Anna", strings.ToUpper(strings.ReplaceAll(right.text, "-", " ")), true},
		attempt{"nobody at all", "", "", false},
		attempt{"a name that is a filter", "*", right.text, false},
		attempt{"a name that ends the filter", "x)(uid=anna", right.text, false},
		attempt{"a name with a comma", "anna,ou=wiki", right.text, false},
	)
	for _, a := range tries {
		if in := w.opens(a.name, a.password); in != a.want {
			t.Errorf("%s: in is %v", a.what, in)
		}
	}
	comesBack(t, func() bool { return w.opens("anna", right.text) })
	w.remove(right)
	ends(t, "a removed app password is refused", func() bool { return w.opens("anna", right.text) })
}
