// Package noticetest starts the real mail server that messages are tried with. It is
// for tests alone, and examines nothing itself.
//
// Source: docs/protocol.md §12.3.
package noticetest

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	netmail "net/mail"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Postfix is a real mail server on loopback that delivers into one mailbox. It
// knows nobody called gone, and puts off the first mail to who is called later, as
// servers do that do not trust strangers.
type Postfix struct {
	T     *testing.T // of the test that is under way
	Dir   string
	CA    string // file with the certificate it is trusted by
	Other string // file with one that says nothing about it
	// Its doors: STARTTLS offered, no TLS, TLS from the start.
	STARTTLS, Plain, TLS int
}

const postfixMain = `compatibility_level = 3.6
queue_directory = DIR/spool
data_directory = DIR/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example.org
mydestination = example.org
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
local_transport = virtual
virtual_mailbox_domains =
virtual_mailbox_base = DIR/mbox
virtual_mailbox_maps = static:inbox
virtual_minimum_uid = 1
virtual_uid_maps = static:8
virtual_gid_maps = static:8
smtpd_recipient_restrictions = check_recipient_access texthash:DIR/refused, check_policy_service inet:127.0.0.1:POLICY, permit_mynetworks, reject
smtpd_tls_cert_file = DIR/cert.pem
smtpd_tls_key_file = DIR/key.pem
smtpd_tls_received_header = yes
smtpd_error_sleep_time = 0

relayhost =
default_transport = error:no outside
maillog_file = DIR/log
maillog_file_prefixes = DIR
`

const postfixMaster = `127.0.0.1:STARTTLS inet n - n - - smtpd -o smtpd_tls_security_level=may
127.0.0.1:PLAIN inet n - n - - smtpd -o smtpd_tls_security_level=none
127.0.0.1:TLS inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
`

// StartPostfix runs one until the test ends, and waits until its doors are open.
func StartPostfix(t *testing.T) *Postfix {
	t.Helper()
	if _, err := os.Stat("/usr/lib/postfix/sbin/master"); err != nil {
		Lacking(t, "postfix is not installed (Debian: apt-get install postfix)")
	}
	if os.Getuid() != 0 {
		t.Skip("postfix starts as root only")
	}
	if dir, err := os.Stat(os.TempDir()); err != nil || dir.Mode().Perm()&0o001 == 0 {
		t.Skipf("%s is closed to the users that postfix runs as", os.TempDir())
	}
	p := &Postfix{T: t, Dir: postfixDir(t), STARTTLS: FreePort(t), Plain: FreePort(t), TLS: FreePort(t)}
	p.CA, p.Other = p.certify("cert.pem", "key.pem"), p.certify("other.pem", "other-key.pem")
	p.write("main.cf", strings.NewReplacer("DIR", p.Dir, "POLICY", strconv.Itoa(doubt(t))).Replace(postfixMain))
	p.write("master.cf", strings.NewReplacer("STARTTLS", strconv.Itoa(p.STARTTLS), "PLAIN", strconv.Itoa(p.Plain), "TLS", strconv.Itoa(p.TLS)).Replace(postfixMaster))
	p.write("refused", "gone@example.org 550 5.1.1 nobody here is called gone@example.org\n")
	// The server waits with a table that was written a moment ago.
	if err := os.Chtimes(filepath.Join(p.Dir, "refused"), time.Time{}, time.Now().Add(-time.Minute)); err != nil {
		t.Fatal(err)
	}
	p.run()
	for _, port := range []int{p.STARTTLS, p.Plain} {
		Until(t, "postfix opens its doors", func() bool { return greets(port) })
	}
	return p
}

// postfixDir is a folder that the server's own user may pass through.
func postfixDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "notice-postfix")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for _, d := range []string{"", "spool", "data", "mbox"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	server, err := user.Lookup("postfix")
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.Atoi(server.Uid)
	if err != nil {
		t.Fatal(err)
	}
	for d, owner := range map[string]int{"mbox": 8, "data": uid} {
		if err := os.Chown(filepath.Join(dir, d), owner, -1); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// run starts the server in a session of its own, which ends with the test.
func (p *Postfix) run() {
	p.T.Helper()
	if out, err := exec.Command("/usr/sbin/postfix", "-c", p.Dir, "check").CombinedOutput(); err != nil {
		p.T.Fatalf("%v\n%s\n%s", err, out, p.read("log"))
	}
	cmd := exec.Command("/usr/lib/postfix/sbin/master", "-c", p.Dir, "-d")
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/bin", "MAIL_CONFIG=" + p.Dir}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		p.T.Fatal(err)
	}
	p.T.Cleanup(func() {
		// The group: the server's helpers outlive it for some seconds.
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil {
			p.T.Error(err)
		}
		_ = cmd.Wait() // killed
		Until(p.T, "postfix's helpers end", func() bool { return syscall.Kill(-cmd.Process.Pid, 0) == syscall.ESRCH })
		if p.T.Failed() {
			p.T.Log(p.read("log"))
		}
	})
}

// doubt is asked by the server about each recipient, and puts off who is called later
// once. Source: Postfix's SMTPD_POLICY_README.
func doubt(t *testing.T) (port int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	var seen atomic.Bool
	work.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			work.Go(func() {
				defer conn.Close()
				answer := "action=DUNNO\n\n"
				for lines := bufio.NewScanner(conn); lines.Scan(); {
					switch lines.Text() {
					case "recipient=later@example.org":
						if seen.CompareAndSwap(false, true) {
							answer = "action=450 4.2.0 the mailbox is busy\n\n"
						}
					case "":
						io.WriteString(conn, answer)
						answer = "action=DUNNO\n\n"
					}
				}
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		work.Wait()
	})
	return l.Addr().(*net.TCPAddr).Port
}

func (p *Postfix) write(name, text string) {
	p.T.Helper()
	if err := os.WriteFile(filepath.Join(p.Dir, name), []byte(text), 0o644); err != nil {
		p.T.Fatal(err)
	}
}

func (p *Postfix) read(name string) string {
	raw, err := os.ReadFile(filepath.Join(p.Dir, name))
	if err != nil && !os.IsNotExist(err) {
		p.T.Error(err)
	}
	return string(raw)
}

// certify writes a certificate for this computer, which vouches for itself.
func (p *Postfix) certify(cert, key string) string {
	p.T.Helper()
	certPEM, keyPEM := SelfSigned(p.T)
	p.write(cert, certPEM)
	p.write(key, keyPEM)
	return filepath.Join(p.Dir, cert)
}

// SelfSigned makes a certificate for this computer and its key, as PEM.
func SelfSigned(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mx.example.org"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return PEM(der), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}))
}

// Inbox waits for the n-th mail in the mailbox, and gives all of them as they are.
func (p *Postfix) Inbox(n int) []string {
	p.T.Helper()
	var mails []string
	Until(p.T, fmt.Sprintf("%d mails arrive", n), func() bool {
		mails = strings.Split(p.read("mbox/inbox"), "\nFrom ")
		if mails[0] == "" {
			mails = nil
		}
		// The last boundary of a mail ends so: all of it has been written.
		return len(mails) >= n && (n == 0 || strings.HasSuffix(strings.TrimSpace(mails[len(mails)-1]), "--"))
	})
	return mails
}

// Parsed reads a mail of the mailbox, after the line that the mailbox is divided by.
func Parsed(t *testing.T, raw string) (*netmail.Message, string) {
	t.Helper()
	_, rest, _ := strings.Cut(raw, "\n")
	m, err := netmail.ReadMessage(bytes.NewReader([]byte(rest)))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(m.Body)
	if err != nil {
		t.Fatal(err)
	}
	return m, string(body)
}

func greets(port int) bool {
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return false
	}
	line := make([]byte, 4)
	_, err = io.ReadFull(conn, line)
	return err == nil && string(line) == "220 "
}

// FreePort gives a port that nobody listens at.
func FreePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// Until waits for a condition, half a minute at most.
func Until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !holds(); {
		if time.Now().After(end) {
			t.Fatalf("waited in vain: %s", what)
		}
		<-time.After(10 * time.Millisecond)
	}
}

// Lacking skips a developer's test run, never the project's own.
func Lacking(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// PEM writes a certificate.
func PEM(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
