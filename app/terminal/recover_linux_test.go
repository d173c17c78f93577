package terminal_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// says types an answer that may be seen.
func (c *talk) says(pattern, text string) {
	c.t.Helper()
	c.await(pattern)
	if _, err := fmt.Fprintln(c.person, text); err != nil {
		c.t.Fatal(err)
	}
}

// A person at a terminal is asked what is left, and led to what it brings back.
func TestRecoverByAnswering(t *testing.T) {
	b := startBackend(t)
	link, err := b.Invite(t.Context(), "anna")
	if err != nil {
		t.Fatal(err)
	}
	const password, next = "correct horse battery", "another horse, other battery"
	old := "file:" + filepath.Join(t.TempDir(), "old.vault")
	c := run(t, "--vault", old, "setup", "--invite", link)
	c.answer("New passphrase", "a passphrase")
	c.answer("once more", "a passphrase")
	c.answer("Password for the new account", password)
	c.answer("once more", password)
	key := c.see(`((?:[0-9A-Z]{4}-){6}[0-9A-Z]{4})`)[1]
	c.answer("Type the recovery key", key)
	c.ends(0)

	// On another computer, with one thing only, and with two.
	fresh := "file:" + filepath.Join(t.TempDir(), "new.vault")
	c = run(t, "--vault", fresh, "recover")
	c.answer("New passphrase", "a passphrase")
	c.answer("once more", "a passphrase")
	c.says("What do you still have.*\n.*password.*N. $", "y")
	c.says("recovery key.*N. $", "n")
	c.ends(2)
	if !strings.Contains(c.everything(), "two of three are needed") {
		t.Errorf("it says %s", c.everything())
	}
	c = run(t, "--vault", fresh, "recover")
	c.answer("New passphrase", "a passphrase")
	c.answer("once more", "a passphrase")
	c.says("password.*N. $", "y")
	c.says("recovery key.*N. $", "yes")
	c.says("Address of the backend: $", b.URL())
	c.says("Name of the account: $", "anna")
	c.answer("Password of the account", password)
	c.answer("Recovery key", strings.ToLower(key))
	c.ends(0)
	for _, secret := range []string{password, strings.ToLower(key)} {
		if strings.Contains(c.everything(), secret) {
			t.Errorf("%q was shown while it was typed", secret)
		}
	}

	// On the trusted device, with the recovery key.
	c = run(t, "--vault", old, "recover")
	c.answer("Passphrase of the vault file", "a passphrase")
	c.says("password of the account.*N. $", "n")
	c.says("recovery key.*N. $", "y")
	c.answer("Recovery key", key)
	c.answer("New password", next)
	c.answer("once more", next)
	again := c.see(`((?:[0-9A-Z]{4}-){6}[0-9A-Z]{4})`)[1]
	c.answer("Type the recovery key", again)
	c.ends(0)
	if again == key {
		t.Error("the recovery key that was used is the next one as well")
	}
	c = run(t, "--vault", old, "recovery", "groups")
	c.answer("Passphrase of the vault file", "a passphrase")
	for range 2 {
		var n int
		if _, err := fmt.Sscan(c.see(`Group ([1-7]) of the recovery key`)[1], &n); err != nil {
			t.Fatal(err)
		}
		c.answer("Group [1-7]", strings.Split(again, "-")[n-1])
	}
	c.ends(0)

	// A second copy is the person's word, which status repeats with when it asks next.
	for _, said := range []struct {
		args []string
		want string
	}{
		{[]string{"recovery", "copied"}, "A second copy of it is kept elsewhere, you said on "},
		{[]string{"status"}, "A second copy of it is kept elsewhere, you said on "},
		{[]string{"status"}, "It is asked for again on "},
		{[]string{"recovery", "copied", "--no"}, "Nobody said that a second copy"},
	} {
		c = run(t, append([]string{"--vault", old}, said.args...)...)
		c.answer("Passphrase of the vault file", "a passphrase")
		c.ends(0)
		if !strings.Contains(c.everything(), said.want) {
			t.Errorf("%s says %s", said.args, c.everything())
		}
	}

	// Who has the password and the device is told that nothing is lost.
	c = run(t, "--vault", old, "recover")
	c.answer("Passphrase of the vault file", "a passphrase")
	c.says("password of the account.*N. $", "y")
	c.says("recovery key.*N. $", "n")
	c.ends(0)
	if !strings.Contains(c.everything(), "nothing to recover") {
		t.Errorf("it says %s", c.everything())
	}
}
