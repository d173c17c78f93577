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

// programVariable hands the program that was built to the tests.
const programVariable = "COUNTERSIGN_E2E_PROGRAM"

// TestMain builds the program once.
func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "e2e")
	if err == nil {
		err = build(filepath.Join(folder, "countersign"))
	}
	code := 1
	if err == nil {
		code = m.Run()
	}
	if err := os.RemoveAll(folder); err != nil {
		fmt.Fprintln(os.Stderr, "removing the program:", err)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "building the program:", err)
	}
	os.Exit(code)
}

func build(path string) error {
	cmd := exec.Command("go", "build", "-tags", "e2e", "-o", path, ".")
	cmd.Dir, cmd.Stderr = filepath.Join("..", ".."), os.Stderr
	if err := cmd.Run(); err != nil {
		return err
	}
	return os.Setenv(programVariable, path)
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
