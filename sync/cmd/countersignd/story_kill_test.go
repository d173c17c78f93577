package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// The device's program is killed by SIGKILL at many moments of its set-up, and
// of an answer. What the next run finds is nothing, or a device that belongs;
// and for one sign-in never two codes.
func TestDeviceKilled(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Files: []string{"testdata/killed/device.txtar"}, Setup: setUpStory(t, 0), Cmds: killCommands(),
	})
}

func killCommands() map[string]func(*testscript.TestScript, bool, []string) {
	cmds := storyCommands()
	cmds["kills-setup"] = killsSetup // kills-setup TIMES
	cmds["kills-allow"] = killsAllow // kills-allow NAME TIMES
	return cmds
}

// killed runs a command and kills it after a while, unless it ended before. It
// reports whether it ended by itself.
func killed(ts *testscript.TestScript, cmd *exec.Cmd, after time.Duration) bool {
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	ts.Check(cmd.Start())
	timer := time.AfterFunc(after, func() { cmd.Process.Kill() })
	defer timer.Stop()
	err := cmd.Wait()
	if code := exitStatus(err); code > 0 {
		ts.Fatalf("the command failed before it was killed: %v\n%s", err, &said)
	}
	return err == nil
}

// duration measures how long a command takes when nobody kills it.
func duration(ts *testscript.TestScript, cmd *exec.Cmd) time.Duration {
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	began := time.Now()
	if err := cmd.Run(); err != nil {
		ts.Fatalf("%v\n%s", err, &said)
	}
	return time.Since(began)
}

func killsSetup(ts *testscript.TestScript, neg bool, args []string) {
	var times int
	_, err := fmt.Sscan(args[0], &times)
	ts.Check(err)
	setup := func(name string) *exec.Cmd {
		return countersignctl(ts, name, "setup", "--invite", ts.Getenv("LINK"), "--password-file", "password", "--recovery-out", name+".key")
	}
	inviteCommand(ts, false, []string{"measured"})
	whole := duration(ts, setup("measured"))
	early, late := 0, 0
	for i := range times {
		name := fmt.Sprintf("p%d", i)
		inviteCommand(ts, false, []string{name})
		if killed(ts, setup(name), whole*time.Duration(i+1)/time.Duration(times)) {
			late++
			continue
		}
		early++
		finishKilled(ts, name, setup)
	}
	ts.Logf("%d were killed, %d ended before", early, late)
	if early == 0 {
		ts.Fatalf("no set-up was killed")
	}
}

// finishKilled shows that a killed set-up can be repeated, or was done.
func finishKilled(ts *testscript.TestScript, name string, setup func(string) *exec.Cmd) {
	if _, err := os.Stat(ts.MkAbs(name + ".vault")); errors.Is(err, fs.ErrNotExist) {
		os.Remove(ts.MkAbs(name + ".key")) // of an account that never was
	}
	out, err := setup(name).CombinedOutput()
	if code := exitStatus(err); code != 0 && code != 8 {
		ts.Fatalf("after a kill, the set-up of %s ended with code %d\n%s", name, code, out)
	}
	out, err = countersignctl(ts, name, "status", "--json").Output()
	var status struct {
		Stage   string
		Joining bool
		Link    struct{ State string }
	}
	if err != nil || json.Unmarshal(out, &status) != nil || status.Stage != "trial" || status.Joining || status.Link.State != "online" {
		ts.Fatalf("after a kill, %s's device says %s, %v", name, out, err)
	}
	check, err := countersignctl(ts, name, "recovery", "check", "--key-file", name+".key").CombinedOutput()
	if err != nil {
		ts.Fatalf("after a kill, %s's recovery key is not the one in the file: %s", name, check)
	}
}

// killsAllow kills allow at many moments. The code that is shown in the end
// is the one the backend holds.
func killsAllow(ts *testscript.TestScript, neg bool, args []string) {
	var times int
	_, err := fmt.Sscan(args[1], &times)
	ts.Check(err)
	allow := func() *exec.Cmd { return countersignctl(ts, args[0], "allow", "--json") }
	whole := 100 * time.Millisecond
	for i := range times {
		b := storyOf(ts).browser("home") // known from the second time on, so the limits let it
		ts.Check(b.get(ts.Getenv("URL") + "/"))
		ts.Check(b.submit([]string{"name=" + args[0], "password=correct horse battery"}))
		killed(ts, allow(), whole*time.Duration(i)/time.Duration(times))
		began := time.Now()
		out, err := allow().Output()
		whole = time.Since(began)
		var said struct{ Code string }
		if err != nil || json.Unmarshal(out, &said) != nil || len(said.Code) != 4 {
			ts.Fatalf("after a kill, allow says %s, %v", out, err)
		}
		ts.Check(b.submit([]string{"code=" + said.Code, "remember=1"}))
		if err := b.reach("/account"); err != nil {
			ts.Fatalf("after a kill, the code is not right: %v", err)
		}
		ts.Check(b.press("Sign out"))
	}
}
