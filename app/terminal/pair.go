package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/term"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
)

// errNoDigits tells a script what it did not write.
var errNoDigits = usageError{"six digits are needed, as one line on standard input"}

// What pair and join print as JSON, a line each, in this order.
type (
	inviteJSON struct {
		Link    string    `json:"link"`
		Symbols string    `json:"symbols"`
		Server  string    `json:"server"`
		Until   time.Time `json:"until"`
	}
	memberJSON struct {
		Device string `json:"device"`
		Name   string `json:"name"`
		Kind   string `json:"kind"`
	}
)

// pairing is one pairing from this side, until it is done or stopped.
type pairing struct {
	*call
	*app.Pairing
	until    time.Time
	password string // empty: to be asked for
}

// pairCommand lets a new device join the account.
func pairCommand(ctx context.Context, c *call) error {
	d, err := c.account(ctx, false, nil)
	if err != nil {
		return err
	}
	defer d.Close()
	p := &pairing{call: c}
	if c.password.given() || !c.typing() {
		if p.password, err = c.askPassword(); err != nil {
			return err
		}
	}
	if err := p.begin(ctx, d); err != nil {
		return err
	}
	member, err := p.run(ctx)
	if err != nil {
		p.end(ctx)
		return err
	}
	return c.print(memberJSON{member.ID.String(), member.Name, string(member.Kind)}, func(w io.Writer) {
		fmt.Fprintf(w, "%s is a trusted device now.\n", member.Name)
	})
}

// typing reports whether somebody can be asked.
func (c *call) typing() bool { return c.In != nil && term.IsTerminal(int(c.In.Fd())) }

func (p *pairing) begin(ctx context.Context, d *app.Device) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	begun, err := d.BeginPairing(ctx)
	if err != nil {
		return err
	}
	p.Pairing, p.until = begun, begun.Invite().Until
	return nil
}

// end stops the pairing, so that nobody can join it any more, also where the
// program was told to end.
func (p *pairing) end(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	p.Stop(ctx)
}

func (p *pairing) run(ctx context.Context) (app.Member, error) {
	ctx, cancel := context.WithDeadline(ctx, p.until.Add(patience))
	defer cancel()
	if err := p.show(p.Invite()); err != nil {
		return app.Member{}, err
	}
	newcomer, err := p.Meet(ctx)
	if err != nil {
		return app.Member{}, err
	}
	p.introduce(newcomer)
	if err := p.compare(ctx); err != nil {
		return app.Member{}, err
	}
	return p.finish(ctx)
}

func (p *pairing) show(i app.Invite) error {
	drawn, err := newPicture(i.Link)
	if err != nil {
		return err
	}
	return p.print(inviteJSON{i.Link, string(i.Symbols), i.Server, i.Until}, func(w io.Writer) {
		fmt.Fprintln(w, "Scan this with the new device, or open the link there:")
		p.draw(drawn)
		fmt.Fprintf(w, "%s\n\nWhere nothing can be scanned, type there:\n  address  %s\n  symbols  %s\n\n", i.Link, i.Server, i.Symbols.Spaced())
		fmt.Fprintf(w, "This is good for %s, until %s.\n", wait(time.Until(i.Until)), clock(i.Until))
	})
}

// introduce says who joined, which until the digits are right is a claim only.
func (p *pairing) introduce(n app.Newcomer) {
	if p.json {
		return
	}
	fmt.Fprintf(p.Out, "%s (%s) wants to join", n.Name, n.Kind)
	switch n.Network {
	case "own":
		fmt.Fprint(p.Out, ", from the same network as this device")
	case "another":
		fmt.Fprint(p.Out, ", from ANOTHER NETWORK than this device")
	}
	fmt.Fprintln(p.Out, ".")
	if n.Held > 0 {
		fmt.Fprintf(p.Out, "It will be able to allow sign-ins after %d h.\n", n.Held)
	}
	if n.Young > 0 {
		fmt.Fprintf(p.Out, "It will be able to add, remove or recover after %d h.\n", n.Young)
	}
	fmt.Fprintln(p.Out, "Type the six digits that the new device shows. Never type digits that somebody tells you.")
}

// compare reads the six digits and compares them. What is not six digits is no
// try, where a person can type again.
func (p *pairing) compare(ctx context.Context) error {
	for {
		if p.typing() {
			fmt.Fprint(p.Err, "Six digits: ")
		}
		line, err := p.line(ctx)
		if err != nil {
			return err
		}
		err = p.Check(line)
		if !errors.Is(err, app.ErrDigitsForm) {
			return err
		}
		if !p.typing() {
			return errNoDigits
		}
		fmt.Fprintln(p.Err, "It is six digits.")
	}
}

// line waits for a line of standard input, as long as the pairing lasts. A read
// cannot be taken back: one that is given up ends with the program.
func (p *pairing) line(ctx context.Context) (string, error) {
	if p.In == nil {
		return "", errNoDigits
	}
	lines := make(chan string, 1)
	go func() { lines <- readLine(p.In) }()
	late := time.NewTimer(time.Until(p.until))
	defer late.Stop()
	select {
	case line := <-lines:
		return line, nil
	case <-late.C:
		return "", app.ErrPairOver{State: api.BoxOpen}
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// readLine reads byte by byte, because what follows the line is for others.
func readLine(r io.Reader) string {
	var line []byte
	for one := make([]byte, 1); len(line) < maxSecret; {
		if n, err := r.Read(one); n == 0 || err != nil || one[0] == '\n' {
			break
		}
		line = append(line, one[0])
	}
	return string(line)
}

// finish lets the new device in with the password. A person may type a wrong one
// again.
func (p *pairing) finish(ctx context.Context) (app.Member, error) {
	for {
		password := p.password
		if password == "" {
			typed, err := p.askPassword()
			if err != nil {
				return app.Member{}, err
			}
			password = typed
		}
		member, err := p.admit(ctx, password)
		if p.password != "" || !errors.Is(err, &api.Error{Code: api.CodePassword}) {
			return member, err
		}
		fmt.Fprintln(p.Err, "That is not the password.")
	}
}

// askAgain is how long pair waits before it asks a backend again that did not
// answer.
const askAgain = 500 * time.Millisecond

// admit goes on while the backend does not answer, as long as the pairing lasts.
func (p *pairing) admit(ctx context.Context, password string) (app.Member, error) {
	for {
		member, err := p.Finish(ctx, password)
		if app.TroubleOf(err) != app.TroubleUnreachable || !time.Now().Before(p.until) {
			return member, err
		}
		select {
		case <-time.After(askAgain):
		case <-ctx.Done():
			return member, err
		}
	}
}
