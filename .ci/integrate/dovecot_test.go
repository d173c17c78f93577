package integrate_test

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/front/recipe"
)

// dovecotAround is what a Dovecot needs beside the recipe, in a folder of the test. What
// slows guesses down would slow the tests.
const dovecotAround = `
protocols = imap submission
base_dir = %[1]s/run
state_dir = %[1]s/state
instance_name = %[2]s
listen = 127.0.0.1
log_path = /dev/stderr
auth_verbose = yes
auth_failure_delay = 0
ssl = required
ssl_cert = <%[3]s
ssl_key = <%[4]s
mail_location = maildir:%[1]s/mail/%%n
first_valid_uid = 1
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = %[5]d
  }
}
service submission-login {
  inet_listener submission {
    port = 0
  }
  inet_listener submissions {
    port = %[6]d
    ssl = yes
  }
}
hostname = localhost
submission_relay_host = 127.0.0.1
submission_relay_port = %[7]d
userdb {
  driver = static
  args = uid=mail gid=mail home=%[1]s/mail/%%n
}
`

// mailServer is a Dovecot of the test's own.
type mailServer struct {
	*house
	conf, cert       string
	imap, submission int
	secure           *tls.Config
}

// way has a Dovecot ask Countersign by one of the two ways.
type way func(t *testing.T, m *mailServer, v recipe.Values) (config string)

func byLDAP(t *testing.T, _ *mailServer, v recipe.Values) string {
	file(t, v.Dir, "countersign.conf.ext", recipeText(t, "dovecot-ldap", v))
	return recipeText(t, "dovecot.conf", v)
}

func byHTTP(t *testing.T, m *mailServer, v recipe.Values) string {
	v.URL = m.b.Address()
	file(t, v.Dir, "countersign.lua", recipeText(t, "dovecot.lua", v))
	return recipeText(t, "dovecot-lua.conf", v)
}

func newMailServer(t *testing.T, asks way) *mailServer {
	t.Helper()
	needsRoot(t)
	v := ldapValues(t)
	v.Dir = openDir(t)
	conf := filepath.Join(v.Dir, "dovecot.conf")
	m := &mailServer{conf: conf, imap: free(t, "tcp"), submission: free(t, "tcp"), secure: &tls.Config{InsecureSkipVerify: true}}
	config := impatient(recipeText(t, "dovecot.toml", v)) + "\n[check]\nallow = [\"127.0.0.1/32\"]\n" + otherService
	config = strings.NewReplacer(":993", fmt.Sprintf(":%d", m.imap), ":465", fmt.Sprintf(":%d", m.submission)).Replace(config)
	m.house = newHouse(t, "anna", here(t, config, "/usr/bin/doveadm", "-c", conf))
	cert, key := certificate(t, "localhost")
	m.cert = cert
	around := fmt.Sprintf(dovecotAround, v.Dir, filepath.Base(v.Dir), cert, key, m.imap, m.submission, relay(t))
	file(t, v.Dir, "dovecot.conf", around+asks(t, m, v))
	file(t, v.Dir, "mail/.keep", "")
	does(t, "chown", "mail:mail", filepath.Join(v.Dir, "mail"))
	start(t, "/usr/sbin/dovecot", "-F", "-c", conf)
	answers(t, m.imap)
	answers(t, m.submission)
	return m
}

// relay takes what a submission server passes on: it greets, and agrees to everything.
func relay(t *testing.T) (port int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go agree(c)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

func agree(c net.Conn) {
	defer c.Close()
	fmt.Fprint(c, "220 relay\r\n")
	for lines := bufio.NewScanner(c); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "QUIT") {
			return
		}
		fmt.Fprint(c, "250 so be it\r\n")
	}
}

// dialogue is a connection in which lines are said in turns.
type dialogue struct {
	t testing.TB
	c *tls.Conn
	r *bufio.Reader
}

func (m *mailServer) call(port int) *dialogue {
	m.t.Helper()
	from := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 9, 8, 7)}, Timeout: 10 * time.Second} // not where Dovecot is
	c, err := tls.DialWithDialer(from, "tcp", fmt.Sprintf("127.0.0.1:%d", port), m.secure)
	m.ok(err)
	m.t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(90 * time.Second))
	return &dialogue{t: m.t, c: c, r: bufio.NewReader(c)}
}

// until reads lines up to one that begins with one of these; "" where it ends before.
func (d *dialogue) until(begins ...string) string {
	for {
		line, err := d.r.ReadString('\n')
		for _, b := range begins {
			if strings.HasPrefix(line, b) {
				return line
			}
		}
		if err != nil {
			return ""
		}
	}
}

func (d *dialogue) say(format string, args ...any) { fmt.Fprintf(d.c, format+"\r\n", args...) }

// login signs in to the mailboxes, and reports whether it could.
func (m *mailServer) login(name, password string) (d *dialogue, in bool) {
	m.t.Helper()
	d = m.call(m.imap)
	d.until("* OK")
	d.say("a LOGIN %q %q", name, password)
	return d, strings.HasPrefix(d.until("a ", "* BYE"), "a OK")
}

// hand signs in to hand in messages.
func (m *mailServer) hand(name, password string) (in bool) {
	m.t.Helper()
	d := m.call(m.submission)
	defer d.c.Close()
	d.until("220 ")
	d.say("EHLO here")
	d.until("250 ")
	d.say("AUTH PLAIN %s", base64.StdEncoding.EncodeToString([]byte("\x00"+name+"\x00"+password)))
	return strings.HasPrefix(d.until("235 ", "4", "5"), "235 ")
}

func TestDovecotByLDAP(t *testing.T) {
	m := newMailServer(t, byLDAP)
	m.examine(t)
	right, foreign := m.make("imap"), m.make("other")
	for _, c := range []struct{ password, want string }{{right.text, "auth succeeded"}, {foreign.text, "auth failed"}} {
		if said, _ := run(t, "", "/usr/bin/doveadm", "-c", m.conf, "auth", "test", "anna", c.password); !strings.Contains(said, c.want) {
			t.Errorf("doveadm says %q, want %q", said, c.want)
		}
	}
}

func TestDovecotByHTTP(t *testing.T) {
	m := newMailServer(t, byHTTP)
	m.examine(t)
	status, err := m.to.Status(t.Context(), m.token())
	m.ok(err)
	if !slices.ContainsFunc(status.Uses, func(u api.Use) bool { return u.Last != nil && u.Network == "127.9.8.0/24" && u.Protocol == "http" }) {
		t.Errorf("no use is noted with its network: %+v", status.Uses)
	}
}

// examine plays a mail program, and whoever should stay out.
func (m *mailServer) examine(t *testing.T) {
	t.Helper()
	tries, right := m.attempts("imap", "other")
	bare := strings.ReplaceAll(right.text, "-", "")
	tries = append(tries,
		attempt{"typed carelessly", "Anna", strings.ToUpper(strings.ReplaceAll(right.text, "-", " ")), true},
		attempt{"without hyphens", "anna", bare, true},
		attempt{"with a space behind", "anna", bare + " ", true},
	)
	for _, a := range tries {
		if d, in := m.login(a.name, a.password); in != a.want {
			t.Errorf("IMAP, %s: in is %v", a.what, in)
		} else {
			d.c.Close()
		}
		if in := m.hand(a.name, a.password); in != a.want {
			t.Errorf("submission, %s: in is %v", a.what, in)
		}
	}
	comesBack(t, func() bool { return m.hand("anna", right.text) })
	m.remove(right)
	ends(t, "a removed app password is refused by IMAP", func() bool {
		d, in := m.login("anna", right.text)
		d.c.Close()
		return in
	})
	ends(t, "a removed app password is refused by submission", func() bool { return m.hand("anna", right.text) })
}

// Somebody who reads along is thrown out when the app password is removed.
func TestDovecotEndsOpenSessions(t *testing.T) {
	m := newMailServer(t, byLDAP)
	lost := m.make("imap")
	d, in := m.login("anna", lost.text)
	if !in {
		t.Fatal("the app password does not open")
	}
	d.say("b SELECT INBOX")
	d.until("b OK")
	d.say("c IDLE")
	d.until("+ ")
	guest := m.guest("bert")
	other, in := m.login("bert", guest.make("imap").text)
	if !in {
		t.Fatal("the other person's app password does not open")
	}
	begun := time.Now()
	m.remove(lost)
	d.until("* BYE")
	if _, err := d.r.ReadByte(); err != io.EOF {
		t.Errorf("after the farewell: %v", err)
	}
	took := time.Since(begun)
	t.Logf("the open session ended after %v", took.Round(time.Millisecond))
	if took > 60*time.Second {
		t.Errorf("the open session ended only after %v", took)
	}
	other.say("b NOOP")
	if got := other.until("b ", "* BYE"); !strings.HasPrefix(got, "b OK") {
		t.Errorf("the other person's session: %q", got)
	}
}
