// Package terminal is countersignctl: the trusted device of package app with a
// command line as its face. It decides nothing that app decides; it reads
// arguments and secrets, and prints what the device says, for people or as JSON.
//
// Source: docs/protocol.md §6 and §10.1, by way of package app.
package terminal

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// Streams are what a command reads and writes.
type Streams struct {
	In  *os.File
	Out io.Writer
	Err io.Writer
}

// command is one word after the program's name.
type command struct {
	name  string
	args  string // after the name, for the help
	about string
	flags func(*call, *flag.FlagSet) // beyond the global ones; nil for none
	least int                        // arguments
	most  int
	run   func(context.Context, *call) error
}

// call is one use of the program.
type call struct {
	Streams
	global
	args []string

	// Flags of single commands.
	invite, name, deviceName, kind, recoveryOut string
	link, symbols                               string
	password, next, key                         secretFlags
	newKeyFile, out                             string
	service, profile                            string
	lost                                        []string
	wait, yes, no, off, again, cut              bool
	count                                       int
}

func commands() []command {
	return []command{
		{name: "setup", about: "set an account up on this computer", flags: (*call).setupFlags, run: setup},
		{name: "status", about: "show the account, the connection and who is asking", run: status},
		{name: "watch", about: "stay connected and print a line for everything that happens", run: watch},
		{name: "allow", args: "[REQUEST]", about: "show the code for a sign-in; its letters or identifier, or the only one", flags: (*call).waitFlag, most: 1, run: allow},
		{name: "not-me", args: "[REQUEST]", about: "end a sign-in that is not yours", most: 1, run: notMe},
		{name: "activity", about: "show what happened, newest first", flags: (*call).countFlag, run: activity},
		{name: "pair", about: "let a new device join; reads its six digits from standard input", flags: (*call).passwordFlags, run: pairCommand},
		{name: "join", about: "make this computer a trusted device of an account that has one", flags: (*call).joinFlags, run: join},
		{name: "devices", about: "list the trusted devices and which of them confirm the list", run: devices},
		{name: "rename", args: "DEVICE [NAME]", about: "call a trusted device by another name here; none takes it back", least: 1, most: 2, run: rename},
		{name: "remove", args: "DEVICE", about: "end the trust in a device, by its name or identifier", flags: (*call).removeFlags, least: 1, most: 1, run: remove},
		{name: "forget", about: "erase what a removed device, or one that waits for its way back, keeps here", flags: (*call).removeFlags, run: forget},
		{name: "chain", args: "export", about: "print the account's signed entries, for other programs to examine", least: 1, most: 1, run: chainCommand},
		{name: "recover", about: "get the third of password, trusted device and recovery key back by the other two", flags: (*call).recoverFlags, run: recoverCommand},
		{name: "waits", about: "list what was asked for and can still be stopped", flags: (*call).factorFlags, run: waits},
		{name: "stop", args: "WAIT", about: "stop something that waits, by its identifier: any one thing is enough", flags: (*call).factorFlags, least: 1, most: 1, run: stopWait},
		{name: "recovery", args: "show|kit|check|groups|copied|change", about: "show the recovery key kept here, draw its page, check the one on paper, say that a second copy is kept elsewhere, or make another", flags: (*call).drawerFlags, least: 1, most: 1, run: recovery},
		{name: "contacts", args: "[add|confirm|remove|sign-in]", about: "list the addresses that are told what happens; add mail ADDRESS, add text NUMBER, confirm ID CODE, remove ID, sign-in ID on|off by text message", flags: (*call).passwordFlags, most: 3, run: contacts},
		{name: "app-passwords", args: "[list|services|create|remove ID]", about: "list what opens mail, chat and the like, see which services there are, make one, or end one", flags: (*call).appPasswordFlags, most: 2, run: appPasswords},
		{name: "pause", about: "keep new browsers out for a day", run: pauseCommand},
		{name: "offline-code", about: "show a code for a sign-in while this computer has no network", flags: (*call).offlineFlags, run: offlineCode},
		{name: "resume", about: "let new browsers sign in again after a pause", flags: (*call).passwordFlags, run: resume},
		{name: "door", about: "let one sign-in from a new browser pass a pause", flags: (*call).passwordFlags, run: door},
		{name: "password", about: "set another password; the recovery key stays", flags: (*call).nextFlags, run: password},
		{name: "leave", about: "switch two-step verification off, after a wait", flags: (*call).removeFlags, run: leave},
		{name: "version", about: "print the version", run: version},
	}
}

// Run does what the arguments say and gives the exit code.
func Run(ctx context.Context, args []string, s Streams) int {
	c := &call{Streams: Streams{In: s.In, Out: plain{s.Out}, Err: plain{s.Err}}}
	err := c.dispatch(ctx, args)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if err != nil && !errors.Is(err, errStopped) && !errors.Is(err, errNotYet) {
		c.complain(err)
	}
	return exitCode(err)
}

func (c *call) dispatch(ctx context.Context, args []string) error {
	before := c.flagSet("countersignctl", nil)
	before.Usage = func() { c.help(c.Out) }
	if err := parse(before, args); err != nil {
		return err
	}
	rest := before.Args()
	if len(rest) == 0 {
		c.help(c.Err)
		return usageError{"no command given"}
	}
	if rest[0] == "help" {
		c.help(c.Out)
		return nil
	}
	for _, cmd := range commands() {
		if cmd.name == rest[0] {
			return c.start(ctx, cmd, rest[1:])
		}
	}
	return usageError{fmt.Sprintf("%q is not a command; see countersignctl --help", rest[0])}
}

// start reads the command's flags, which may stand before, between and behind
// its arguments.
func (c *call) start(ctx context.Context, cmd command, rest []string) error {
	flags := c.flagSet(cmd.name, cmd.flags)
	flags.Usage = func() { c.helpCommand(cmd, flags) }
	for {
		if err := parse(flags, rest); err != nil {
			return err
		}
		if flags.NArg() == 0 {
			break
		}
		c.args, rest = append(c.args, flags.Arg(0)), flags.Args()[1:]
	}
	if len(c.args) < cmd.least || len(c.args) > cmd.most {
		return usageError{strings.TrimSpace(fmt.Sprintf("usage: countersignctl %s [flags] %s", cmd.name, cmd.args))}
	}
	return cmd.run(ctx, c)
}

func (c *call) flagSet(name string, more func(*call, *flag.FlagSet)) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	c.global.register(flags)
	if more != nil {
		more(c, flags)
	}
	return flags
}

func parse(flags *flag.FlagSet, args []string) error {
	err := flags.Parse(args)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return err
	}
	return usageError{err.Error()}
}

func version(_ context.Context, c *call) error {
	return c.print(map[string]string{"version": buildVersion(), "protocol": "td/1"}, func(w io.Writer) {
		fmt.Fprintf(w, "countersignctl %s, protocol td/1\n", buildVersion())
	})
}
