package integrate_test

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/sync/front/recipe"
)

// dovecotBy is a Dovecot that asks a directory, as its page says, and keeps its
// processes: what is measured is the log-in, not the start of programs.
func dovecotBy(b *testing.B, directory string) (port int, socket string) {
	b.Helper()
	dir, v := openDir(b), recipe.Example()
	v.LDAP, v.Dir, v.Service = directory, dir, "imap"
	port = free(b, "tcp")
	cert, key := certificate(b, "localhost")
	around := fmt.Sprintf(dovecotAround, dir, filepath.Base(dir), cert, key, port, free(b, "tcp"), 9)
	file(b, dir, "countersign.conf.ext", render(b, "dovecot-ldap", v))
	file(b, dir, "dovecot.conf", around+render(b, "dovecot.conf", v)+`
service imap-login {
  service_count = 0
  process_min_avail = 2
}
service imap {
  service_count = 0
  process_min_avail = 8
}
service auth {
  unix_listener auth-client {
    mode = 0666
  }
}
`)
	file(b, dir, "mail/.keep", "")
	if said, code := run(b, "", "chown", "mail:mail", filepath.Join(dir, "mail")); code != 0 {
		b.Fatal(said)
	}
	start(b, "/usr/sbin/dovecot", "-F", "-c", filepath.Join(dir, "dovecot.conf"))
	answers(b, port)
	return port, filepath.Join(dir, "run", "auth-client")
}

// logIn is one log-in as a mail program makes it.
func logIn(port int, password string) func() error {
	return func() error {
		c, err := tls.Dial("tcp", net.JoinHostPort("127.0.0.1", fmt.Sprint(port)), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			return err
		}
		defer c.Close()
		said := bufio.NewReader(c)
		fmt.Fprintf(c, "a LOGIN anna %s\r\n", password)
		for {
			line, err := said.ReadString('\n')
			if err != nil {
				return err
			}
			if strings.HasPrefix(line, "a ") {
				if !strings.HasPrefix(line, "a OK") {
					return fmt.Errorf("refused: %s", line)
				}
				fmt.Fprint(c, "b LOGOUT\r\n")
				return nil
			}
		}
	}
}

// submits is a mail server that asks Dovecot about those who hand messages in, as
// Postfix does: one connection, many people.
func submits(socket, password string) (once func() error, done func()) {
	c, err := net.Dial("unix", socket)
	if err != nil {
		return func() error { return err }, func() {}
	}
	said := bufio.NewReader(c)
	fmt.Fprintf(c, "VERSION\t1\t2\nCPID\t%d\n", os.Getpid())
	for line := ""; err == nil && line != "DONE\n"; {
		line, err = said.ReadString('\n')
	}
	id, plain := 0, base64.StdEncoding.EncodeToString([]byte("\x00anna\x00"+password))
	return func() error {
		if err != nil {
			return err
		}
		id++
		fmt.Fprintf(c, "AUTH\t%d\tPLAIN\tservice=smtp\tsecured\tresp=%s\n", id, plain)
		line, err := said.ReadString('\n')
		if err == nil && !strings.HasPrefix(line, "OK\t") {
			err = fmt.Errorf("refused: %s", line)
		}
		return err
	}, func() { c.Close() }
}

func BenchmarkDovecotBesideSlapd(b *testing.B) {
	h := newHouse(b, "anna", plainly("imap", "[ldap]\nlisten = \"127.0.0.1:0\"\n"))
	p := h.make("imap")
	ours, ourSocket := dovecotBy(b, h.b.FrontAddress("ldap"))
	theirs, theirSocket := dovecotBy(b, fmt.Sprintf("127.0.0.1:%d", slapd(b, p.text)))
	imap := func(name string, port int) side {
		return side{name: name, client: func() (func() error, func()) { return logIn(port, p.text), func() {} }}
	}
	auth := func(name, socket string) side {
		return side{name: name, client: func() (func() error, func()) { return submits(socket, p.text) }}
	}
	b.Run("authentication", func(b *testing.B) {
		beside(b, [2]side{auth("countersign", ourSocket), auth("slapd", theirSocket)})
	})
	b.Run("whole log-in", func(b *testing.B) {
		beside(b, [2]side{imap("countersign", ours), imap("slapd", theirs)})
	})
}
