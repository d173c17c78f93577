package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/countersign/countersign/app/terminal"
)

// The programs of the stories are this test binary under their names.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"countersignd": main,
		"countersignctl": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
			code := terminal.Run(ctx, os.Args[1:], terminal.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
			stop()
			os.Exit(code)
		},
	})
}

// TestStories tells what people do: a backend, trusted devices in terminals,
// and browsers that know no scripts.
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata", Setup: setUpStory(t, 0), Cmds: storyCommands()})
}

// TestStoriesKilled tells the stories of testdata/killed again and again, with
// the backend killed by SIGKILL and started anew before another step each time.
func TestStoriesKilled(t *testing.T) {
	stories, err := filepath.Glob("testdata/killed/*.txt")
	if err != nil || len(stories) == 0 {
		t.Fatalf("%d stories found: %v", len(stories), err)
	}
	for _, file := range stories {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		steps := strings.Count(string(text), "\nstep\n")
		if steps == 0 {
			t.Errorf("%s has no step before which anything could be killed", file)
		}
		for at := 1; at <= steps; at++ {
			t.Run(fmt.Sprintf("before step %d", at), func(t *testing.T) {
				testscript.Run(t, testscript.Params{Files: []string{file}, Setup: setUpStory(t, at), Cmds: storyCommands()})
			})
		}
	}
}

// story is what one script has at hand.
type story struct {
	daemon   *daemon
	browsers map[string]*browser
	watchers map[string]*watcher
	waiters  map[string]*waiter
	partners map[string]*partner
	exit     int // of the device's last command
	step     int
	killAt   int // the step before which the backend is killed; 0 = never
}

type storyKey struct{}

func storyOf(ts *testscript.TestScript) *story { return ts.Value(storyKey{}).(*story) }

func setUpStory(t *testing.T, killAt int) func(*testscript.Env) error {
	return func(e *testscript.Env) error {
		s := &story{
			browsers: make(map[string]*browser), watchers: make(map[string]*watcher), waiters: make(map[string]*waiter),
			partners: make(map[string]*partner), killAt: killAt,
		}
		e.Values[storyKey{}] = s
		check, err := filepath.Abs("../../../trust/testdata/check")
		if err != nil {
			return err
		}
		e.Setenv("CHECK", check)
		e.Setenv("HOME", e.WorkDir)
		e.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
		e.Setenv("XDG_RUNTIME_DIR", e.WorkDir)
		e.Setenv("XDG_DATA_HOME", filepath.Join(e.WorkDir, "data-home"))
		e.Defer(func() {
			s.end()
			if s.step < killAt && !t.Failed() {
				t.Errorf("the story ended after %d steps: nothing was killed", s.step)
			}
		})
		return nil
	}
}

// end leaves nothing running.
func (s *story) end() {
	for _, w := range s.watchers {
		w.stop()
	}
	for _, w := range s.waiters {
		w.cmd.Process.Kill()
		<-w.gone
	}
	for _, p := range s.partners {
		p.stop()
	}
	if s.daemon != nil {
		s.daemon.kill()
	}
}

func storyCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"backend": backendCommand, // backend start [CLOCK]|moves CLOCK|stop|kill|copy|restore: the last two while it is stopped
		"invite":  inviteCommand,  // invite NAME: sets $LINK
		"device":  deviceCommand,  // device NAME COMMAND [ARG ...]: countersignctl with NAME's vault
		"code":    codeCommand,    // code N: exit code of the device's last command
		"allow":   allowCommand,   // allow NAME [ARG ...]: sets $CODE, $LETTERS, $REQUEST
		"allows":  allowsCommand,  // allows NAME: allow --wait in the background
		"allowed": allowedCommand, // allowed NAME: waits for that; sets $CODE, $LETTERS, $REQUEST
		"offline": offlineCommand, // offline NAME [ARG ...]: sets $CODE
		"spoil":   spoilCommand,   // spoil FOLDER: damages every file of the state in it
		"watches": watchesCommand, // watches NAME: countersignctl watch --json in the background
		"hears":   hearsCommand,   // hears NAME KIND: waits for a line of that kind; sets $REQUEST
		"pairs":   pairsCommand,   // pairs NAME: countersignctl pair in the background; sets $PAIR, $SYMBOLS
		"joins":   joinsCommand,   // joins NAME [ARG ...]: join in the background; sets $DIGITS, $WRONG
		"types":   typesCommand,   // types NAME LINE: into NAME's pair
		"presses": pressesCommand, // presses NAME: Ctrl-C in NAME's pair or join
		"ends":    endsCommand,    // ends NAME: waits for NAME's pair or join
		"waits":   waitsCommand,   // waits NAME COMMAND [ARG ...]: a device's command that says it waits; sets $WAIT
		"phone":   phoneCommand,   // phone on|reads PATTERN: text messages; sets $READ
		"idof":    idofCommand,    // idof VARIABLE: of what was just printed
		"opens":   opensCommand,   // opens SERVICE NAME PASSWORD: over HTTP, as a web server asks
		"made":    madeCommand,    // made ID PASSWORD: of the app password that was just printed
		"listed":  listedCommand,  // listed ID FIELD=VALUE ...: in the list that was just printed; * = anything
		"private": privateCommand, // private FILE: only its owner can read it
		"browser": browserCommand, // browser NAME VERB [ARG ...]
		"step":    stepCommand,    // a moment at which the backend may be killed
		"hidden":  hiddenCommand,  // hidden TEXT: it is in no log and in no program's arguments or environment
	}
}

// stepCommand kills the backend and starts it again, if it is its turn.
func stepCommand(ts *testscript.TestScript, neg bool, args []string) {
	s := storyOf(ts)
	s.step++
	if s.step == s.killAt {
		s.daemon.kill()
		s.daemon.start(ts)
	}
}

// program finds a program on the script's PATH.
func program(ts *testscript.TestScript, name string) string {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode()&0o111 != 0 {
			return path
		}
	}
	ts.Fatalf("%s is not on the script's PATH", name)
	return ""
}

// environment is what every program of a story gets.
func environment(ts *testscript.TestScript) []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "SYSTEMROOT"} {
		env = append(env, name+"="+ts.Getenv(name))
	}
	return env
}

func exitStatus(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	if err != nil {
		return -1
	}
	return 0
}

// freePort asks the system for a port that nobody listens on.
func freePort(ts *testscript.TestScript) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}
