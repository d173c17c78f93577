package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/backend"
	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/sync/front/probe"
	"github.com/countersign/countersign/sync/server"
)

// exitOpen says that something opens a service that should not.
const exitOpen = 3

// verdict is what was found out about a service. Scripts rely on the names.
type verdict struct {
	Service string   `json:"service"`
	Title   string   `json:"title"`
	Address string   `json:"address"`
	State   string   `json:"state"`           // "closed", "open", "unknown"
	Opens   []string `json:"opens,omitempty"` // what opens it that should not
	Why     string   `json:"why,omitempty"`   // it could not be examined
}

// finding is one thing that must not open a service, with what it means where it does.
type finding struct {
	name, means string
	password    func(server.TestAccount) string
}

// findings are in the order of their weight.
var findings = [...]finding{
	{"account-password", "Whoever knows the password of the account needs nothing else.", func(a server.TestAccount) string { return a.Password }},
	{"removed", "A removed app password still opens it: does something remember answers?", func(a server.TestAccount) string { return a.Removed }},
	{"expired", "An app password still opens it after its end.", func(a server.TestAccount) string { return a.Expired }},
	{"foreign", "App passwords of other services open it: does it ask for the right service?", func(a server.TestAccount) string { return a.Foreign }},
	{"any", "Any password opens it.", func(server.TestAccount) string { return "not a password of anybody" }},
}

// selftest plays every service from outside.
func (c command) selftest(ctx context.Context, args []string) int {
	var o backend.Options
	f := c.flags("selftest", &o)
	asJSON, only, name := f.Bool("json", false, ""), f.String("service", "", ""), f.String("name", "", "")
	ca := f.String("ca", "", "")
	if _, ok := c.parse(f, args, 0); !ok {
		return exitUsage
	}
	secure, err := trusting(*ca)
	if err != nil {
		return c.fail(err)
	}
	list, err := backend.RunningServices(ctx, o.Data)
	if err != nil {
		return c.fail(err)
	}
	var all []verdict
	for _, s := range list {
		if *only == "" || s.ID == *only {
			if !*asJSON {
				fmt.Fprintf(c.errs, "%s: trying ...\n", s.Title)
			}
			all = append(all, examine(ctx, o.Data, *name, s, secure))
		}
	}
	if *only != "" && len(all) == 0 {
		return c.fail(fmt.Errorf("%w: no service is called %q; see countersignd services", backend.ErrOptions, *only))
	}
	return c.tell(all, *asJSON)
}

// trusting believes certificates of an own authority too.
func trusting(file string) (*tls.Config, error) {
	if file == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%w: --ca: %w", backend.ErrOptions, err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(raw) {
		return nil, fmt.Errorf("%w: --ca %s: no certificate in it", backend.ErrOptions, file)
	}
	return &tls.Config{RootCAs: roots}, nil
}

// examine tries one service with an account that exists only for that.
func examine(ctx context.Context, data, name string, s front.Service, secure *tls.Config) verdict {
	v := verdict{Service: s.ID, Title: s.Title, Address: s.Address, State: "unknown"}
	a, err := backend.BeginTest(ctx, data, name, s.ID)
	if err != nil {
		return v.because(err)
	}
	defer backend.EndTest(context.WithoutCancel(ctx), data, a.ID)
	open := func(password string) (bool, error) {
		err := probe.Open(ctx, s, probe.Try{Name: a.Name, Password: password, TLS: secure})
		if errors.Is(err, probe.ErrClosed) {
			return false, nil
		}
		return err == nil, err
	}
	if s.Open {
		switch right, err := open(a.Right); {
		case err != nil:
			return v.because(err)
		case !right:
			v.Why = fmt.Sprintf("Even the right app password is refused. Does %s know the name %s? Try with --name, as a name that it knows and that has no account here.", s.Title, a.Name)
		}
	}
	for _, one := range findings {
		opens, err := open(one.password(a))
		if err != nil {
			return v.because(err)
		}
		if opens {
			v.Opens = append(v.Opens, one.name)
		}
	}
	switch {
	case len(v.Opens) > 0:
		v.State = "open"
	case v.Why == "":
		v.State = "closed"
	}
	return v
}

func (v verdict) because(err error) verdict {
	v.Why = err.Error()
	var known *api.Error
	if errors.As(err, &known) && known.Hint != "" {
		v.Why += ": " + known.Hint
	}
	if errors.Is(err, probe.ErrNoProbe) {
		v.Why = "Its address in [[service]] is missing, or of a kind that cannot be played here."
	}
	return v
}

// tell prints what was found, and gives the exit code: the worst.
func (c command) tell(all []verdict, asJSON bool) int {
	code := exitOK
	for _, v := range all {
		switch {
		case v.State == "open":
			code = exitOpen
		case v.State == "unknown" && code == exitOK:
			code = exitFailed
		}
	}
	if asJSON {
		if all == nil {
			all = []verdict{}
		}
		if failed := c.json(all); failed != exitOK {
			return failed
		}
		return code
	}
	if len(all) == 0 {
		fmt.Fprintln(c.out, "No services are configured. See docs/integrate.")
	}
	for _, v := range all {
		fmt.Fprintln(c.out, v.sentence())
	}
	return code
}

func (v verdict) sentence() string {
	head := fmt.Sprintf("%s (%s): ", v.Title, v.Service)
	switch v.State {
	case "closed":
		return head + "closed to everything but what belongs to it."
	case "unknown":
		return head + "could not be examined. " + v.Why
	}
	var means []string
	for _, one := range findings {
		for _, opens := range v.Opens {
			if one.name == opens {
				means = append(means, one.means)
			}
		}
	}
	return head + "OPEN. " + strings.Join(means, " ") + " Compare its configuration with its page in docs/integrate."
}
