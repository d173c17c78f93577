package main

import (
	"bytes"
	"encoding/json"
	"os"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// waitsCommand runs a device's command that asks for something, and keeps what it is
// called that waits.
func waitsCommand(ts *testscript.TestScript, neg bool, args []string) {
	var out bytes.Buffer
	runDevice(ts, args[0], append(args[1:], "--json"), &out)
	var said struct {
		State, ID     string
		Waiting, Done bool
		Until         time.Time
	}
	ts.Check(json.Unmarshal(out.Bytes(), &said))
	if said.State != "waiting" || !said.Waiting || said.Done || said.Until.IsZero() || said.ID == "" {
		ts.Fatalf("it says %s", &out)
	}
	if code := storyOf(ts).exit; code != 0 {
		ts.Fatalf("it ended with code %d", code)
	}
	ts.Setenv("WAIT", said.ID)
}

// privateCommand checks that only its owner can read a file: private FILE.
func privateCommand(ts *testscript.TestScript, neg bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if open := info.Mode().Perm()&0o077 != 0; open != neg {
		ts.Fatalf("%s has the rights %v", args[0], info.Mode())
	}
}

// idofCommand keeps the identifier that the last command printed: idof VARIABLE.
func idofCommand(ts *testscript.TestScript, neg bool, args []string) {
	var said struct{ ID string }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &said))
	ts.Setenv(args[0], said.ID)
}
