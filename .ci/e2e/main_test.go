// Package e2e tells the window's story: the real program in a real window on a
// virtual display, with a real keyring, a real session bus and a real browser. The
// only stand-in is the desktop's shell, which shows the tray and notifications.
//
// It imports nothing of ours. What the window shows is read from the socket that
// a program built with -tags e2e answers; what a person does is done with xdotool.
package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// These hand the programs that were built to the tests.
const (
	programVariable = "COUNTERSIGN_E2E_PROGRAM"
	daemonVariable  = "COUNTERSIGN_E2E_DAEMON"
)

// TestMain builds the programs once.
func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "e2e")
	if err == nil {
		err = build(programVariable, filepath.Join(folder, "countersign"), ".")
	}
	if err == nil {
		err = build(daemonVariable, filepath.Join(folder, "countersignd"), "./sync/cmd/countersignd")
	}
	code := 1
	if err == nil {
		code = m.Run()
	}
	if err := os.RemoveAll(folder); err != nil {
		fmt.Fprintln(os.Stderr, "removing the programs:", err)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "building the programs:", err)
	}
	os.Exit(code)
}

// build builds a package to path, and says so in a variable.
func build(variable, path, of string) error {
	cmd := exec.Command("go", "build", "-tags", "e2e", "-o", path, of)
	cmd.Dir, cmd.Stderr = filepath.Join("..", ".."), os.Stderr
	if err := cmd.Run(); err != nil {
		return err
	}
	return os.Setenv(variable, path)
}

// need makes a test fail that lacks a program: this package is only run where the
// test packages are installed.
func need(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			t.Fatalf("%s is not installed: make install-test", name)
		}
	}
}
