// Countersignd is the sync backend as a process: flags, signals and exit codes
// around sync/backend. See docs/operate.md.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Exit codes; documented in --help.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run does one command and gives its exit code.
func run(ctx context.Context, args []string, out, errs io.Writer) int {
	name, rest := "serve", args
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		name, rest = args[0], args[1:]
	}
	if name == "help" || asksHelp(args) {
		fmt.Fprint(out, help)
		return exitOK
	}
	c := command{out: out, errs: errs}
	switch name {
	case "serve":
		return c.serve(ctx, rest)
	case "invite":
		return c.invite(ctx, rest)
	case "renew":
		return c.renew(ctx, rest)
	case "accounts":
		return c.accounts(ctx, rest)
	case "services":
		return c.services(rest)
	case "selftest":
		return c.selftest(ctx, rest)
	case "version":
		return c.version(rest)
	}
	fmt.Fprintf(errs, "countersignd: there is no command %q; see countersignd --help\n", name)
	return exitUsage
}

// asksHelp reports whether help is asked for, before or after a command.
func asksHelp(args []string) bool {
	for _, a := range args {
		switch a {
		case "--help", "-help", "-h":
			return true
		case "--":
			return false
		}
	}
	return false
}
