package integrate_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/trust"
)

// sshHost is a real sshd of its own, whose PAM service no other has.
type sshHost struct {
	t    *testing.T
	user login
	port int
	key  string // the user's private key
	pam  string // the file of the PAM service
	dir  string
}

// newSSHHost starts sshd with the page's configuration.
func newSSHHost(t *testing.T, user login, pam, config string) *sshHost {
	t.Helper()
	dir := openDir(t)
	h := &sshHost{t: t, user: user, port: free(t, "tcp"), dir: dir, key: filepath.Join(dir, "user"), pam: "sshd-" + user.name}
	hostKey := filepath.Join(dir, "host")
	for _, key := range []string{h.key, hostKey} {
		does(t, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
	}
	h.installKey()
	if _, err := os.Stat("/run/sshd"); err != nil { // where it locks up its unprivileged part
		if err := os.Mkdir("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Remove("/run/sshd") })
	}
	underEtc(t, "/etc/pam.d/"+h.pam, pam, 0o644)
	program := filepath.Join(dir, h.pam) // sshd calls its PAM service as it was called itself
	if err := os.Symlink("/usr/sbin/sshd", program); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("ListenAddress 127.0.0.1\nPort %d\nHostKey %s\nPidFile none\nAuthorizedKeysFile %s\n%s", h.port, hostKey, filepath.Join(user.home, "keys"), config)
	start(t, program, "-D", "-e", "-f", file(t, dir, "sshd_config", text))
	answers(t, h.port)
	return h
}

func (h *sshHost) installKey() {
	h.t.Helper()
	public, err := os.ReadFile(h.key + ".pub")
	if err != nil {
		h.t.Fatal(err)
	}
	h.user.owns(h.t, file(h.t, h.user.home, "keys", string(public)))
}

// enter runs a real ssh, and gives whether it came in and what was asked.
func (h *sshHost) enter(key bool, person func(string) string) (in bool, prompts []string) {
	h.t.Helper()
	args := []string{
		"-F", "none", "-o", "UserKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=no", "-o", "LogLevel=ERROR",
		"-o", "NumberOfPasswordPrompts=1", "-o", "IdentitiesOnly=yes", "-p", fmt.Sprint(h.port),
	}
	if key {
		args = append(args, "-i", h.key)
	}
	cmd := exec.CommandContext(h.t.Context(), "ssh", append(args, h.user.name+"@127.0.0.1", "echo it is $USER")...)
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + h.dir}
	prompts, said, _ := asked(h.t, login{}, cmd, person)
	return strings.Contains(said, "it is "+h.user.name), prompts
}

// sshHouse is a backend with an account, and an sshd that asks it as the page says:
// after "password" or "key".
func sshHouse(t *testing.T, after string) (*house, *sshHost) {
	t.Helper()
	user := newLogin(t)
	h, values := radiusHouse(t, user.name, "sshd.toml")
	return h, newSSHHost(t, user, recipeText(t, "sshd-"+after+".pam", values), recipeText(t, "sshd-"+after+".conf", values))
}

func TestSSHDPasswordThenCode(t *testing.T) {
	h, host := sshHouse(t, "password")
	program, foreign, over := h.make("ssh"), h.make("other"), h.make("ssh", lasting(-time.Minute))
	for _, c := range []struct {
		what   string
		person func(string) string
		in     bool
		asked  int
	}{
		{"password, then code", person(password, h.allowed), true, 2},
		{"a wrong code, then the right one", person(password, h.wrongFirst()), true, 3},
		{"an app password", person(program.text, nobody), true, 1},
		{"an app password of another service", person(foreign.text, nobody), false, 1},
		{"an expired app password", person(over.text, nobody), false, 1},
		{"another password", person("wrong", nobody), false, 1},
	} {
		t.Run(c.what, func(t *testing.T) {
			in, prompts := host.enter(false, c.person)
			if in != c.in || len(prompts) != c.asked {
				t.Errorf("came in: %v, was asked %q", in, prompts)
			}
		})
	}
	h.remove(program)
	ends(t, "an app password is refused", func() bool {
		in, _ := host.enter(false, person(program.text, nobody))
		return in
	})
}

// Each of these makes the account careful for a while, and so has one of its own.
func TestSSHDWithoutTheCode(t *testing.T) {
	for what, c := range map[string]struct {
		code  func(h *house) func(string) string
		asked int
	}{
		"not me":      {func(h *house) func(string) string { return h.notMe }, 2},
		"wrong codes": {(*house).alwaysWrong, 4},
		"no answer":   {func(*house) func(string) string { return nobody }, 6},
	} {
		t.Run(what, func(t *testing.T) {
			h, host := sshHouse(t, "password")
			if in, prompts := host.enter(false, person(password, c.code(h))); in || len(prompts) != c.asked {
				t.Errorf("came in: %v, was asked %q", in, prompts)
			}
		})
	}
}

// The name on the computer is what was typed, and nobody else's account opens it.
func TestSSHDOfAnother(t *testing.T) {
	user := newLogin(t)
	h, values := radiusHouse(t, "somebody-else", "sshd.toml")
	host := newSSHHost(t, user, recipeText(t, "sshd-password.pam", values), recipeText(t, "sshd-password.conf", values))
	for what, text := range map[string]string{"account password": password, "app password": h.make("ssh").text} {
		if in, prompts := host.enter(false, person(text, nobody)); in || len(prompts) != 1 {
			t.Errorf("%s: came in: %v, was asked %q", what, in, prompts)
		}
	}
}

func TestSSHDKeyThenCode(t *testing.T) {
	h, host := sshHouse(t, "key")
	for _, c := range []struct {
		what   string
		key    bool
		person func(string) string
		in     bool
		asked  int
	}{
		{"key, then code", true, person("", h.allowed), true, 1},
		{"key, a wrong code, then the right one", true, person("", h.wrongFirst()), true, 2},
		{"no key", false, person(password, h.allowed), false, 0},
		{"key, not me", true, person("", h.notMe), false, 1},
	} {
		t.Run(c.what, func(t *testing.T) {
			if in, prompts := host.enter(c.key, c.person); in != c.in || len(prompts) != c.asked {
				t.Errorf("came in: %v, was asked %q", in, prompts)
			}
		})
	}
}

// The person decides by what the device shows: what asks, and from where.
func TestSSHDShowsWhereFrom(t *testing.T) {
	h, host := sshHouse(t, "password")
	in, _ := host.enter(false, person(password, func(prompt string) string {
		facts, err := trust.OpenChallenge(h.rung(prompt).Challenge, h.device.Chain.Verifiers()[0].Sign)
		if err != nil || facts.Service != "SSH" || facts.Address != "127.0.0.1" || facts.Agent != "Terminal" {
			t.Errorf("the device shows %+v: %v", facts, err)
		}
		return h.allowed(prompt)
	}))
	if !in {
		t.Error("refused")
	}
}
