package terminal_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/countersign/countersign/app/terminal"
	"github.com/countersign/countersign/sync/backend"
)

// talk is a program that asks, and a person who answers.
type talk struct {
	t      *testing.T
	person *os.File
	in     *os.File
	mu     sync.Mutex
	said   bytes.Buffer
	read   int
	out    bytes.Buffer
	exit   chan int
}

// Write takes what the program says on its error stream.
func (c *talk) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.said.Write(p)
}

// output takes what the program prints.
type output struct{ *talk }

// Write takes what the program says on its output stream.
func (o output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.out.Write(p)
}

func run(t *testing.T, args ...string) *talk {
	t.Helper()
	return runUntil(t, context.Background(), args...)
}

// runUntil is run with somebody who presses Ctrl-C when ctx is done.
func runUntil(t *testing.T, ctx context.Context, args ...string) *talk {
	t.Helper()
	c := &talk{t: t, exit: make(chan int, 1)}
	c.person, c.in = openTerminal(t)
	go func() {
		c.exit <- terminal.Run(ctx, args, terminal.Streams{In: c.in, Out: output{c}, Err: c})
	}()
	return c
}

// answer waits until the program asks for what the pattern says, and types.
func (c *talk) answer(pattern, text string) {
	c.t.Helper()
	c.await(pattern + "[^\n]*: $")
	for end := time.Now().Add(time.Minute); !hides(c.t, c.in); {
		if time.Now().After(end) {
			c.t.Fatalf("what is typed at %q would be shown", pattern)
		}
		<-time.After(time.Millisecond)
	}
	if _, err := fmt.Fprintln(c.person, text); err != nil {
		c.t.Fatal(err)
	}
}

// see is await that leaves what it saw to be waited for.
func (c *talk) see(pattern string) []string {
	c.t.Helper()
	read := c.read
	found := c.await(pattern)
	c.read = read
	return found
}

// await waits for something to be said after what was said before.
func (c *talk) await(pattern string) []string {
	c.t.Helper()
	wanted := regexp.MustCompile(pattern)
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		c.mu.Lock()
		text := c.said.String()[c.read:]
		found := wanted.FindStringSubmatch(text)
		if found != nil {
			c.read += len(text)
		}
		c.mu.Unlock()
		if found != nil {
			return found
		}
		select {
		case code := <-c.exit:
			c.t.Fatalf("it ended with code %d, having said %q", code, text)
		case <-time.After(5 * time.Millisecond):
		}
	}
	c.t.Fatalf("it never says %q, but %q", pattern, c.said.String())
	return nil
}

func (c *talk) ends(code int) {
	c.t.Helper()
	select {
	case got := <-c.exit:
		if got != code {
			c.t.Fatalf("it ended with code %d, want %d: %s", got, code, c.said.String())
		}
	case <-time.After(time.Minute):
		c.t.Fatalf("it does not end: %s", c.said.String())
	}
}

// everything gives what was seen on the screen.
func (c *talk) everything() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.String() + c.said.String()
}

func startBackend(t *testing.T) *backend.Backend {
	t.Helper()
	b, err := backend.Start(t.Context(), backend.Options{Data: t.TempDir(), Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// A person sets an account up by answering questions. What is typed is not shown.
func TestSetupByAnswering(t *testing.T) {
	b := startBackend(t)
	link, err := b.Invite(t.Context(), "anna")
	if err != nil {
		t.Fatal(err)
	}
	vault := "file:" + filepath.Join(t.TempDir(), "anna.vault")
	c := run(t, "--vault", vault, "setup", "--invite", link)
	c.answer("New passphrase", "a passphrase")
	c.answer("New passphrase.*once more", "a passphrase")
	c.answer("Password for the new account", "correct horse battery")
	c.answer("Password for the new account, once more", "correct horse battery")
	key := c.see(`((?:[0-9A-Z]{4}-){6}[0-9A-Z]{4})`)[1]
	c.answer("Type the recovery key", "wrong")
	c.see("not the key above")
	c.answer("Type the recovery key", strings.ToLower(key))
	c.ends(0)
	for _, secret := range []string{"a passphrase", "correct horse battery", strings.ToLower(key)} {
		if strings.Contains(c.everything(), secret) {
			t.Errorf("%q was shown while it was typed", secret)
		}
	}
	again := run(t, "--vault", vault, "recovery", "check")
	again.answer("Passphrase of the vault file", "a passphrase")
	again.answer("Recovery key", key)
	again.ends(0)
	wrong := run(t, "--vault", vault, "status")
	wrong.answer("Passphrase of the vault file", "another")
	wrong.ends(5)
}

func TestTwoDifferentPassphrases(t *testing.T) {
	c := run(t, "--vault", "file:"+filepath.Join(t.TempDir(), "v"), "status")
	c.answer("New passphrase", "one")
	c.answer("once more", "another")
	c.ends(1)
}

func TestSecretsFromDescriptors(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(writer, "a passphrase")
	writer.Close()
	fd, err := unix.Dup(int(reader.Fd())) // one that the program may close
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	var out, said bytes.Buffer
	args := []string{"--vault", "file:" + filepath.Join(t.TempDir(), "v"), "--passphrase-fd", fmt.Sprint(fd), "status", "--json"}
	if code := terminal.Run(t.Context(), args, terminal.Streams{Out: &out, Err: &said}); code != 0 || !strings.Contains(out.String(), `"stage":"new"`) {
		t.Errorf("code %d, %s%s", code, &out, &said)
	}
}
