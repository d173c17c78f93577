package integrate_test

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/front/recipe"
)

// ldapValues chooses an address for LDAP and a reader's secret.
func ldapValues(t *testing.T) recipe.Values {
	t.Helper()
	v := recipe.Example()
	v.LDAPHost, v.LDAPPort = "127.0.0.1", fmt.Sprint(free(t, "tcp"))
	v.LDAP = net.JoinHostPort(v.LDAPHost, v.LDAPPort)
	v.Host, v.Realm = "localhost", "example.org"
	secret := make([]byte, 32)
	rand.Read(secret)
	v.Secret = hex.EncodeToString(secret)
	v.SecretFile = filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(v.SecretFile, []byte(v.Secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return v
}

// silence is after how long the front closes a connection on which nothing is asked.
const silence = 300 * time.Millisecond

// impatient has the front close silent connections soon.
func impatient(config string) string {
	return strings.Replace(config, "[ldap]\n", fmt.Sprintf("[ldap]\nidle = %q\n", silence), 1)
}

// comesBack sees that a program signs people in again after the front closed the
// connection that the program kept.
func comesBack(t *testing.T, opens func() bool) {
	t.Helper()
	wait(3 * silence) // there is nothing to see from outside
	if !opens() {
		t.Error("after a silence the right app password does not open")
	}
}

// here has a configuration call a program that finds the daemon of this test, and not
// that of the computer: a script that runs the same with words before the others.
func here(t *testing.T, config, program string, words ...string) string {
	t.Helper()
	script := filepath.Join(openDir(t), filepath.Base(program))
	text := "#!/bin/sh\nexec " + program + " " + strings.Join(words, " ") + " \"$@\"\n"
	if err := os.WriteFile(script, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(config, program) {
		t.Fatalf("the configuration does not run %s", program)
	}
	return strings.ReplaceAll(config, program, script)
}

// mayRun reports whether sudo would let a user run a command as root without password.
func mayRun(t *testing.T, user login, words ...string) bool {
	t.Helper()
	_, code := run(t, "", "sudo", append([]string{"-n", "-l", "-U", user.name}, words...)...)
	return code == 0
}

// The rules let countersignd end sessions of one person, and run nothing else.
func TestWhatSudoersAllow(t *testing.T) {
	user := newLogin(t)
	rules := recipeText(t, "dovecot.sudoers", recipe.Example()) + recipeText(t, "prosody.sudoers", recipe.Example())
	underEtc(t, "/etc/sudoers.d/"+user.name, strings.ReplaceAll(rules, "countersign ALL", user.name+" ALL"), 0o440)
	for _, c := range []struct {
		words string
		want  bool
	}{
		{"/usr/bin/doveadm kick anna", true},
		{"/usr/bin/doveadm kick anna.b-c", true},
		{"/usr/bin/doveadm kick -a anna", false},
		{"/usr/bin/doveadm kick anna bert", false},
		{"/usr/bin/doveadm kick *", false},
		{"/usr/bin/doveadm exec anna", false},
		{"/usr/bin/doveadm", false},
		{"/usr/bin/prosodyctl shell c2s close anna@example.org", true},
		{"/usr/bin/prosodyctl shell c2s closeall", false},
		{"/usr/bin/prosodyctl shell c2s close anna@example.org extra", false},
		{"/usr/bin/prosodyctl shell", false},
		{"/usr/bin/prosodyctl deluser anna@example.org", false},
	} {
		if got := mayRun(t, user, strings.Fields(c.words)...); got != c.want {
			t.Errorf("%s: allowed is %v", c.words, got)
		}
	}
}
