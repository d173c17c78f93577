package integrate_test

import (
	"bufio"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// prosodyAround is what a Prosody needs beside the recipe, in a folder of the test.
const prosodyAround = `
daemonize = false
run_as_root = true
pidfile = "%[1]s/pid"
data_path = "%[1]s"
modules_enabled = { "roster", "saslauth", "tls", "disco", "ping", "offline", "admin_shell" }
modules_disabled = { "s2s" }
interfaces = { "127.0.0.1" }
c2s_ports = { %[2]d }
c2s_direct_tls_ports = {}
s2s_ports = {}
http_ports = {}
https_ports = {}
c2s_require_encryption = true
ssl = { certificate = "%[3]s"; key = "%[4]s" }
log = { info = "*console" }

`

// xmppClient is a program that signs in over TLS, tells whether it could, and stays until
// it is put out or its input ends.
const xmppClient = `
import asyncio, ssl, sys, slixmpp
jid, port = sys.argv[1], int(sys.argv[2])
password = sys.stdin.readline().rstrip("\n")
class Client(slixmpp.ClientXMPP):
    def __init__(self):
        super().__init__(jid, password)
        self.ssl_context = None
        self.use_ipv6 = False
        self.ca_certs = None
        self.add_event_handler("session_start", self.begun)
        self.add_event_handler("failed_auth", lambda _: self.over("refused"))
        self.add_event_handler("disconnected", lambda _: self.over("ended"))
        self.said = False
    def get_ssl_context(self):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context
    async def begun(self, _):
        self.send_presence()
        await self["xep_0199"].ping(self.boundjid.host)
        print("in", flush=True)
    def over(self, word):
        if not self.said:
            self.said = True
            print(word, flush=True)
            self.loop.stop()
client = Client()
client.register_plugin("xep_0199")
client.connect(("127.0.0.1", port), disable_starttls=False)
client.loop.add_reader(sys.stdin, lambda: client.over("left"))
client.loop.run_forever()
`

// chatServer is a Prosody of the test's own.
type chatServer struct {
	*house
	port   int
	client string
}

func newChatServer(t *testing.T) *chatServer {
	t.Helper()
	needsRoot(t)
	v := ldapValues(t)
	dir := openDir(t)
	conf := filepath.Join(dir, "prosody.cfg.lua")
	c := &chatServer{port: free(t, "tcp"), client: file(t, dir, "client.py", xmppClient)}
	c.house = newHouse(t, "anna", here(t, impatient(recipeText(t, "prosody.toml", v)), "/usr/bin/prosodyctl", "--root", "--config", conf)+otherService)
	cert, key := certificate(t, v.Realm)
	file(t, dir, "prosody.cfg.lua", fmt.Sprintf(prosodyAround, dir, c.port, cert, key)+recipeText(t, "prosody.cfg", v))
	start(t, "/usr/bin/prosody", "--root", "-F", "--config", conf)
	answers(t, c.port)
	return c
}

// chatter is a running client.
type chatter struct {
	words *bufio.Scanner
	input io.Closer
	leave func()
}

// next gives what became of the client: in, refused, ended, left.
func (c *chatter) next() string {
	if !c.words.Scan() {
		return ""
	}
	return c.words.Text()
}

// signIn runs a client. The password goes by its input, not among its arguments.
func (c *chatServer) signIn(name, password string) *chatter {
	c.t.Helper()
	cmd := exec.CommandContext(c.t.Context(), "/usr/bin/python3", c.client, name+"@example.org", fmt.Sprint(c.port))
	cmd.WaitDelay = time.Second
	said := &output{}
	cmd.Stderr = said
	input, err := cmd.StdinPipe()
	c.ok(err)
	words, err := cmd.StdoutPipe()
	c.ok(err)
	c.ok(cmd.Start())
	fmt.Fprintln(input, password)
	left := false
	leave := func() {
		if left {
			return
		}
		left = true
		input.Close()
		io.Copy(io.Discard, words)
		cmd.Wait()
		if c.t.Failed() {
			c.t.Logf("the client said:\n%s", said)
		}
	}
	c.t.Cleanup(leave)
	return &chatter{words: bufio.NewScanner(words), input: input, leave: leave}
}

// opens reports whether somebody may sign in.
func (c *chatServer) opens(name, password string) bool {
	c.t.Helper()
	client := c.signIn(name, password)
	defer client.leave()
	return client.next() == "in"
}

func TestProsody(t *testing.T) {
	c := newChatServer(t)
	tries, right := c.attempts("xmpp", "other")
	for _, a := range append(tries, attempt{"typed carelessly", "anna", strings.ToUpper(strings.ReplaceAll(right.text, "-", " ")), true}) {
		if in := c.opens(a.name, a.password); in != a.want {
			t.Errorf("%s: in is %v", a.what, in)
		}
	}
	comesBack(t, func() bool { return c.opens("anna", right.text) })
	stays := c.signIn("anna", right.text)
	if got := stays.next(); got != "in" {
		t.Fatalf("signing in: %q", got)
	}
	guest := c.guest("bert")
	other := c.signIn("bert", guest.make("xmpp").text)
	if got := other.next(); got != "in" {
		t.Fatalf("the other person signing in: %q", got)
	}
	begun := time.Now()
	c.remove(right)
	if got := stays.next(); got != "ended" {
		t.Errorf("after the removal the open session is %q", got)
	}
	took := time.Since(begun)
	t.Logf("the open session ended after %v", took.Round(time.Millisecond))
	if took > 60*time.Second {
		t.Errorf("the open session ended only after %v", took)
	}
	ends(t, "a removed app password is refused", func() bool { return c.opens("anna", right.text) })
	other.input.Close()
	if got := other.next(); got != "left" {
		t.Errorf("the other person's session is %q", got)
	}
}
