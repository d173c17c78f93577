package e2e

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// patience is how long the story waits for anything before it fails: the machine
// may be slow and busy. Nothing waits longer than it must.
const patience = 40 * time.Second

// pollEvery is how often a condition is looked at.
const pollEvery = 25 * time.Millisecond

// eventually waits until a condition holds.
func eventually(limit time.Duration, holds func() bool) bool {
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(pollEvery) {
		if holds() {
			return true
		}
	}
	return holds()
}

// process is a program of the story, in a process group of its own.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it ended
}

// begin starts a program that is ended with the test, if not before.
func begin(t testing.TB, cmd *exec.Cmd) *process {
	t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting %s: %v", cmd.Path, err)
	}
	p := &process{cmd: cmd, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended is in ProcessState
		close(p.done)
	}()
	t.Cleanup(p.end)
	return p
}

// end asks the program and its children to end, and makes them.
func (p *process) end() {
	p.signal(syscall.SIGCONT)
	p.signal(syscall.SIGTERM)
	if !p.ended(5 * time.Second) {
		p.kill()
	}
	p.signal(syscall.SIGKILL) // children that stayed
}

// kill ends the program at once.
func (p *process) kill() {
	p.signal(syscall.SIGKILL)
	<-p.done
}

func (p *process) ended(limit time.Duration) bool {
	select {
	case <-p.done:
		return true
	case <-time.After(limit):
		return false
	}
}

// signal goes to the whole group; a group that is gone needs none.
func (p *process) signal(s syscall.Signal) { _ = syscall.Kill(-p.cmd.Process.Pid, s) }

// exitCode waits for the end and gives the exit code.
func (p *process) exitCode(t testing.TB) int {
	t.Helper()
	if !p.ended(patience) {
		t.Fatalf("%s does not end", p.cmd.Path)
	}
	return p.cmd.ProcessState.ExitCode()
}

// run runs a program to its end.
func run(t testing.TB, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v %s", name, args, err, out)
	}
	return string(out)
}

func makeFolder(t testing.TB, path string) string {
	t.Helper()
	if err := os.MkdirAll(path, 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func writeFile(t testing.TB, path, text string, mode os.FileMode) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return path
}
