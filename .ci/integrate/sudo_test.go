package integrate_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// newSudo lets the user run one program as root, asked by the page's PAM service
// under a name that no other has.
func newSudo(t *testing.T, user login, pam string) func(person func(string) string) (in bool, prompts []string) {
	t.Helper()
	service := "sudo-" + user.name
	underEtc(t, "/etc/pam.d/"+service, pam, 0o644)
	underEtc(t, "/etc/sudoers.d/"+user.name, fmt.Sprintf("Defaults:%s pam_service=%s, timestamp_timeout=0, passwd_tries=1\n%s ALL=(root) /usr/bin/id\n", user.name, service, user.name), 0o440)
	return func(person func(string) string) (bool, []string) {
		cmd := user.as(exec.CommandContext(t.Context(), "sudo", "-A", "/usr/bin/id", "-u"))
		prompts, said, err := asked(t, user, cmd, person)
		return err == nil && strings.Contains(said, "0\n"), prompts
	}
}

// sudoHouse is a backend with an account, and a sudo that asks it as the page says.
func sudoHouse(t *testing.T) (*house, func(person func(string) string) (in bool, prompts []string)) {
	t.Helper()
	user := newLogin(t)
	h, values := radiusHouse(t, user.name, "sudo.toml")
	return h, newSudo(t, user, recipeText(t, "sudo.pam", values))
}

func TestSudo(t *testing.T) {
	h, sudo := sudoHouse(t)
	program, foreign, over := h.make("sudo"), h.make("other"), h.make("sudo", lasting(-time.Minute))
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
		{"not me", person(password, h.notMe), false, 2},
	} {
		t.Run(c.what, func(t *testing.T) {
			if in, prompts := sudo(c.person); in != c.in || len(prompts) != c.asked {
				t.Errorf("became root: %v, was asked %q", in, prompts)
			}
		})
	}
	h.remove(program)
	ends(t, "an app password is refused", func() bool {
		in, _ := sudo(person(program.text, nobody))
		return in
	})
}

func TestSudoWithoutTheCode(t *testing.T) {
	_, sudo := sudoHouse(t)
	if in, prompts := sudo(person(password, nobody)); in || len(prompts) != 6 {
		t.Errorf("no answer: became root: %v, was asked %q", in, prompts)
	}
	h, sudo := sudoHouse(t)
	if in, prompts := sudo(person(password, h.alwaysWrong())); in || len(prompts) != 4 {
		t.Errorf("wrong codes: became root: %v, was asked %q", in, prompts)
	}
}
