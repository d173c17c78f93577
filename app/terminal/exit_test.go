package terminal_test

import (
	"errors"
	"os/exec"
	"strconv"
)

// exitStatus gives the exit code in an error of exec.
func exitStatus(err error) string {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err.Error()
	}
	return strconv.Itoa(exit.ExitCode())
}
