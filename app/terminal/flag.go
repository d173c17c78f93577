package terminal

import (
	"context"
	"flag"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"time"

	"github.com/countersign/countersign/app"
)

// patience is how long a single command waits for the backend.
const patience = 20 * time.Second

// global are the flags that every command knows.
type global struct {
	vault      string
	data       string
	server     string
	json       bool
	repair     bool
	passphrase secretFlags
}

// register binds the flags; what was set by an earlier set is the default.
func (g *global) register(flags *flag.FlagSet) {
	if g.vault == "" {
		g.vault = "keyring"
	}
	flags.StringVar(&g.vault, "vault", g.vault, "where the device's secrets are: `keyring` or file:PATH")
	flags.StringVar(&g.data, "data", g.data, "`folder` of the device's state (default: the user's data folder; for file:PATH, PATH.state)")
	flags.StringVar(&g.server, "server", g.server, "`address` of the backend, if it must be this one")
	flags.BoolVar(&g.json, "json", g.json, "print JSON")
	flags.BoolVar(&g.repair, "repair", g.repair, "go on from what is sound where the stored state is damaged")
	g.passphrase.register(flags, "passphrase", "passphrase of the vault file")
}

// folder gives where the device's state lives. Two vaults never share one.
func (g *global) folder() (string, error) {
	if g.data != "" {
		return g.data, nil
	}
	if path, ok := strings.CutPrefix(g.vault, "file:"); ok {
		return path + ".state", nil
	}
	return app.Folder()
}

// open opens the vault and the device in it. live: keep a standing connection.
func (c *call) open(ctx context.Context, live bool, happened func(app.Happening)) (*app.Device, error) {
	dir, err := c.folder()
	if err != nil {
		return nil, err
	}
	if c.vault == "file:" || c.vault != "keyring" && !strings.HasPrefix(c.vault, "file:") {
		return nil, usageError{fmt.Sprintf("--vault %q is neither keyring nor file:PATH", c.vault)}
	}
	choice, err := app.ChooseVault(ctx, app.VaultInput{Spec: c.vault, Dir: dir, Passphrase: c.askPassphrase})
	if err != nil {
		return nil, err
	}
	switch choice.Notice {
	case app.NoticeKeyringAbsent:
		fmt.Fprintf(c.Err, "There is no keyring here: the secrets are kept in %s, sealed with your passphrase.\n", app.VaultFilePath(dir))
	case app.NoticeKeyringSilent:
		fmt.Fprintf(c.Err, "The keyring does not answer: the secrets are kept in %s, sealed with your passphrase.\n", app.VaultFilePath(dir))
	}
	d, err := app.Open(ctx, app.Options{
		Dir: dir, Vault: choice.Vault, VaultKind: choice.Kind, Notice: choice.Notice,
		OnDemand: !live, Repair: c.repair, Happened: happened, Version: buildVersion(),
	})
	if err != nil {
		return nil, err
	}
	if v := d.View(); c.server != "" && v.Stage != app.StageNew && v.Server != c.server {
		d.Close()
		return nil, usageError{fmt.Sprintf("the account here is at %s, not at %s", v.Server, c.server)}
	}
	return d, nil
}

// account is open for commands that need an account.
func (c *call) account(ctx context.Context, live bool, happened func(app.Happening)) (*app.Device, error) {
	d, err := c.open(ctx, live, happened)
	if err != nil {
		return nil, err
	}
	if v := d.View(); v.Stage == app.StageNew && v.Joining {
		if _, err := letIn(ctx, d); err != nil {
			d.Close()
			return nil, err
		}
	}
	if v := d.View(); v.Stage == app.StageNew {
		d.Close()
		if v.Regaining != nil {
			return nil, errComingBack
		}
		return nil, app.ErrNoAccount
	}
	return d, nil
}

func (c *call) setupFlags(flags *flag.FlagSet) {
	flags.StringVar(&c.invite, "invite", "", "invitation `link`")
	flags.StringVar(&c.name, "name", "", "the account's `name`, if it must be this one")
	flags.StringVar(&c.deviceName, "device-name", "", "`name` of this device (default: the computer's)")
	flags.StringVar(&c.kind, "kind", "terminal", "`kind` of this device: terminal, laptop, desktop, phone, tablet")
	flags.StringVar(&c.recoveryOut, "recovery-out", "", "new `file` for the recovery key, instead of showing it and asking for it")
	c.passwordFlags(flags)
}

func (c *call) passwordFlags(flags *flag.FlagSet) {
	c.password.register(flags, "password", "the account's password")
}

func (c *call) nextFlags(flags *flag.FlagSet) {
	c.passwordFlags(flags)
	c.next.register(flags, "new-password", "the password to be")
	flags.BoolVar(&c.cut, "cut", false, "somebody else may know it: end all app passwords as well")
}

func (c *call) recoveryFlags(flags *flag.FlagSet) {
	c.passwordFlags(flags)
	c.key.register(flags, "key", "the recovery key on paper")
}

// drawerFlags are for all that is done with the recovery key itself.
func (c *call) drawerFlags(flags *flag.FlagSet) {
	c.recoveryFlags(flags)
	c.newKeyFlag(flags)
	flags.StringVar(&c.out, "out", "", "kit: new `file` for the page, instead of showing it")
	flags.BoolVar(&c.no, "no", false, "copied: there is no second copy any more")
}

func (c *call) waitFlag(flags *flag.FlagSet) {
	flags.BoolVar(&c.wait, "wait", false, "wait until somebody asks")
}

func (c *call) countFlag(flags *flag.FlagSet) {
	flags.IntVar(&c.count, "n", 20, "how many lines; 0 = all")
}

func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "dev"
	}
	return info.Main.Version
}

const introduction = `countersignctl is a trusted device in a terminal.

Usage: countersignctl [flags] COMMAND [flags] [arguments]

Commands:
`

const examples = `
Examples:
  countersignctl setup --invite 'https://id.example.org/i#...'
  countersignctl status
  countersignctl allow                     # the only sign-in that is waiting
  countersignctl allow BCD                 # the one with these letters
  countersignctl watch --json
  countersignctl pair                      # shows what the new device scans or types
  countersignctl join --server https://id.example.org --symbols '7QK2 M9XW'
  countersignctl remove phone
  countersignctl chain export > entries.txt
  countersignctl recover --server https://id.example.org --name anna \
      --password-file pass.txt --key-file key.txt --lost phone --new-key-file new.txt
  countersignctl recover --new-password-file new.txt --key-file key.txt
  countersignctl waits                     # what was asked for
  countersignctl stop 3f9a                 # what you did not ask for
  countersignctl stop 3f9a --server https://id.example.org --name anna --key-file key.txt
  countersignctl recovery kit --out kit.pdf
  countersignctl app-passwords create --service imap --name 'Thunderbird on laptop'
  countersignctl app-passwords remove 9c41
  countersignctl --vault file:anna.vault --passphrase-file pass.txt status --json

pair --json prints a line {"link":...,"symbols":...}, reads the new device's six
digits as one line of standard input, and prints {"device":...}. join --json
prints {"digits":...} as soon as it can, and {"account":...,"head":...} when it
belongs.

recover takes two of password, recovery key and trusted device, or a device alone.
What has to wait is told with {"state":"waiting","until":...}, exit code 0; the same
command again goes on when it may, up to {"state":"done",...}. Running it once more
does no harm.

Secrets are asked for, or read from a file (--password-file F) or an open
descriptor (--password-fd N); they are never arguments.

`

func (c *call) help(w io.Writer) {
	fmt.Fprint(w, introduction)
	for _, cmd := range commands() {
		fmt.Fprintf(w, "  %-22s %s\n", strings.TrimSpace(cmd.name+" "+cmd.args), cmd.about)
	}
	fmt.Fprint(w, "\nFlags of every command:\n")
	flags := c.flagSet("", nil)
	flags.SetOutput(w)
	flags.PrintDefaults()
	fmt.Fprint(w, examples, exitHelp)
}

func (c *call) helpCommand(cmd command, flags *flag.FlagSet) {
	fmt.Fprintf(c.Out, "countersignctl %s: %s\n\nUsage: countersignctl %s\n\nFlags:\n", cmd.name, cmd.about, strings.TrimSpace(cmd.name+" [flags] "+cmd.args))
	flags.SetOutput(c.Out)
	flags.PrintDefaults()
	fmt.Fprint(c.Out, "\n", exitHelp)
}
