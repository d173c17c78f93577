package main

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestMain lets a test start this program as a process of its own: it adopts
// every orphan below it, so it cannot run inside the test.
func TestMain(m *testing.M) {
	if os.Getenv("LEFTOVERS_TEST_MAIN") != "" {
		main()
	}
	os.Exit(m.Run())
}

// leftovers runs a shell script under this program and answers its exit code
// and everything it printed.
func leftovers(t *testing.T, script string) (code int, output string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-grace", "300ms", "sh", "-c", script)
	cmd.Env = append(os.Environ(), "LEFTOVERS_TEST_MAIN=1", "TMPDIR="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

func TestCleanCommandKeepsItsExitCode(t *testing.T) {
	for _, want := range []int{0, 3} {
		code, output := leftovers(t, `f=$(mktemp); rm "$f"; exit `+strconv.Itoa(want))
		if code != want || output != "" {
			t.Errorf("exit code %d and %q, want %d and nothing", code, output, want)
		}
	}
}

func TestProcessLeftRunning(t *testing.T) {
	// sleep's output goes nowhere, else this test would wait for its end too.
	for name, script := range map[string]string{
		"child":             `sleep 1000 >/dev/null 2>&1 & echo $!`,
		"daemon":            `setsid sh -c 'sleep 1000 >/dev/null 2>&1 & echo $!' &  wait`,
		"empty environment": `env -i /bin/sleep 1000 >/dev/null 2>&1 & echo $!`,
		"after a failure":   `sleep 1000 >/dev/null 2>&1 & echo $!; exit 7`,
	} {
		t.Run(name, func(t *testing.T) {
			code, output := leftovers(t, script)
			if code == 0 || !strings.Contains(output, "left running") || !strings.Contains(output, "sleep 1000") {
				t.Fatalf("exit code %d and %q, want a failure that names the process", code, output)
			}
			first, _, _ := strings.Cut(output, "\n")
			pid, err := strconv.Atoi(first)
			if err != nil {
				t.Fatal(err)
			}
			if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
				t.Errorf("process %d is still there: %v", pid, err)
			}
		})
	}
}

func TestEndingWithinTheGraceIsClean(t *testing.T) {
	if code, output := leftovers(t, `(read line </dev/null; exit 0) & exit 0`); code != 0 {
		t.Errorf("exit code %d and %q, want 0", code, output)
	}
}

func TestTemporaryFileLeft(t *testing.T) {
	code, output := leftovers(t, `: >"$TMPDIR/forgotten"`)
	if code != 1 || !strings.Contains(output, "forgotten") {
		t.Errorf("exit code %d and %q, want 1 and the file's name", code, output)
	}
}

func TestParseStat(t *testing.T) {
	p, ok := parseStat("42 (a) b (c)) S 7 1 1 0")
	if !ok || p.pid != 42 || p.parent != 7 || p.name != "a) b (c)" {
		t.Errorf("got %+v, %v", p, ok)
	}
	for _, bad := range []string{"", "42", "42 (a", ") 42 (", "42 (a) S", "x (a) S 1", "42 (a) S x", "42 (a) Z 1 1"} {
		if p, ok := parseStat(bad); ok {
			t.Errorf("parseStat(%q) gives %+v, want nothing", bad, p)
		}
	}
}
