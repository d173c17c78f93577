package kit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// ErrNoPrinter says that this system has no lp to print with; CanPrint tells before.
var ErrNoPrinter = errors.New("this system has no lp to print with")

// patience is how long Open waits for the system's answer, chosen arbitrarily. An
// opener that has not ended by then has become the viewer itself.
const patience = 5 * time.Second

// Open shows a page in the system's viewer. For that the page must lie in a file,
// which only this person can read; remove takes it away again, and is to be called
// once the person is done, more often does no harm. Sweep finds what was not
// removed. Where there is an error the file is gone already and remove is nil.
func Open(ctx context.Context, pdf []byte) (remove func() error, err error) {
	return open(ctx, pdf, opener(runtime.GOOS), patience)
}

// opener gives the program, with its arguments, that opens a file in the viewer.
func opener(system string) []string {
	switch system {
	case "windows":
		return []string{"rundll32", "url.dll,FileProtocolHandler"}
	case "darwin":
		return []string{"open"}
	}
	return []string{"xdg-open"}
}

func open(ctx context.Context, pdf []byte, program []string, patience time.Duration) (func() error, error) {
	file, err := lay(pdf)
	if err != nil {
		return nil, err
	}
	remove := func() error { return os.RemoveAll(filepath.Dir(file)) }
	if err := start(ctx, append(program, file), patience); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the viewer: %w", err), remove())
	}
	return remove, nil
}

// start runs a program until it ends or patience does, after which it is left
// running: it outlives ctx, for a viewer is the person's to close.
func start(ctx context.Context, command []string, patience time.Duration) error {
	cmd := exec.Command(command[0], command[1:]...)
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case err := <-ended:
		return err
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// CanPrint reports whether Print has something to print with.
func CanPrint() bool {
	_, err := exec.LookPath("lp")
	return err == nil
}

// Print sends a page to the system's default printer without laying it on this
// disk itself; the print service keeps it until it is printed, and a printer may
// for longer, see PrinterWarning. It is ErrNoPrinter where there is no lp.
func Print(ctx context.Context, pdf []byte) error {
	path, err := exec.LookPath("lp")
	if err != nil {
		return ErrNoPrinter
	}
	// The title is what everybody sees who looks at the queue.
	cmd := exec.CommandContext(ctx, path, "-t", "Countersign")
	var complaint bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(pdf), &complaint
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("printing the page: %w: %s", err, strings.TrimSpace(complaint.String()))
	}
	return nil
}
