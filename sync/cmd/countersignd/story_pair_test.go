package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// partner is a pair or a join in the background: a program that prints lines of
// JSON and may read one.
type partner struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	errors *log

	mu    sync.Mutex
	lines []string
	news  chan struct{}
	err   error         // of the process, once gone
	gone  chan struct{} // closed when the process has ended
}

// startPartner runs a command of a device in the background.
func startPartner(ts *testscript.TestScript, name string, args ...string) *partner {
	p := &partner{cmd: countersignctl(ts, name, args...), errors: &log{}, news: make(chan struct{}, 1), gone: make(chan struct{})}
	p.cmd.Stderr = p.errors
	in, err := p.cmd.StdinPipe()
	ts.Check(err)
	p.in = in
	out, err := p.cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(p.cmd.Start())
	if before := storyOf(ts).partners[name]; before != nil {
		before.stop()
	}
	storyOf(ts).partners[name] = p
	go p.listen(out)
	return p
}

func (p *partner) listen(out io.Reader) {
	defer close(p.gone)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		p.mu.Lock()
		p.lines = append(p.lines, lines.Text())
		p.mu.Unlock()
		select {
		case p.news <- struct{}{}:
		default:
		}
	}
	p.err = p.cmd.Wait()
}

func (p *partner) said(n int) (string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.lines) <= n {
		return "", false
	}
	return p.lines[n], true
}

// await waits for the n-th line, and reads it; errEnded if the program ended
// before.
func (p *partner) await(n int, into any) error {
	deadline := time.After(storyPatience)
	for {
		if text, ok := p.said(n); ok {
			return json.Unmarshal([]byte(text), into)
		}
		select {
		case <-p.news:
		case <-p.gone:
			if _, ok := p.said(n); !ok {
				return errEnded
			}
		case <-deadline:
			return fmt.Errorf("no line %d came", n)
		}
	}
}

var errEnded = errors.New("the program ended")

// line is await for a script; false if the program ended before.
func (p *partner) line(ts *testscript.TestScript, n int, into any) bool {
	err := p.await(n, into)
	if err != nil && !errors.Is(err, errEnded) {
		ts.Fatalf("%v\n%s", err, p.errors)
	}
	return err == nil
}

// ends waits for the program's end and keeps its exit code for code.
func (p *partner) ends(ts *testscript.TestScript) error {
	select {
	case <-p.gone:
	case <-time.After(storyPatience):
		ts.Fatalf("%s does not end\n%s", p.cmd.Args, p.errors)
	}
	storyOf(ts).exit = exitStatus(p.err)
	fmt.Fprint(ts.Stdout(), strings.Join(p.lines, "\n")+"\n")
	fmt.Fprint(ts.Stderr(), p.errors)
	return p.err
}

func (p *partner) stop() {
	p.cmd.Process.Kill() // nothing happens to one that has ended
	<-p.gone
}

// pairsCommand begins a pairing and keeps what it shows: pairs NAME.
func pairsCommand(ts *testscript.TestScript, neg bool, args []string) {
	p := startPartner(ts, args[0], "pair", "--json", "--password-file", "password")
	var shown struct{ Link, Symbols string }
	if !p.line(ts, 0, &shown) {
		if err := p.ends(ts); !neg {
			ts.Fatalf("%s does not pair: %v\n%s", args[0], err, p.errors)
		}
		return
	}
	if neg {
		ts.Fatalf("%s pairs", args[0])
	}
	ts.Setenv("PAIR", shown.Link)
	ts.Setenv("SYMBOLS", shown.Symbols)
}

// joinsCommand joins and keeps the six digits: joins NAME ARG ....
func joinsCommand(ts *testscript.TestScript, neg bool, args []string) {
	p := startPartner(ts, args[0], append([]string{"join", "--json"}, args[1:]...)...)
	var shown struct{ Digits string }
	if !p.line(ts, 0, &shown) {
		if err := p.ends(ts); !neg {
			ts.Fatalf("%s does not join: %v\n%s", args[0], err, p.errors)
		}
		return
	}
	if neg {
		ts.Fatalf("%s joins", args[0])
	}
	if n, err := strconv.Atoi(shown.Digits); err != nil || n < 0 || len(shown.Digits) != 6 {
		ts.Fatalf("the digits are %q", shown.Digits)
	}
	ts.Setenv("DIGITS", shown.Digits)
	ts.Setenv("WRONG", wrongDigits(shown.Digits))
}

func wrongDigits(right string) string {
	if right == "000000" {
		return "111111"
	}
	return "000000"
}

// typesCommand types a line into a device's program: types NAME TEXT.
func typesCommand(ts *testscript.TestScript, neg bool, args []string) {
	_, err := fmt.Fprintln(storyOf(ts).partners[args[0]].in, args[1])
	ts.Check(err)
}

// endsCommand waits until a pair or join is over: ends NAME. What it said is the
// script's output.
func endsCommand(ts *testscript.TestScript, neg bool, args []string) {
	p := storyOf(ts).partners[args[0]]
	if err := p.ends(ts); (err != nil) != neg {
		ts.Fatalf("%s: %v\n%s", args[0], err, p.errors)
	}
}

// pressesCommand presses Ctrl-C in a device's program: presses NAME.
func pressesCommand(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(storyOf(ts).partners[args[0]].cmd.Process.Signal(os.Interrupt))
}
