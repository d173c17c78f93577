package terminal_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// printed waits for something on the output stream.
func (c *talk) printed(pattern string) string {
	c.t.Helper()
	wanted := regexp.MustCompile(pattern)
	for end := time.Now().Add(time.Minute); time.Now().Before(end); <-time.After(5 * time.Millisecond) {
		c.mu.Lock()
		found := wanted.FindStringSubmatch(c.out.String())
		c.mu.Unlock()
		if found != nil {
			return found[1]
		}
	}
	c.t.Fatalf("it never prints %q, but %q", pattern, c.everything())
	return ""
}

// types answers a question whose answer is seen.
func (c *talk) types(pattern, text string) {
	c.t.Helper()
	c.await(pattern + "$")
	if _, err := fmt.Fprintln(c.person, text); err != nil {
		c.t.Fatal(err)
	}
}

// household is a backend with one account and one trusted device.
type household struct {
	t   *testing.T
	dir string
}

func newHousehold(t *testing.T) household {
	t.Helper()
	h := household{t, t.TempDir()}
	link, err := startBackend(t).Invite(t.Context(), "anna")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"passphrase": "a passphrase", "password": "correct horse battery"} {
		if err := os.WriteFile(filepath.Join(h.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h.run("laptop", "setup", "--invite", link, "--password-file", h.file("password"), "--device-name", "Laptop", "--recovery-out", h.file("key")).ends(0)
	return h
}

func (h household) file(name string) string { return filepath.Join(h.dir, name) }

func (h household) run(device string, args ...string) *talk {
	h.t.Helper()
	return run(h.t, append([]string{"--vault", "file:" + h.file(device), "--passphrase-file", h.file("passphrase")}, args...)...)
}

// Two people, or one with two devices, pair by answering questions: what is no
// six digits, and a password that is wrong, can be typed again.
func TestPairByAnswering(t *testing.T) {
	h := newHousehold(t)
	host := h.run("laptop", "pair")
	link := host.printed(`(?i)(http://\S+#\S+)`)
	host.printed(`symbols  ([0-9A-Z]{4} [0-9A-Z]{4})`)
	host.printed(`good for (5 min), until`)
	guest := h.run("phone", "join", "--link", link, "--device-name", "Phone", "--kind", "phone")
	digits := guest.printed(`trusted device: ([0-9]{6})`)
	host.printed(`(Phone \(phone\)) wants to join, from the same network`)
	host.types("Six digits: ", "12")
	host.types(`It is six digits\.\s+Six digits: `, digits[:3]+" "+digits[3:])
	host.answer("Password of the account", "wrong")
	host.answer(`not the password\.\s+Password of the account`, "correct horse battery")
	host.ends(0)
	guest.ends(0)
	host.printed(`(Phone is a trusted device now)`)
	guest.printed(`(trusted device of the account anna)`)
	if strings.Contains(host.everything(), "correct horse battery") {
		t.Error("the password was shown while it was typed")
	}

	kept := h.run("laptop", "remove", "Phone")
	kept.types(`Remove Phone \(phone\)\? \[y/N\] `, "n")
	kept.ends(1)
	removed := h.run("laptop", "remove", "Phone")
	removed.types(`Remove Phone \(phone\)\? \[y/N\] `, "y")
	removed.answer("Password of the account", "correct horse battery")
	removed.ends(0)
	last := h.run("laptop", "remove", "Laptop", "--yes")
	last.ends(6)
}

// Wrong digits end it at once: nothing more is asked.
func TestWrongDigitsByAnswering(t *testing.T) {
	h := newHousehold(t)
	host := h.run("laptop", "pair")
	link := host.printed(`(?i)(http://\S+#\S+)`)
	guest := runUntil(t, t.Context(), "--vault", "file:"+h.file("phone"), "--passphrase-file", h.file("passphrase"), "join", "--link", link, "--device-name", "Phone")
	wrong := "000000"
	if guest.printed(`trusted device: ([0-9]{6})`) == wrong {
		wrong = "111111"
	}
	host.types("Six digits: ", wrong)
	host.ends(11)
	if strings.Contains(host.everything(), "Password") {
		t.Error("the password was asked for")
	}
	guest.ends(11)
	again := h.run("phone", "status")
	again.ends(0)
	again.printed(`(No account is set up here)`)
}
