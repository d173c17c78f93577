package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/desktop"
)

// What the program exits with.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// localListen is where the backend on this computer listens; people and pages
// know it by this name.
const localListen = "localhost:7420"

// start is how the program was asked to start.
type start struct {
	dir    string // the device's data
	hidden bool
	listen string // of the backend on this computer
	log    *slog.Logger
}

// errUsage says that the arguments make no sense; flag.ErrHelp that all is said.
var errUsage = errors.New("see countersign --help")

const help = `countersign is your trusted device with a window.

  countersign [flags]

  --hidden             start without a window: in the tray, if there is one
  --data DIR           the folder of the device's data, instead of your own
  --local-listen ADDR  where "Try it on this computer" listens (` + localListen + `)
  --version            print the version
  --help               print this

A second start on the same folder brings the first window to the front.
Without a display, countersignctl is the same device in a terminal.
Exit codes: 0 quit, or another window was shown; 1 failed; 2 wrong arguments.
`

// readStart reads the arguments. The error is flag.ErrHelp if what they asked for
// was printed.
func readStart(args []string, out io.Writer) (start, error) {
	s := start{log: slog.New(slog.NewTextHandler(os.Stderr, nil))}
	flags := flag.NewFlagSet("countersign", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&s.dir, "data", "", "")
	flags.BoolVar(&s.hidden, "hidden", false, "")
	flags.StringVar(&s.listen, "local-listen", localListen, "")
	version := flags.Bool("version", false, "")
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(out, help)
		return s, err
	case err != nil:
		return s, fmt.Errorf("%w: %w", err, errUsage)
	case flags.NArg() > 0:
		return s, fmt.Errorf("%q is not a flag: %w", flags.Arg(0), errUsage)
	case *version:
		fmt.Fprintf(out, "countersign %s, protocol td/1\n", readMetadata().Version)
		return s, flag.ErrHelp
	case s.dir == "":
		s.dir, err = app.Folder()
	}
	return s, err
}

// complain says what kept the program from starting, and gives its exit code.
func complain(err error) int {
	switch {
	case errors.Is(err, flag.ErrHelp), errors.Is(err, desktop.ErrTaken):
		return exitOK
	case errors.Is(err, errUsage):
		fmt.Fprintln(os.Stderr, "countersign:", err)
		return exitUsage
	}
	fmt.Fprintln(os.Stderr, "countersign:", err)
	return exitFailed
}
