package terminal

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/clientsetup"
)

// appPasswordJSON is an app password. Scripts rely on the names.
type appPasswordJSON struct {
	ID          string     `json:"id"`
	Service     string     `json:"service"`
	Name        string     `json:"name"`
	Made        time.Time  `json:"made"`
	By          string     `json:"by,omitempty"` // device
	Expires     *time.Time `json:"expires,omitempty"`
	LastUsed    *time.Time `json:"last_used"`
	LastNetwork string     `json:"last_network,omitempty"`
	Protocol    string     `json:"protocol,omitempty"`
	State       string     `json:"state"` // live, expired, removed, cut, gone
	Ended       *time.Time `json:"ended,omitempty"`
	// StaleTry is when a program last tried it although it counts no more.
	StaleTry  *time.Time `json:"stale_try,omitempty"`
	StaleFrom string     `json:"stale_from,omitempty"`
	Idle      bool       `json:"idle,omitempty"` // not used for half a year
}

func appPasswordLine(a app.AppPassword) appPasswordJSON {
	return appPasswordJSON{
		ID: a.ID, Service: a.Service, Name: a.Name, Made: a.Made, By: a.By, Expires: orNil(a.Expires), LastUsed: orNil(a.Last),
		LastNetwork: a.Network, Protocol: a.Protocol, State: string(a.State), Ended: orNil(a.Ended),
		StaleTry: orNil(a.Stale), StaleFrom: a.From, Idle: a.Idle,
	}
}

func orNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// serviceJSON is something that app passwords, or codes, open.
type serviceJSON struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"`
	Title    string `json:"title"`
	User     string `json:"user"`
	Address  string `json:"address,omitempty"`
	Send     string `json:"send,omitempty"`
	Open     bool   `json:"app_passwords"`
	WithCode bool   `json:"code"`
}

// madeJSON is a new app password, which nothing can print again.
type madeJSON struct {
	ID       string      `json:"id"`
	Password string      `json:"password,omitempty"`
	Service  serviceJSON `json:"service"`
	Expires  *time.Time  `json:"expires,omitempty"`
}

// appPasswords lists the app passwords, makes one, or ends one.
func appPasswords(ctx context.Context, c *call) error {
	verb := append(c.args, "list")[0]
	does := map[string]func(context.Context, *app.Device) error{
		"list": c.listAppPasswords, "services": c.listServices, "create": c.createAppPassword, "remove": c.removeAppPassword,
	}[verb]
	if does == nil || (verb == "remove") != (len(c.args) == 2) {
		return usageError{"app-passwords [list|services|create --service ID --name NAME|remove ID]"}
	}
	d, err := c.account(ctx, false, nil)
	if err != nil {
		return err
	}
	defer d.Close()
	return does(ctx, d)
}

func (c *call) appPasswordFlags(flags *flag.FlagSet) {
	c.passwordFlags(flags)
	flags.StringVar(&c.service, "service", "", "create: identifier of the `service` it opens; see app-passwords services")
	flags.StringVar(&c.name, "name", "", "create: what the program is `called`, such as \"Thunderbird on laptop\"")
	flags.IntVar(&c.count, "days", 0, "create: it ends after so many `days`; 0 = never")
	flags.StringVar(&c.out, "out", "", "create: new `file` for the app password, instead of printing it")
	flags.StringVar(&c.profile, "profile", "", "create: new `file` that sets mail or calendars up on iPhone, iPad and Mac")
}

func (c *call) listAppPasswords(ctx context.Context, d *app.Device) error {
	missed := c.lookUp(ctx, d)
	list := d.View().AppPasswords
	lines := make([]appPasswordJSON, len(list))
	for i, a := range list {
		lines[i] = appPasswordLine(a)
	}
	if err := c.print(lines, func(w io.Writer) { writeAppPasswords(w, list) }); err != nil {
		return err
	}
	return missed
}

func writeAppPasswords(w io.Writer, list []app.AppPassword) {
	if len(list) == 0 {
		fmt.Fprintln(w, "There are no app passwords. Make one with: countersignctl app-passwords create --service ID --name NAME")
		return
	}
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tOPENS\tNAME\tMADE\tLAST USED\tFROM\tSTATE")
	for _, a := range list {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", a.ID[:8], a.Title, a.Name, day(a.Made), lastUsed(a), a.Network, stateOf(a))
	}
	table.Flush()
	for _, a := range list {
		if !a.Stale.IsZero() {
			fmt.Fprintf(w, "%s still uses an app password that counts no more: last %s, from %s.\n", a.Name, moment(a.Stale), a.From)
		}
	}
}

func day(t time.Time) string { return t.Format("2006-01-02") }

func lastUsed(a app.AppPassword) string {
	if a.Last.IsZero() {
		return "never"
	}
	return moment(a.Last)
}

func stateOf(a app.AppPassword) string {
	switch a.State {
	case app.AppLive:
		if a.Idle {
			return "not used for half a year: still needed?"
		}
		if !a.Expires.IsZero() {
			return "until " + day(a.Expires)
		}
		return "counts"
	case app.AppExpired:
		return "ended " + day(a.Expires)
	case app.AppCut:
		return "ended with all others " + day(a.Ended)
	case app.AppGone:
		return "its service is there no more"
	}
	return "removed " + day(a.Ended)
}

func serviceLine(s app.Service) serviceJSON {
	address := s.Setup.URL
	if address == "" {
		address = s.Setup.In.Address()
	}
	return serviceJSON{ID: s.ID, Kind: s.Kind, Title: s.Title, User: s.User, Address: address, Send: s.Setup.Out.Address(), Open: s.Open, WithCode: s.Code}
}

func (c *call) listServices(ctx context.Context, d *app.Device) error {
	missed := c.lookUp(ctx, d)
	lines := []serviceJSON{}
	for _, s := range d.View().Services {
		lines = append(lines, serviceLine(s))
	}
	err := c.print(lines, func(w io.Writer) {
		if len(lines) == 0 {
			fmt.Fprintln(w, "This server opens no services.")
			return
		}
		table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
		fmt.Fprintln(table, "ID\tWHAT\tADDRESS\tNAME THERE\tOPENED BY")
		for _, s := range lines {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", s.ID, s.Title, s.Address, s.User, openedBy(s))
		}
		table.Flush()
	})
	if err != nil {
		return err
	}
	return missed
}

func openedBy(s serviceJSON) string {
	var ways []string
	if s.Open {
		ways = append(ways, "app password")
	}
	if s.WithCode {
		ways = append(ways, "password and code")
	}
	return strings.Join(ways, ", or ")
}

func (c *call) createAppPassword(ctx context.Context, d *app.Device) error {
	if c.service == "" || c.name == "" || c.count < 0 {
		return usageError{"app-passwords create takes --service ID and --name NAME"}
	}
	if err := c.offersProfile(d); err != nil {
		return err
	}
	permit, allowed := c.permitted(ctx, d, func(p app.Permit) bool {
		return !p.Remove && p.Service == c.service && p.Name == c.name && c.count == 0
	})
	var password string
	if !allowed {
		var err error
		if password, err = c.askPassword(); err != nil {
			return err
		}
	}
	// The file first: what cannot be written down must not be made.
	to, err := newOut(c.out)
	if err != nil {
		return err
	}
	profile, err := newOut(c.profile)
	if err != nil {
		return errors.Join(err, to.discard())
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var made app.MadeAppPassword
	if allowed {
		made, err = d.MakePermitted(ctx, permit.ID)
	} else {
		made, err = d.MakeAppPassword(ctx, app.NewAppPassword{
			Service: c.service, Name: c.name, Lasts: time.Duration(c.count) * 24 * time.Hour, Password: password,
		})
	}
	if err != nil {
		return errors.Join(err, to.discard(), profile.discard())
	}
	return errors.Join(c.printMade(d, made, to), writeProfile(profile, made))
}

// offersProfile refuses to make an app password where its set-up file is wanted and there
// is none.
func (c *call) offersProfile(d *app.Device) error {
	for _, s := range d.View().Services {
		if s.ID == c.service && c.profile != "" && !clientsetup.Offers(s.Kind, s.Setup) {
			return usageError{fmt.Sprintf("--profile: %v: it is for mail and calendars", clientsetup.ErrNoProfile)}
		}
	}
	return nil
}

// writeProfile keeps the set-up file, if one is wanted.
func writeProfile(to *outFile, made app.MadeAppPassword) error {
	if to == nil {
		return nil
	}
	raw, err := clientsetup.Profile(made)
	if err != nil {
		return errors.Join(err, to.discard())
	}
	return to.keep(string(raw))
}

// outFile is the new file for a secret; nil without one.
type outFile struct{ *os.File }

func newOut(path string) (*outFile, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, usageError{fmt.Sprintf("making the file: %v", err)}
	}
	return &outFile{f}, nil
}

func (f *outFile) keep(text string) error {
	_, err := f.WriteString(strings.TrimSuffix(text, "\n") + "\n")
	return errors.Join(err, f.Sync(), f.Close())
}

func (f *outFile) discard() error {
	if f == nil {
		return nil
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

func (c *call) printMade(d *app.Device, made app.MadeAppPassword, to *outFile) error {
	text := made.Secret.Text()
	if made.Setup.Canonical {
		text = made.Secret.Canonical()
	}
	line := madeJSON{ID: made.ID, Password: text, Expires: orNil(made.Expires)}
	services := d.View().Services
	if at := slices.IndexFunc(services, func(s app.Service) bool { return s.ID == made.Service }); at >= 0 {
		line.Service = serviceLine(services[at])
	}
	if to != nil {
		if err := to.keep(text); err != nil {
			return fmt.Errorf("writing the app password, which has to be removed: %w", err)
		}
		line.Password = ""
	}
	return c.print(line, func(w io.Writer) {
		if to != nil {
			fmt.Fprintf(w, "The app password is in %s.", c.out)
		} else {
			fmt.Fprintf(w, "\n    %s\n\nThis is shown once.", text)
		}
		fmt.Fprintf(w, " It opens %s and nothing else, for the name %s.\n", made.Title, made.Setup.User)
	})
}

func (c *call) removeAppPassword(ctx context.Context, d *app.Device) error {
	if err := c.lookUp(ctx, d); err != nil {
		return err
	}
	found, err := pickAppPassword(d.View().AppPasswords, c.args[1])
	if err != nil {
		return err
	}
	if err := c.removeOne(ctx, d, found); err != nil {
		return err
	}
	return c.print(map[string]string{"removed": found.ID}, func(w io.Writer) {
		fmt.Fprintf(w, "%s can open %s no more.\n", found.Name, found.Title)
	})
}

// removeOne removes it, under the password unless a page was allowed to.
func (c *call) removeOne(ctx context.Context, d *app.Device, one app.AppPassword) error {
	permit, allowed := c.permitted(ctx, d, func(p app.Permit) bool { return p.Remove && p.Credential == one.ID })
	if allowed {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		return d.RemovePermitted(ctx, permit.ID)
	}
	password, err := c.askPassword()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return d.RemoveAppPassword(ctx, one.ID, password)
}

// pickAppPassword finds one that still stands in the list, by its identifier or its
// beginning.
func pickAppPassword(list []app.AppPassword, id string) (app.AppPassword, error) {
	var found []app.AppPassword
	for _, a := range list {
		if strings.HasPrefix(a.ID, strings.ToLower(id)) && a.Ended.IsZero() {
			found = append(found, a)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return app.AppPassword{}, usageError{fmt.Sprintf("%q is the beginning of several: give more of it", id)}
	}
	return app.AppPassword{}, app.ErrAppPassword
}
