package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// One of the two programs of a pairing is killed by SIGKILL at many moments.
// Afterwards the new device belongs, or can be paired anew; and the account has
// these two devices and no other.
func TestPairKilled(t *testing.T) {
	cmds := storyCommands()
	cmds["kills"] = killsCommand // kills pair|join TIMES
	testscript.Run(t, testscript.Params{Files: []string{"testdata/killed/pair.txtar"}, Setup: setUpStory(t, 0), Cmds: cmds})
}

// couple is a trusted device and the one that joins it, by the names of their
// vaults.
type couple struct{ old, young string }

func killsCommand(ts *testscript.TestScript, neg bool, args []string) {
	var times int
	_, err := fmt.Sscan(args[1], &times)
	ts.Check(err)
	began := time.Now()
	newCouple(ts, args[0]+"whole").pair(ts, args[0], nil)
	whole := time.Since(began) // with the set-up, so some are killed when all is over
	early := 0
	for i := range times {
		c := newCouple(ts, fmt.Sprintf("%s%d", args[0], i))
		kill := time.NewTimer(whole * time.Duration(i) / time.Duration(times))
		if c.pair(ts, args[0], kill.C) {
			early++
		}
		c.settle(ts)
	}
	ts.Logf("%d of %d were killed before the end", early, times)
	if early == 0 {
		ts.Fatalf("no pairing was killed")
	}
}

func newCouple(ts *testscript.TestScript, name string) couple {
	inviteCommand(ts, false, []string{name})
	deviceCommand(ts, false, []string{name, "setup", "--invite", ts.Getenv("LINK"), "--password-file", "password", "--recovery-out", name + ".key"})
	return couple{name, name + "-young"}
}

// pair begins a pairing and kills the one that victim names when kill says so;
// the other is told to stop. It reports whether somebody was killed in time.
func (c couple) pair(ts *testscript.TestScript, victim string, kill <-chan time.Time) bool {
	pairsCommand(ts, false, []string{c.old})
	host := storyOf(ts).partners[c.old]
	guest := startPartner(ts, c.young, "join", "--json", "--link", ts.Getenv("PAIR"), "--device-name", "Young")
	target, other := host, guest
	if victim == "join" {
		target, other = guest, host
	}
	typed := make(chan struct{})
	go func() {
		defer close(typed)
		var shown struct{ Digits string }
		if guest.await(0, &shown) == nil {
			fmt.Fprintln(host.in, shown.Digits) // in vain, if the host is gone
		}
	}()
	var killed bool
	select {
	case <-kill:
		target.cmd.Process.Kill()
		<-target.gone
		killed = exitStatus(target.err) == -1
		other.cmd.Process.Signal(os.Interrupt)
	case <-target.gone:
	case <-guest.gone:
		if guest.err != nil {
			host.cmd.Process.Signal(os.Interrupt)
		}
	}
	<-host.gone
	<-other.gone
	<-typed
	return killed
}

// settle pairs again if need be, and looks at both.
func (c couple) settle(ts *testscript.TestScript) {
	deviceCommand(ts, false, []string{c.old, "status"}) // what it signed before, it sends now
	if !c.belongs(ts) {
		countersignctl(ts, c.young, "forget", "--yes").Run() // fails where nothing is kept
		c.pair(ts, "", nil)
		if !c.belongs(ts) {
			ts.Fatalf("after a kill, %s cannot be paired anew:\n%s\n%s", c.young, storyOf(ts).partners[c.old].errors, storyOf(ts).partners[c.young].errors)
		}
	}
	var list []struct{ Name string }
	for _, name := range []string{c.old, c.young} {
		out, err := countersignctl(ts, name, "devices", "--json").Output()
		if err = errors.Join(err, json.Unmarshal(out, &list)); err != nil || len(list) != 2 {
			ts.Fatalf("after a kill, %s lists %s, %v", name, out, err)
		}
	}
}

func (c couple) belongs(ts *testscript.TestScript) bool {
	out, err := countersignctl(ts, c.young, "status", "--json").Output()
	var status struct {
		Stage   string
		Joining bool
	}
	if err := json.Unmarshal(out, &status); err != nil {
		ts.Fatalf("after a kill, %s says %s, %v", c.young, out, err)
	}
	return err == nil && status.Stage != "new" && !status.Joining
}
