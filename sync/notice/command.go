package notice

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// command has a program send text messages. The text is on its standard input: the
// arguments of a program can be seen by every user.
type command struct{ options CommandOptions }

// Exit statuses by which a program says that it will never send this: the text is
// not right, there is no such number. Source: sysexits.h.
const (
	exitData   = 65
	exitNoUser = 67
)

func newCommand(o CommandOptions) (*command, error) {
	if !filepath.IsAbs(o.Path) {
		return nil, errors.New("path is no absolute path")
	}
	if _, err := exec.LookPath(o.Path); err != nil {
		return nil, fmt.Errorf("path: %w", err)
	}
	if !slices.ContainsFunc(o.Args, func(a string) bool { return strings.Contains(a, "{to}") }) {
		return nil, errors.New(`args do not name "{to}"`)
	}
	return &command{options: o}, nil
}

// Send implements Sender. What the program prints is not looked at, as it may hold
// what was to be sent.
func (s *command) Send(ctx context.Context, m Message) error {
	text, to, err := forTelephone(m)
	if err != nil || text == "" {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, gatewayTime)
	defer cancel()
	var args []string
	for _, a := range s.options.Args {
		args = append(args, strings.ReplaceAll(a, "{to}", to))
	}
	cmd := exec.CommandContext(ctx, s.options.Path, args...)
	cmd.Stdin = strings.NewReader(text)
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8"}
	cmd.WaitDelay = time.Second
	return outcome(cmd.Run())
}

// outcome says what a program's end means.
func outcome(err error) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	code := exit.ExitCode()
	if code == exitData || code == exitNoUser {
		return fmt.Errorf("%w: the command for text messages ended with status %d", ErrRefused, code)
	}
	return fmt.Errorf("the command for text messages ended with status %d", code)
}
