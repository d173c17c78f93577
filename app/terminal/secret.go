package terminal

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// maxSecret is the longest secret that is read, in bytes.
const maxSecret = 4 << 10

// secretFlags say where one secret comes from. It is never an argument itself:
// arguments are seen by everybody on the machine.
type secretFlags struct {
	file string
	fd   int // 0 = not given: standard input is for the prompt
}

func (s *secretFlags) register(flags *flag.FlagSet, name, what string) {
	flags.StringVar(&s.file, name+"-file", s.file, "`file` with "+what)
	flags.IntVar(&s.fd, name+"-fd", s.fd, "open `descriptor` with "+what)
}

func (s *secretFlags) given() bool { return s.file != "" || s.fd != 0 }

// read gives the secret from file or descriptor, without the line's end.
func (s *secretFlags) read() ([]byte, error) {
	if s.file != "" && s.fd != 0 {
		return nil, usageError{"a secret comes from a file or a descriptor, not both"}
	}
	if s.file != "" {
		f, err := os.Open(s.file)
		if err != nil {
			return nil, usageError{fmt.Sprintf("reading secret: %v", err)}
		}
		defer f.Close()
		return firstLine(f)
	}
	if s.fd < 0 {
		return nil, usageError{fmt.Sprintf("%d is not a descriptor", s.fd)}
	}
	f := os.NewFile(uintptr(s.fd), "secret")
	defer f.Close()
	return firstLine(f)
}

// firstLine reads all there is; it must be one line.
func firstLine(r io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxSecret+1))
	if err != nil {
		return nil, usageError{fmt.Sprintf("reading secret: %v", err)}
	}
	b = bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
	if len(b) == 0 || len(b) > maxSecret || bytes.ContainsAny(b, "\r\n\x00") {
		return nil, usageError{"a secret is one line"}
	}
	return b, nil
}

// ask gives a secret from where the flags say, or from the person.
func (c *call) ask(s *secretFlags, prompt, flagName string) ([]byte, error) {
	if s.given() {
		return s.read()
	}
	if c.In == nil || !term.IsTerminal(int(c.In.Fd())) {
		return nil, usageError{fmt.Sprintf("%s is needed: give --%s-file or --%s-fd", prompt, flagName, flagName)}
	}
	fmt.Fprintf(c.Err, "%s: ", prompt)
	typed, err := term.ReadPassword(int(c.In.Fd()))
	fmt.Fprintln(c.Err)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", flagName, err)
	}
	return typed, nil
}

// askNew is ask for a secret that is being chosen: typed twice.
func (c *call) askNew(s *secretFlags, prompt, flagName string) ([]byte, error) {
	first, err := c.ask(s, prompt, flagName)
	if err != nil || s.given() {
		return first, err
	}
	again, err := c.ask(s, prompt+", once more", flagName)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(first, again) {
		return nil, errors.New("the two are not the same")
	}
	return first, nil
}

func (c *call) askPassphrase(_ context.Context, fresh bool) ([]byte, error) {
	if fresh {
		return c.askNew(&c.passphrase, "New passphrase for the vault file", "passphrase")
	}
	return c.ask(&c.passphrase, "Passphrase of the vault file", "passphrase")
}

func (c *call) askPassword() (string, error) {
	b, err := c.ask(&c.password, "Password of the account", "password")
	return string(b), err
}
