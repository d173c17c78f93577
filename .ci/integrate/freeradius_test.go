package integrate_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// radclient asks by FreeRADIUS's client, and gives the code of the answer, "" for none,
// and all of it.
func radclient(t *testing.T, address, secret, attributes string) (code, said string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "radclient", "-x", "-r", "1", "-t", "2", address, "auth", secret)
	cmd.Stdin = strings.NewReader(attributes + "\n")
	out, _ := cmd.CombinedOutput() // it fails for a refusal as well
	for _, code := range []string{"Access-Accept", "Access-Reject", "Access-Challenge"} {
		if strings.Contains(string(out), "Received "+code) {
			return code, string(out)
		}
	}
	return "", string(out)
}

func TestRADIUSClient(t *testing.T) {
	h, values := radiusHouse(t, "alice", "freeradius.toml")
	program, foreign := h.make("wifi"), h.make("other")
	ask := func(attributes string) string {
		code, _ := radclient(t, values.RADIUS, values.Secret, attributes)
		return code
	}
	with := func(name, password, rest string) string {
		return fmt.Sprintf("User-Name=%q, User-Password=%q%s", name, password, rest)
	}
	const signed = ", Message-Authenticator=0x00"
	for what, c := range map[string]struct{ attributes, want string }{
		"app password":                        {with("alice", program.text, signed), "Access-Accept"},
		"app password, unsigned":              {with("alice", program.text, ""), ""},
		"app password, typed carelessly":      {with("Alice", strings.ToUpper(strings.ReplaceAll(program.text, "-", " ")), signed), "Access-Accept"},
		"app password of another service":     {with("alice", foreign.text, signed), "Access-Reject"},
		"account password":                    {with("alice", password, signed), "Access-Reject"},
		"account password with a code":        {with("alice", password+"1234", signed), "Access-Reject"},
		"unknown name":                        {with("mallory", program.text, signed), "Access-Reject"},
		"chap":                                {fmt.Sprintf("User-Name=alice, CHAP-Password=%q%s", program.text, signed), "Access-Reject"},
		"service of its own choice in packet": {with("alice", foreign.text, signed+", NAS-Identifier=other"), "Access-Reject"},
	} {
		if got := ask(c.attributes); got != c.want {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
	}
	if got, _ := radclient(t, values.RADIUS, "another secret of this length", with("alice", program.text, signed)); got != "" {
		t.Errorf("by another secret: %q", got)
	}
	short := h.make("wifi", lasting(2*time.Second))
	if got := ask(with("alice", short.text, signed)); got != "Access-Accept" {
		t.Errorf("an app password that ends in 2 s: %q", got)
	}
	ends(t, "an app password of 2 s is refused", func() bool {
		return ask(with("alice", short.text, signed)) != "Access-Reject"
	})
	h.remove(program)
	ends(t, "a removed app password is refused", func() bool {
		return ask(with("alice", program.text, signed)) != "Access-Reject"
	})
}

// newFreeRADIUS starts a real FreeRADIUS on the page's configuration, in a copy of
// what the package installs.
func newFreeRADIUS(t *testing.T, site, eap, accessPoint string) {
	t.Helper()
	needsRoot(t)
	dir := filepath.Join(openDir(t), "raddb")
	does(t, "cp", "-a", "/etc/freeradius/3.0", dir)
	for _, gone := range []string{"sites-enabled/default", "sites-enabled/inner-tunnel", "mods-enabled/eap"} {
		if err := os.Remove(filepath.Join(dir, gone)); err != nil {
			t.Fatal(err)
		}
	}
	clients := fmt.Sprintf("client point {\n\tipaddr = 127.0.0.1\n\tsecret = %s\n\trequire_message_authenticator = yes\n}\n", accessPoint)
	for file, text := range map[string]string{"sites-enabled/countersign": site, "mods-enabled/countersign-eap": eap, "clients.conf": clients} {
		file = filepath.Join(dir, file)
		os.Remove(file)
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	does(t, "chown", "-R", "freerad:freerad", dir)
	start(t, "freeradius", "-f", "-l", "stdout", "-d", dir)
}

// wifi plays a phone behind an access point, and gives whether it came in.
func wifi(t *testing.T, port, accessPoint, ca, name, password string) bool {
	t.Helper()
	file := filepath.Join(t.TempDir(), "wifi.conf")
	text := fmt.Sprintf("network={\n\tssid=\"wifi\"\n\tkey_mgmt=WPA-EAP\n\teap=TTLS\n\tidentity=%q\n\tanonymous_identity=\"anonymous\"\n\tpassword=%q\n\tphase2=\"auth=PAP\"\n\tca_cert=%q\n\tdomain_match=\"radius.example.org\"\n}\n", name, password, ca)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	out, _ := exec.CommandContext(ctx, "eapol_test", "-c", file, "-a", "127.0.0.1", "-p", port, "-s", accessPoint, "-t", "10").CombinedOutput()
	text = string(out)
	in := strings.HasSuffix(strings.TrimSpace(text), "SUCCESS")
	if in && !strings.Contains(text, "MPPE keys OK: 1") {
		t.Error("let in, but without the keys for the radio")
	}
	return in
}

func TestFreeRADIUSWiFi(t *testing.T) {
	const accessPoint = "what-access-point-and-freeradius-share"
	h, values := radiusHouse(t, "alice", "freeradius.toml")
	values.Listen, values.Port = "127.0.0.1", fmt.Sprint(free(t, "udp"))
	values.Cert, values.Key = certificate(t, "radius.example.org")
	newFreeRADIUS(t, recipeText(t, "freeradius-site", values), recipeText(t, "freeradius-eap", values), accessPoint)
	program, foreign := h.make("wifi"), h.make("other")
	enter := func(name, password string) bool {
		return wifi(t, values.Port, accessPoint, values.Cert, name, password)
	}
	await(t, "the phone's way in", func() error {
		if enter("alice", program.text) {
			return nil
		}
		return errors.New("it is refused")
	})
	for what, c := range map[string]struct{ name, password string }{
		"app password of another service": {"alice", foreign.text},
		"account password":                {"alice", password},
		"unknown name":                    {"mallory", program.text},
	} {
		if enter(c.name, c.password) {
			t.Errorf("%s: came in", what)
		}
	}
	h.remove(program)
	ends(t, "the phone is shut out", func() bool { return enter("alice", program.text) })
}

// A client that cannot ask twice: the first request rings, the second has both.
func TestRADIUSBothInOneField(t *testing.T) {
	h, values := radiusHouse(t, "alice", "sshd.toml")
	try := func(text string) (code, said string) {
		return radclient(t, values.RADIUS, values.Secret, fmt.Sprintf("User-Name=alice, NAS-Identifier=ssh, User-Password=%q, Message-Authenticator=0x00", text))
	}
	if code, _ := try(password + "1234"); code != "Access-Reject" {
		t.Errorf("before anything was asked: %q", code)
	}
	code, said := try(password)
	if code != "Access-Challenge" {
		t.Fatalf("the password: %q", code)
	}
	both := password + h.allowed(said)
	if code, _ := try(both); code != "Access-Accept" {
		t.Errorf("password and code: %q", code)
	}
	if code, _ := try(both); code != "Access-Reject" {
		t.Errorf("the same once more: %q", code)
	}
}
