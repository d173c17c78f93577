package integrate_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// verdict is what countersignd selftest --json says of a service.
type verdict struct {
	Service string   `json:"service"`
	State   string   `json:"state"`
	Opens   []string `json:"opens"`
	Why     string   `json:"why"`
}

// built is the real countersignd.
func built(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "countersignd")
	if said, err := exec.Command("go", "build", "-o", program, "../../sync/cmd/countersignd").CombinedOutput(); err != nil {
		t.Fatalf("building countersignd: %v\n%s", err, said)
	}
	return program
}

// selftest runs the real program on the house's data.
func (h *house) selftest(program string, args ...string) (list []verdict, code int) {
	h.t.Helper()
	cmd := exec.CommandContext(h.t.Context(), program, append([]string{"selftest", "--json", "--data", h.data}, args...)...)
	cmd.Stderr = os.Stderr
	out, _ := cmd.Output()
	if err := json.Unmarshal(out, &list); err != nil {
		h.t.Fatalf("selftest says %q: %v", out, err)
	}
	return list, cmd.ProcessState.ExitCode()
}

// directory is a configuration with a service that is this server's own LDAP.
func directory(port int, as string) string {
	return fmt.Sprintf("[[service]]\nid = \"imap\"\nkind = \"mail\"\naddress = \"ldap://127.0.0.1:%[1]d/uid={user},ou=%[2]s,dc=countersign\"\n\n[ldap]\nlisten = \"127.0.0.1:%[1]d\"\n", port, as)
}

func TestSelfTest(t *testing.T) {
	needsRoot(t)
	program := built(t)
	t.Run("closed", func(t *testing.T) { selfTestClosed(t, program) })
	t.Run("open", func(t *testing.T) { selfTestOpen(t, program) })
	t.Run("not there", func(t *testing.T) { selfTestAway(t, program) })
	t.Run("Dovecot", func(t *testing.T) { selfTestDovecot(t, program) })
}

func selfTestClosed(t *testing.T, program string) {
	h := newHouse(t, "anna", directory(free(t, "tcp"), "imap"))
	list, code := h.selftest(program)
	if code != 0 || len(list) != 1 || list[0].State != "closed" {
		t.Errorf("exit code %d: %+v", code, list)
	}
}

// The page's Dovecot is closed; one line more, as somebody leaves it behind who tried
// something out, opens it to any password, and that is told.
func selfTestDovecot(t *testing.T, program string) {
	m := newMailServer(t, byLDAP)
	list, code := m.selftest(program, "--service", "imap", "--ca", m.cert)
	if code != 0 || list[0].State != "closed" {
		t.Errorf("as its page says, exit code %d: %+v", code, list)
	}
	conf, err := os.ReadFile(m.conf)
	m.ok(err)
	m.ok(os.WriteFile(m.conf, append(conf, "\npassdb {\n  driver = static\n  args = nopassword=y\n}\n"...), 0o644))
	does(t, "/usr/bin/doveadm", "-c", m.conf, "reload")
	await(t, "Dovecot to be open", func() error {
		list, code = m.selftest(program, "--service", "imap", "--ca", m.cert)
		if code != 3 {
			return fmt.Errorf("exit code %d: %+v", code, list)
		}
		return nil
	})
	if list[0].State != "open" || list[0].Opens[0] != "account-password" {
		t.Errorf("with another line: %+v", list)
	}
}

// A page that asks nobody is opened by anything.
func selfTestOpen(t *testing.T, program string) {
	port := free(t, "tcp")
	dir := openDir(t)
	file(t, dir, "page/index.html", "hello\n")
	around := strings.Replace(nginxAround, "%[3]s", "root %[3]s;", 1)
	conf := file(t, dir, "nginx.conf", fmt.Sprintf(around, dir, port, filepath.Join(dir, "page")))
	start(t, "/usr/sbin/nginx", "-p", dir, "-e", "stderr", "-c", conf)
	answers(t, port)
	h := newHouse(t, "anna", fmt.Sprintf("[[service]]\nid = \"page\"\nkind = \"web\"\naddress = \"http://127.0.0.1:%d/\"\n", port))
	list, code := h.selftest(program, "--service", "page")
	if code != 3 || len(list) != 1 || list[0].State != "open" || len(list[0].Opens) != 5 {
		t.Errorf("exit code %d: %+v", code, list)
	}
}

// Nothing is left of a test, even under a name that was chosen.
func selfTestAway(t *testing.T, program string) {
	h := newHouse(t, "anna", fmt.Sprintf("[[service]]\nid = \"imap\"\nkind = \"mail\"\naddress = \"imap://127.0.0.1:%d\"\n", free(t, "tcp")))
	list, code := h.selftest(program)
	if code != 1 || len(list) != 1 || list[0].State != "unknown" || !strings.Contains(list[0].Why, "refused") {
		t.Errorf("exit code %d: %+v", code, list)
	}
	if list, code := h.selftest(program, "--name", "mailuser"); code != 1 || list[0].Why == "" {
		t.Errorf("exit code %d: %+v", code, list)
	}
	if list, code := h.selftest(program, "--name", "mailuser"); code != 1 || strings.Contains(list[0].Why, "taken") {
		t.Errorf("again, exit code %d: %+v", code, list)
	}
}
