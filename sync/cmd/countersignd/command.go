package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/skip2/go-qrcode"
	"golang.org/x/term"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/backend"
)

// command is one run of the program.
type command struct {
	out, errs io.Writer
}

// flags makes a flag set that knows --data.
func (c command) flags(name string, o *backend.Options) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.Data, "data", dataFolder(), "")
	f.StringVar(&o.PublicURL, "public-url", "", "")
	o.Version = version()
	return f
}

// parse reads flags that may stand before and after words, and gives the words.
func (c command) parse(f *flag.FlagSet, args []string, words int) ([]string, bool) {
	var found []string
	for {
		if err := f.Parse(args); err != nil {
			fmt.Fprintf(c.errs, "countersignd %s: %v; see countersignd --help\n", f.Name(), err)
			return nil, false
		}
		if f.NArg() == 0 {
			break
		}
		found, args = append(found, f.Arg(0)), f.Args()[1:]
	}
	if len(found) != words {
		fmt.Fprintf(c.errs, "countersignd %s: wrong usage; see countersignd --help\n", f.Name())
		return nil, false
	}
	return found, true
}

func (c command) fail(err error) int {
	fmt.Fprintf(c.errs, "countersignd: %v\n", err)
	var known *api.Error
	if errors.As(err, &known) && known.Hint != "" {
		fmt.Fprintf(c.errs, "  %s\n", known.Hint)
	}
	if errors.Is(err, backend.ErrOptions) {
		return exitUsage
	}
	return exitFailed
}

func (c command) serve(ctx context.Context, args []string) int {
	var o backend.Options
	var level slog.Level
	f := c.flags("serve", &o)
	f.StringVar(&o.Listen, "listen", "localhost:7420", "")
	f.StringVar(&o.Name, "name", "", "")
	config, ldapAt, radiusAt := f.String("config", "", ""), f.String("ldap", "", ""), f.String("radius", "", "")
	f.StringVar(&o.CertFile, "tls-cert", "", "")
	f.StringVar(&o.KeyFile, "tls-key", "", "")
	f.BoolVar(&o.Metrics, "metrics", false, "")
	f.TextVar(&level, "log-level", slog.LevelInfo, "")
	f.Func("trusted-proxy", "", func(text string) error {
		p, err := network(text)
		o.Proxies = append(o.Proxies, p)
		return err
	})
	if _, ok := c.parse(f, args, 0); !ok {
		return exitUsage
	}
	if (o.CertFile == "") != (o.KeyFile == "") {
		fmt.Fprintln(c.errs, "countersignd serve: --tls-cert and --tls-key belong together")
		return exitUsage
	}
	o.Log = slog.New(slog.NewJSONHandler(c.errs, &slog.HandlerOptions{Level: level}))
	o.TestClock = os.Getenv(backend.TestClockVariable)
	var err error
	if o.Config, err = backend.ReadConfig(o.Data, *config); err != nil {
		return c.fail(err)
	}
	if err := o.Config.Fronts.Listen(*ldapAt, *radiusAt); err != nil {
		return c.fail(err)
	}
	b, err := backend.Start(ctx, o)
	if err != nil {
		return c.fail(err)
	}
	o.Log.Info("serving", append([]any{"listen", b.Address(), "public", b.URL(), "data", o.Data, "version", o.Version}, frontsOf(b)...)...)
	fmt.Fprintf(c.out, "listening on %s\n", b.Address())
	return c.untilStopped(ctx, b, o.Log)
}

// frontsOf gives where services ask, for the log.
func frontsOf(b *backend.Backend) (out []any) {
	for _, name := range []string{"ldap", "ldaps", "radius"} {
		if at := b.FrontAddress(name); at != "" {
			out = append(out, name, at)
		}
	}
	return out
}

// network reads "10.0.0.0/8", or one address.
func network(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, errors.New("not an address or a network such as 10.0.0.0/8")
	}
	return p.Masked(), nil
}

func (c command) untilStopped(ctx context.Context, b *backend.Backend, log *slog.Logger) int {
	var failed error
	select {
	case <-ctx.Done():
		log.Info("stopping")
	case failed = <-b.Failed():
	}
	if err := b.Close(); err != nil {
		return c.fail(err)
	}
	if failed != nil {
		return c.fail(failed)
	}
	return exitOK
}

func (c command) invite(ctx context.Context, args []string) int {
	var o backend.Options
	f := c.flags("invite", &o)
	asJSON, qr := f.Bool("json", false, ""), f.Bool("qr", false, "")
	words, ok := c.parse(f, args, 1)
	if !ok {
		return exitUsage
	}
	link, err := backend.Invite(ctx, o, words[0])
	if err != nil {
		return c.fail(err)
	}
	if *asJSON {
		return c.json(map[string]string{"name": words[0], "link": link})
	}
	if *qr || c.onTerminal() {
		code, err := qrcode.New(link, qrcode.Medium)
		if err != nil {
			return c.fail(err)
		}
		fmt.Fprint(c.out, code.ToSmallString(false))
	}
	fmt.Fprintln(c.out, link)
	return exitOK
}

func (c command) accounts(ctx context.Context, args []string) int {
	var o backend.Options
	f := c.flags("accounts", &o)
	asJSON := f.Bool("json", false, "")
	if _, ok := c.parse(f, args, 0); !ok {
		return exitUsage
	}
	list, err := backend.Accounts(ctx, o)
	if err != nil {
		return c.fail(err)
	}
	if *asJSON {
		return c.json(list)
	}
	if len(list) == 0 {
		fmt.Fprintln(c.out, "There are no accounts yet. Make one: countersignd invite NAME")
	}
	for _, a := range list {
		state := "two-step on"
		if !a.TwoStep {
			state = "trial sign-in to do"
		}
		fmt.Fprintf(c.out, "%-24s %-20s %2d devices  since %s\n", a.Name, state, a.Devices, a.Created.Local().Format(time.DateOnly))
	}
	return exitOK
}

func (c command) version(args []string) int {
	f := flag.NewFlagSet("version", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	asJSON := f.Bool("json", false, "")
	if _, ok := c.parse(f, args, 0); !ok {
		return exitUsage
	}
	if *asJSON {
		return c.json(map[string]string{"version": version(), "protocol": "td/1"})
	}
	fmt.Fprintf(c.out, "countersignd %s (td/1)\n", version())
	return exitOK
}

func (c command) json(v any) int {
	if err := json.NewEncoder(c.out).Encode(v); err != nil {
		return c.fail(err)
	}
	return exitOK
}

func (c command) onTerminal() bool {
	f, ok := c.out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// version gives what the build knows of itself.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "0.1.0"
	}
	return strings.TrimPrefix(info.Main.Version, "v")
}

// dataFolder is where data is kept unless the operator says otherwise.
func dataFolder() string {
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "countersignd")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "countersignd-data"
	}
	return filepath.Join(home, ".local", "share", "countersignd")
}
