package integrate_test

import (
	"crypto/hmac"
	"crypto/md5"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"layeh.com/radius"
	"layeh.com/radius/rfc2865"
	"layeh.com/radius/rfc2869"
)

// slapd is OpenLDAP's server with one person in it, as its package comes: the mdb
// database, the password hashed with {SSHA}.
func slapd(b *testing.B, password string) (port int) {
	b.Helper()
	dir := b.TempDir()
	hash, code := run(b, "", "/usr/sbin/slappasswd", "-h", "{SSHA}", "-s", password)
	if code != 0 {
		b.Fatal(hash)
	}
	if err := os.Mkdir(filepath.Join(dir, "db"), 0o700); err != nil {
		b.Fatal(err)
	}
	conf := file(b, dir, "slapd.conf", fmt.Sprintf(`
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile %[1]s/pid
database mdb
suffix "dc=countersign"
directory %[1]s/db
index uid eq
access to * by anonymous auth by * read
`, dir))
	people := file(b, dir, "people.ldif", fmt.Sprintf(`
dn: dc=countersign
objectClass: dcObject
objectClass: organization
o: here
dc: countersign

dn: ou=imap,dc=countersign
objectClass: organizationalUnit
ou: imap

dn: uid=anna,ou=imap,dc=countersign
objectClass: inetOrgPerson
uid: anna
cn: anna
sn: anna
userPassword: %s
`, strings.TrimSpace(hash)))
	if said, code := run(b, "", "/usr/sbin/slapadd", "-f", conf, "-l", people); code != 0 {
		b.Fatal(said)
	}
	port = free(b, "tcp")
	start(b, "/usr/sbin/slapd", "-f", conf, "-h", fmt.Sprintf("ldap://127.0.0.1:%d", port), "-d", "0")
	answers(b, port)
	return port
}

// bindMessage is a simple bind, as all clients send it.
func bindMessage(password string) []byte {
	const dn = "uid=anna,ou=imap,dc=countersign"
	body := append([]byte{0x02, 0x01, 0x03, 0x04, byte(len(dn))}, dn...)
	body = append(append(body, 0x80, byte(len(password))), password...)
	op := append([]byte{0x60, byte(len(body))}, body...)
	return append([]byte{0x30, byte(3 + len(op)), 0x02, 0x01, 0x01}, op...)
}

// bind sends a bind and reads its answer; the client costs next to nothing.
func bind(c net.Conn, message []byte) error {
	if _, err := c.Write(message); err != nil {
		return err
	}
	var head [2]byte
	if _, err := io.ReadFull(c, head[:]); err != nil {
		return err
	}
	rest := make([]byte, head[1])
	if _, err := io.ReadFull(c, rest); err != nil {
		return err
	}
	// 02 01 01 61 LEN 0a 01 RESULT
	if len(rest) < 8 || rest[3] != 0x61 || rest[7] != 0 {
		return fmt.Errorf("answer % x", rest)
	}
	return nil
}

// kept binds again and again on one connection; dialled on a new one each time.
func kept(address string, message []byte) side {
	return side{client: func() (func() error, func()) {
		c, err := net.Dial("tcp", address)
		if err != nil {
			return func() error { return err }, func() {}
		}
		return func() error { return bind(c, message) }, func() { c.Close() }
	}}
}

func dialled(address string, message []byte) side {
	return side{client: func() (func() error, func()) {
		return func() error {
			c, err := net.Dial("tcp", address)
			if err != nil {
				return err
			}
			defer c.Close()
			return bind(c, message)
		}, func() {}
	}}
}

func BenchmarkLDAPBesideSlapd(b *testing.B) {
	h := newHouse(b, "anna", plainly("imap", "[ldap]\nlisten = \"127.0.0.1:0\"\n"))
	p := h.make("imap")
	theirs := fmt.Sprintf("127.0.0.1:%d", slapd(b, p.text))
	ours := h.b.FrontAddress("ldap")
	for name, how := range map[string]func(string, []byte) side{"kept": kept, "dialled": dialled} {
		b.Run(name, func(b *testing.B) {
			us, them := how(ours, bindMessage(p.text)), how(theirs, bindMessage(p.text))
			us.name, them.name = "countersign", "slapd"
			beside(b, [2]side{us, them})
		})
	}
}

// freeRADIUS is FreeRADIUS with one person in a file.
func freeRADIUS(b *testing.B, secret, password string) (port int) {
	b.Helper()
	dir, port := b.TempDir(), free(b, "udp")
	file(b, dir, "users", fmt.Sprintf("anna Cleartext-Password := %q\n", password))
	file(b, dir, "radiusd.conf", fmt.Sprintf(`
prefix = /usr
logdir = %[1]s
run_dir = %[1]s
libdir = /usr/lib/freeradius
pidfile = %[1]s/pid
max_requests = 65536
log { destination = stdout }
security { allow_core_dumps = no }
thread pool {
	start_servers = 5
	max_servers = 32
	min_spare_servers = 3
	max_spare_servers = 10
}
modules {
	pap { }
	files { usersfile = %[1]s/users }
}
client here {
	ipaddr = 127.0.0.1
	secret = %[2]s
	require_message_authenticator = yes
}
server default {
	listen {
		type = auth
		ipaddr = 127.0.0.1
		port = %[3]d
	}
	authorize {
		files
		pap
	}
	authenticate {
		Auth-Type PAP {
			pap
		}
	}
}
`, dir, secret, port))
	start(b, "/usr/sbin/freeradius", "-f", "-l", "stdout", "-d", dir, "-D", "/usr/share/freeradius")
	await(b, "FreeRADIUS", func() error {
		once, done := asking(fmt.Sprintf("127.0.0.1:%d", port), secret, password)
		defer done()
		return once()
	})
	return port
}

// asking is a client that asks by PAP, each time with a new packet.
func asking(address, secret, password string) (once func() error, done func()) {
	c, err := net.Dial("udp", address)
	if err != nil {
		return func() error { return err }, func() {}
	}
	answer := make([]byte, radius.MaxPacketLength)
	return func() error {
		p := radius.New(radius.CodeAccessRequest, []byte(secret))
		rfc2869.MessageAuthenticator_Set(p, make([]byte, 16))
		rfc2865.UserName_SetString(p, "anna")
		rfc2865.UserPassword_SetString(p, password)
		rfc2865.NASIdentifier_SetString(p, "wifi")
		raw, err := p.Encode()
		if err != nil {
			return err
		}
		mac := hmac.New(md5.New, []byte(secret))
		mac.Write(raw)
		copy(raw[22:38], mac.Sum(nil)) // it is the first attribute
		if _, err := c.Write(raw); err != nil {
			return err
		}
		c.SetReadDeadline(time.Now().Add(5 * time.Second))
		for {
			n, err := c.Read(answer)
			if err != nil {
				return err
			}
			if n < 20 || answer[1] != raw[1] {
				continue
			}
			if radius.Code(answer[0]) != radius.CodeAccessAccept {
				return errors.New("refused")
			}
			return nil
		}
	}, func() { c.Close() }
}

func BenchmarkRADIUSBesideFreeRADIUS(b *testing.B) {
	const secret = "0123456789abcdef0123456789abcdef"
	secretFile := filepath.Join(b.TempDir(), "secret")
	if err := os.WriteFile(secretFile, []byte(secret+"\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	h := newHouse(b, "anna", plainly("wifi", fmt.Sprintf("[radius]\nlisten = \"127.0.0.1:0\"\n[[radius.client]]\nnetworks = [\"127.0.0.1/32\"]\nsecret_file = %q\n", secretFile)))
	p := h.make("wifi")
	theirs := fmt.Sprintf("127.0.0.1:%d", freeRADIUS(b, secret, p.text))
	at := func(name, address string) side {
		return side{name: name, client: func() (func() error, func()) { return asking(address, secret, p.text) }}
	}
	beside(b, [2]side{at("countersign", h.b.FrontAddress("radius")), at("freeradius", theirs)})
}
