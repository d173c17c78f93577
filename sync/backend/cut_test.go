package backend

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/front"
)

// script writes a program that ends sessions, and a file it writes to: $out.
func script(t *testing.T, lines string) (program, out string) {
	t.Helper()
	dir := t.TempDir()
	program, out = filepath.Join(dir, "kick"), filepath.Join(dir, "out")
	text := "#!/bin/sh\nout=" + out + "\n" + lines + "\n"
	if err := os.WriteFile(program, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return program, out
}

// cutting is a cutter of one service, mail, and its log.
func cutting(t *testing.T, words ...string) (*cutter, *said) {
	t.Helper()
	log := &said{}
	c := newCutter(map[string][]string{"mail": words}, slog.New(slog.NewTextHandler(log, nil)))
	c.again = 10 * time.Millisecond
	return c, log
}

// said is a log. Safe for concurrent use.
type said struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

func wrote(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(text)
}

// No shell reads what is configured, and {user} is a name and nothing else.
func TestCutRunsTheProgramAsItIsWritten(t *testing.T) {
	program, out := script(t, `for a in "$@"; do printf '<%s>' "$a" >> $out; done`)
	c, log := cutting(t, program, "kick", "u={user}", "; echo $HOME > x", "")
	c.cut(t.Context(), front.Service{ID: "mail"}, "anna.b-c_1")
	c.cut(t.Context(), front.Service{ID: "chat"}, "anna") // has no program
	c.close()
	if got := wrote(t, out); got != "<kick><u=anna.b-c_1><; echo $HOME > x><>" {
		t.Errorf("its arguments were %s\n%s", got, log)
	}
}

// People choose their names. What could be an option, a path or a pattern for some
// program is not handed to it.
func TestCutHandsOverPlainNamesOnly(t *testing.T) {
	program, out := script(t, `printf '<%s>' "$1" >> $out`)
	c, log := cutting(t, program, "{user}")
	odd := []string{"", "-a", "@a", "--all", "*", "a*", "a b", "a;b", "a/b", "../a", ".a", "a\nb", "a\x00b", "ä", "$HOME", "a'b", "%u", strings.Repeat("a", 65)}
	for _, name := range odd {
		c.cut(t.Context(), front.Service{ID: "mail"}, name)
	}
	c.close()
	if got := wrote(t, out); got != "" {
		t.Errorf("it was run for %q", got)
	}
	if n := strings.Count(log.String(), "not plain"); n != len(odd) {
		t.Errorf("%d of %d were said:\n%s", n, len(odd), log)
	}
}

func TestCutIsTriedTwiceAndNotOftener(t *testing.T) {
	program, out := script(t, `echo run >> $out; echo no such session >&2; exit 3`)
	c, log := cutting(t, program, "{user}")
	c.cut(t.Context(), front.Service{ID: "mail"}, "anna")
	c.close()
	if got := wrote(t, out); got != "run\nrun\n" {
		t.Errorf("it ran %q", got)
	}
	if !strings.Contains(log.String(), "exit status 3") || !strings.Contains(log.String(), "no such session") {
		t.Errorf("the log says %s", log)
	}
	program, out = script(t, `echo run >> $out; test $(wc -l < $out) -eq 2`)
	c, log = cutting(t, program, "{user}")
	c.cut(t.Context(), front.Service{ID: "mail"}, "anna")
	c.close()
	if got := log.String(); wrote(t, out) != "run\nrun\n" || strings.Contains(got, "not ended") || !strings.Contains(got, "sessions are ended") {
		t.Errorf("one that works the second time: %s", got)
	}
}

// Two at a time could undo each other, and a storm of them stop the computer.
func TestCutsOfAServiceDoNotOverlap(t *testing.T) {
	program, out := script(t, `echo "+" >> $out; read x < "$0"; echo "-" >> $out`)
	c, _ := cutting(t, program, "{user}")
	for range 20 {
		c.cut(t.Context(), front.Service{ID: "mail"}, "anna")
	}
	c.close()
	if got := wrote(t, out); got != strings.Repeat("+\n-\n", 20) {
		t.Errorf("they ran %q", got)
	}
}

// A program that hangs holds up nobody who removes an app password, and the server's
// stop only as long as it is given.
func TestAHangingCutHoldsUpNothing(t *testing.T) {
	program, out := script(t, `echo run >> $out; exec sleep 100`)
	c, _ := cutting(t, program, "{user}")
	begun := time.Now()
	for range 2 * cutQueue {
		c.cut(t.Context(), front.Service{ID: "mail"}, "anna")
	}
	if took := time.Since(begun); took > time.Second {
		t.Errorf("asking took %v", took)
	}
	for deadline := time.Now().Add(20 * time.Second); wrote(t, out) == ""; <-time.After(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it is not run")
		}
	}
	begun = time.Now()
	defer c.limit(time.Second)()
	c.close()
	if took := time.Since(begun); took > 4*time.Second {
		t.Errorf("stopping took %v", took)
	}
}
