package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// The program that recovers is killed by SIGKILL at many moments. The same command
// once more goes on where it was, and in the end the person has the one recovery key
// that counts.
func TestRegainKilled(t *testing.T) {
	cmds, h := storyCommands(), &homecomers{}
	cmds["accounts"] = h.accounts // accounts N
	cmds["kills"] = h.kills       // kills begin|finish|reset
	testscript.Run(t, testscript.Params{Files: []string{"testdata/killed/regain.txtar"}, Setup: setUpStory(t, 0), Cmds: cmds})
}

// homecomers are people who lost all their devices; the last one's programs are not
// killed, but measured.
type homecomers struct{ names []string }

func (h *homecomers) accounts(ts *testscript.TestScript, neg bool, args []string) {
	var n int
	_, err := fmt.Sscan(args[0], &n)
	ts.Check(err)
	for i := range n {
		name := fmt.Sprintf("p%d", i)
		inviteCommand(ts, false, []string{name})
		deviceCommand(ts, false, []string{name, "setup", "--invite", ts.Getenv("LINK"), "--password-file", "password", "--recovery-out", name + ".key"})
		h.names = append(h.names, name)
	}
}

func (h *homecomers) kills(ts *testscript.TestScript, neg bool, args []string) {
	command := map[string]func(*testscript.TestScript, string) *exec.Cmd{"begin": comesBack, "finish": comesBack, "reset": forgot}[args[0]]
	want := map[string]string{"begin": "waiting", "finish": "done", "reset": "done"}[args[0]]
	last := len(h.names) - 1
	began, early := time.Now(), 0
	says(ts, command(ts, h.names[last]), want)
	whole := time.Since(began)
	for i, name := range h.names[:last] {
		if !cut(ts, command(ts, name), whole*time.Duration(i+1)/time.Duration(last+1)) {
			early++
		}
		says(ts, command(ts, name), want)
		says(ts, command(ts, name), want)
	}
	ts.Logf("%s: %d of %d were killed before the end", args[0], early, last)
	if early == 0 {
		ts.Fatalf("nothing was killed")
	}
	for _, name := range h.names {
		checkKey(ts, name, args[0])
	}
}

// comesBack is a new device that asks for its way back, or goes it.
func comesBack(ts *testscript.TestScript, name string) *exec.Cmd {
	return countersignctl(ts, name+"-new", "recover", "--json", "--server", ts.Getenv("URL"), "--name", name,
		"--password-file", "password", "--key-file", name+".key", "--new-key-file", name+".new.key")
}

// forgot is a trusted device, with the recovery key, that sets another password.
func forgot(ts *testscript.TestScript, name string) *exec.Cmd {
	return countersignctl(ts, name+"-new", "recover", "--json",
		"--key-file", name+".new.key", "--new-password-file", "next", "--new-key-file", name+".reset.key")
}

// checkKey shows that the key in the person's file is the one that counts, and that
// the one before is dead.
func checkKey(ts *testscript.TestScript, name, done string) {
	files := map[string][2]string{"finish": {".new.key", ".key"}, "reset": {".reset.key", ".new.key"}}
	file, known := files[done]
	if !known {
		return
	}
	check := func(suffix string) int {
		return exitStatus(countersignctl(ts, name+"-new", "recovery", "check", "--key-file", name+suffix).Run())
	}
	if right, dead := check(file[0]), check(file[1]); right != 0 || dead != 6 {
		ts.Fatalf("after a kill, %s's new recovery key checks with %d, the old one with %d", name, right, dead)
	}
}

// cut runs a command and kills it after a while. It reports whether it ended before.
func cut(ts *testscript.TestScript, cmd *exec.Cmd, after time.Duration) bool {
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	ts.Check(cmd.Start())
	timer := time.AfterFunc(after, func() { cmd.Process.Kill() })
	defer timer.Stop()
	code := exitStatus(cmd.Wait())
	if code > 0 {
		ts.Fatalf("the command failed before it was killed: %d\n%s", code, &said)
	}
	return code >= 0
}

// says runs a command and reads its state.
func says(ts *testscript.TestScript, cmd *exec.Cmd, want string) {
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, _ := cmd.Output()
	var said struct{ State string }
	if err := json.Unmarshal(out, &said); err != nil || said.State != want {
		ts.Fatalf("it says %s%s, want %q", out, &errs, want)
	}
}
