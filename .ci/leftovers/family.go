package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// prSetChildSubreaper is PR_SET_CHILD_SUBREAPER of linux/prctl.h: orphans below
// this process become its children instead of init's.
const prSetChildSubreaper = 36

// family is a command with everything that descends from it.
type family struct {
	first int       // process id of the command itself
	code  chan int  // its exit code, once
	gone  chan bool // closed when no descendant is left
}

// start runs the command with TMPDIR set to the folder. From here on this
// process waits for every child by itself, so os/exec's Wait must not be used.
func start(command []string, folder string) (*family, error) {
	_, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, prSetChildSubreaper, 1, 0)
	if errno != 0 {
		return nil, fmt.Errorf("becoming the parent of orphans: %w", errno)
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "TMPDIR="+folder)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	f := &family{first: cmd.Process.Pid, code: make(chan int, 1), gone: make(chan bool)}
	go f.reap()
	f.passOn()
	return f, nil
}

// passOn hands the signal to end to the command, so that its leftovers are
// still looked for. An interrupt from the terminal reaches the command anyway.
func (f *family) passOn() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		for s := range signals {
			if s == syscall.SIGTERM {
				syscall.Kill(f.first, syscall.SIGTERM)
			}
		}
	}()
}

// reap waits for children, adopted orphans among them, until there are none:
// a test that waits for an orphan's end must not see its remains.
func (f *family) reap() {
	defer close(f.gone)
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, 0, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil {
			return
		}
		if pid == f.first {
			f.code <- exitCode(status)
		}
	}
}

// exitCode is the shell's way of telling an exit and a signal in one number.
func exitCode(status syscall.WaitStatus) int {
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}

// wait answers the command's exit code when it has ended.
func (f *family) wait() int { return <-f.code }

// disperse gives the descendants time to end, then ends them. The error names
// those that had not.
func (f *family) disperse(grace time.Duration) error {
	select {
	case <-f.gone:
		return nil
	case <-time.After(grace):
	}
	var lines []string
	for _, p := range descendants(os.Getpid()) {
		lines = append(lines, p.String())
	}
	// Those who fork while they are being ended leave new children to this
	// process, which are found in the next round.
	for {
		for _, p := range descendants(os.Getpid()) {
			syscall.Kill(p.pid, syscall.SIGKILL)
		}
		select {
		case <-f.gone:
			return fmt.Errorf("left running:\n  %s", strings.Join(lines, "\n  "))
		case <-time.After(20 * time.Millisecond):
		}
	}
}
