package integrate_test

import (
	"crypto/md5"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"net"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/front/recipe"
)

// phone registers at a SIP server with digests of its choice.
type phone struct {
	port      int
	realm     string
	algorithm string // "MD5" or "SHA-256"
}

func (p phone) digest(parts ...string) string {
	var h hash.Hash = md5.New()
	if p.algorithm == "SHA-256" {
		h = sha256.New()
	}
	h.Write([]byte(strings.Join(parts, ":")))
	return fmt.Sprintf("%x", h.Sum(nil))
}

var nonces = regexp.MustCompile(`nonce="([^"]+)"`)

// register gives the status that the answer to a challenge gets, and the challenge.
func (p phone) register(t *testing.T, name, password string) (status int, challenge string) {
	t.Helper()
	uri := fmt.Sprintf("sip:127.0.0.1:%d", p.port)
	status, challenge = p.ask(t, name, uri, 1, "")
	nonce := nonces.FindStringSubmatch(challenge)
	if status != 401 || nonce == nil {
		t.Fatalf("it answers %d %q", status, challenge)
	}
	ha1, ha2 := p.digest(name, p.realm, password), p.digest("REGISTER", uri)
	response := p.digest(ha1, nonce[1], "00000001", "abcdef", "auth", ha2)
	status, _ = p.ask(t, name, uri, 2, fmt.Sprintf("Authorization: Digest username=%q, realm=%q, nonce=%q, uri=%q, response=%q, algorithm=%s, qop=auth, nc=00000001, cnonce=\"abcdef\"\r\n",
		name, p.realm, nonce[1], uri, response, p.algorithm))
	return status, challenge
}

// ask sends REGISTER until there is an answer.
func (p phone) ask(t *testing.T, name, uri string, seq int, authorization string) (status int, text string) {
	t.Helper()
	c, err := net.Dial("udp", fmt.Sprintf("127.0.0.1:%d", p.port))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	packet := fmt.Sprintf("REGISTER %[1]s SIP/2.0\r\nVia: SIP/2.0/UDP %[2]s;branch=z9hG4bK%[3]d;rport\r\nFrom: <sip:%[4]s@127.0.0.1>;tag=1\r\nTo: <sip:%[4]s@127.0.0.1>\r\n"+
		"Call-ID: %[2]s@here\r\nCSeq: %[3]d REGISTER\r\nContact: <sip:%[4]s@%[2]s>\r\nMax-Forwards: 5\r\nExpires: 60\r\n%[5]sContent-Length: 0\r\n\r\n",
		uri, c.LocalAddr(), seq, name, authorization)
	await(t, "an answer to REGISTER", func() error {
		c.Write([]byte(packet))
		c.SetReadDeadline(time.Now().Add(2 * time.Second))
		answer := make([]byte, 4096)
		n, err := c.Read(answer)
		if err != nil {
			return err
		}
		text = string(answer[:n])
		words := strings.Fields(text)
		if len(words) < 2 {
			return errors.New("no status")
		}
		status, err = strconv.Atoi(words[1])
		return err
	})
	return status, text
}

// newKamailio starts a registrar for the house, with changes to the page's file.
func newKamailio(t *testing.T, h *house, v recipe.Values, change func(string) string) (port int) {
	t.Helper()
	port = free(t, "udp")
	v.URL, v.Listen = h.b.Address(), fmt.Sprintf("127.0.0.1:%d", port)
	dir := t.TempDir()
	conf := file(t, dir, "kamailio.cfg", change(render(t, "kamailio", v)))
	start(t, "/usr/sbin/kamailio", "-DD", "-E", "-f", conf, "-Y", dir, "-w", dir, "-m", "32", "-M", "4")
	await(t, "Kamailio", func() error { return options(port) })
	return port
}

// The page says which two lines to change for phones that can do SHA-256.
func TestCallsWithSHA256(t *testing.T) {
	v := recipe.Example()
	h := newHouse(t, "anna", render(t, "calls.toml", v)+secondService)
	port := newKamailio(t, h, v, func(text string) string {
		text = strings.Replace(text, "algorithm=MD5", "algorithm=SHA-256", 1)
		return strings.Replace(text, `modparam("auth", "qop", "auth")`, `modparam("auth", "qop", "auth")`+"\n"+`modparam("auth", "algorithm", "SHA-256")`, 1)
	})
	first, second := h.make("sip", calling("anna", v.Realm)), h.make("sip", calling("anna", v.Realm))
	p, old := phone{port, v.Realm, "SHA-256"}, phone{port, v.Realm, "MD5"}
	for what, c := range map[string]struct {
		phone          phone
		name, password string
		want           int
	}{
		"an app password":        {p, "anna", first.text, 200},
		"another":                {p, "anna", second.text, 200},
		"the account's password": {p, "anna", password, 401},
		"an unknown name":        {p, "nobody", first.text, 401},
		"by MD5":                 {old, "anna", first.text, 401},
	} {
		status, challenge := c.phone.register(t, c.name, c.password)
		if status != c.want || !strings.Contains(challenge, "SHA-256") {
			t.Errorf("%s: %d, want %d, after\n%s", what, status, c.want, challenge)
		}
	}
}

const registering = `<?xml version="1.0" encoding="ISO-8859-1"?>
<scenario name="register">
<send retrans="500"><![CDATA[
REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:anna@[remote_ip]>;tag=[call_number]
To: <sip:anna@[remote_ip]>
Call-ID: [call_id]
CSeq: 1 REGISTER
Contact: <sip:anna@[local_ip]:[local_port]>
Max-Forwards: 10
Expires: 120
Content-Length: 0

]]></send>
<recv response="401" auth="true"/>
<send retrans="500"><![CDATA[
REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:anna@[remote_ip]>;tag=[call_number]
To: <sip:anna@[remote_ip]>
Call-ID: [call_id]
CSeq: 2 REGISTER
Contact: <sip:anna@[local_ip]:[local_port]>
Max-Forwards: 10
Expires: 120
[authentication username=anna password=%s]
Content-Length: 0

]]></send>
<recv response="200"/>
</scenario>
`

// Many phones at once, played by SIPp: none is refused because others ask too.
func TestManyPhonesRegister(t *testing.T) {
	v := recipe.Example()
	h := newHouse(t, "anna", render(t, "calls.toml", v)+secondService)
	port := newKamailio(t, h, v, func(text string) string { return text })
	h.make("sip", calling("anna", v.Realm)) // a first one, which does not fit
	right := h.make("sip", calling("anna", v.Realm))
	dir := t.TempDir()
	scenario := file(t, dir, "register.xml", fmt.Sprintf(registering, right.text))
	said, code := run(t, "", "/usr/bin/sipp", fmt.Sprintf("127.0.0.1:%d", port), "-sf", scenario, "-i", "127.0.0.1", "-p", strconv.Itoa(free(t, "udp")),
		"-m", "200", "-r", "200", "-timeout", "30s", "-nostdin", "-trace_err", "-error_file", dir+"/errors")
	if code != 0 {
		t.Errorf("exit code %d: %s", code, said)
	}
}
