package vault

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// Some tests need a second program: this one again, told by roleVariable what
// to be and given its arguments after that.
const roleVariable = "VAULT_TEST_ROLE"

func TestMain(m *testing.M) {
	role := os.Getenv(roleVariable)
	if role == "" {
		os.Exit(m.Run())
	}
	if err := play(role, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func play(role string, args []string) error {
	switch role {
	case "save-forever":
		return saveForever(args[0])
	case "put-forever":
		return putForever(args[0])
	case "put-some":
		return putSome(args[0], args[1])
	case "hold-state":
		return holdState(args[0])
	}
	return fmt.Errorf("no role %q", role)
}

// program returns this test binary in another role.
func program(role string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), roleVariable+"="+role)
	cmd.Stderr = os.Stderr
	return cmd
}

// cheap is a cost that lets a test derive hundreds of keys.
func cheap() cost { return cost{Passes: 1, Memory: 8, Threads: 1} }

func cheapFile(t *testing.T, path, passphrase string) *File {
	t.Helper()
	f, err := openFile(path, []byte(passphrase), cheap())
	if err != nil {
		t.Fatal(err)
	}
	return f
}
