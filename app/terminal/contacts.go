package terminal

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
)

// contactJSON is an address that security mails and messages go to.
type contactJSON struct {
	ID        string `json:"id"`
	Medium    string `json:"medium"` // mail, text, wake
	Address   string `json:"address"`
	Confirmed bool   `json:"confirmed"`
	SignIn    bool   `json:"sign_in,omitempty"` // codes sent to it let in who has the password
}

func contactLine(k app.Contact) contactJSON {
	return contactJSON{ID: k.ID, Medium: string(k.Medium), Address: k.Address, Confirmed: k.Confirmed, SignIn: k.SignIn}
}

func contactLines(list []app.Contact) []contactJSON {
	lines := make([]contactJSON, len(list))
	for i, k := range list {
		lines[i] = contactLine(k)
	}
	return lines
}

// contacts lists the addresses of the account, or changes them.
func contacts(ctx context.Context, c *call) error {
	verb := append(c.args, "")[0]
	want, known := map[string]int{"": 0, "add": 3, "confirm": 3, "remove": 2, "sign-in": 3}[verb]
	if verb == "confirm" && len(c.args) == 2 {
		want = 2 // the code comes on standard input
	}
	if !known || len(c.args) != want || verb == "sign-in" && c.args[2] != "on" && c.args[2] != "off" {
		return usageError{"contacts, contacts add mail ADDRESS, contacts add text NUMBER, contacts confirm ID [CODE], contacts remove ID, contacts sign-in ID on|off"}
	}
	d, err := c.account(ctx, false, nil)
	if err != nil {
		return err
	}
	defer d.Close()
	switch verb {
	case "add":
		return c.addContact(ctx, d)
	case "confirm":
		return c.confirmContact(ctx, d)
	case "remove":
		return c.removeContact(ctx, d)
	case "sign-in":
		return c.allowText(ctx, d)
	}
	return c.listContacts(ctx, d)
}

func (c *call) listContacts(ctx context.Context, d *app.Device) error {
	missed := c.lookUp(ctx, d)
	v := d.View()
	err := c.print(contactLines(v.Contacts), func(w io.Writer) {
		if len(v.Contacts) == 0 {
			fmt.Fprintln(w, "No address is told what happens to this account.")
		}
		for _, k := range v.Contacts {
			state := "is told what happens"
			if !k.Confirmed {
				state = "is not confirmed"
			}
			if k.SignIn {
				state += ", and lets in who has the password"
			}
			fmt.Fprintf(w, "%s  %s  %s  %s\n", k.ID, k.Medium, k.Address, state)
		}
	})
	if err != nil {
		return err
	}
	return missed
}

func (c *call) addContact(ctx context.Context, d *app.Device) error {
	medium := api.Medium(c.args[1])
	if medium != api.MediumMail && medium != api.MediumText && medium != api.MediumWake {
		return usageError{fmt.Sprintf("contacts add %q: it is mail, text or wake", c.args[1])}
	}
	password, err := c.askPassword()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	k, err := d.AddContact(ctx, medium, c.args[2], language(), password)
	if err != nil {
		return insteadOf(err, errNoMedium)
	}
	return c.print(contactLine(k), func(w io.Writer) {
		fmt.Fprintf(w, "A code of eight digits is on its way to %s. Type it with: countersignctl contacts confirm %s\n", k.Address, k.ID)
	})
}

func (c *call) confirmContact(ctx context.Context, d *app.Device) error {
	code := append(c.args, "")[2]
	if code == "" {
		if c.In == nil {
			return usageError{"the code is needed"}
		}
		if c.typing() {
			fmt.Fprint(c.Err, "Code: ")
		}
		code = readLine(c.In)
	}
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := d.ConfirmContact(ctx, c.args[1], code); err != nil {
		return err
	}
	return c.print(map[string]string{"confirmed": c.args[1]}, func(w io.Writer) { fmt.Fprintln(w, "The address is told from now on.") })
}

func (c *call) removeContact(ctx context.Context, d *app.Device) error {
	password, err := c.askPassword()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := d.RemoveContact(ctx, c.args[1], password); err != nil {
		return err
	}
	return c.print(map[string]string{"removed": c.args[1]}, func(w io.Writer) { fmt.Fprintln(w, "The address is told no more, and was told so.") })
}

// allowText has codes sent to a number let in, or no longer.
func (c *call) allowText(ctx context.Context, d *app.Device) error {
	on := c.args[2] == "on"
	if on {
		fmt.Fprintln(c.Err, "A telephone number can be taken over by others, through its provider. A trusted device is safer.")
	}
	password, err := c.askPassword()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := d.AllowText(ctx, c.args[1], password, on); err != nil {
		return err
	}
	return c.print(map[string]bool{"sign_in": on}, func(w io.Writer) {
		if on {
			fmt.Fprintln(w, "The password and a code sent to this number are enough to sign in from now on.")
			return
		}
		fmt.Fprintln(w, "Codes sent to this number let nobody in, and who came in by one is signed out.")
	})
}

// language is the person's, among those that messages are written in.
func language() string {
	if strings.HasPrefix(locale(), "de") {
		return "de"
	}
	return "en"
}

// locale is what the system says about the person's language, such as "de-CH".
func locale() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := os.Getenv(name); value != "" {
			tag, _, _ := strings.Cut(value, ".")
			return strings.ReplaceAll(tag, "_", "-")
		}
	}
	return "en"
}
