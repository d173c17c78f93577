package ui

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2/theme"

	"github.com/countersign/countersign/app"
)

// opened is a window whose device is opened by open, on a goroutine of its own;
// what that wants done in the window waits until the test lets it.
type opened struct {
	*tester
	queue chan func()
}

func openBeside(t *testing.T, open Opener) *opened {
	speak(t, "en")
	o := &opened{queue: make(chan func(), 16)}
	a := newApp(t, theme.VariantLight)
	o.tester = &tester{t: t, device: &device{}, clock: noon, ticks: map[int]func(){}, desk: &desk{}}
	o.UI = New(a, open, Options{
		Desktop: o.desk, Dispatch: func(f func()) { o.queue <- f }, Now: func() time.Time { return o.clock }, Every: o.every,
	})
	o.window.Resize(phone)
	o.start()
	t.Cleanup(func() { o.end(); o.window.Close() })
	return o
}

// until lets the window work until something says text.
func (o *opened) until(text string) {
	o.t.Helper()
	limit := time.After(20 * time.Second)
	for !contains(o.says(), text) {
		select {
		case f := <-o.queue:
			f()
		case <-limit:
			o.t.Fatalf("nothing says %q in time; there is %q", text, o.says())
		}
	}
}

func TestNewPassphraseIsTypedTwice(t *testing.T) {
	got := make(chan string, 1)
	o := openBeside(t, func(ctx context.Context, ask Asker) (Device, error) {
		passphrase, err := ask.NewPassphrase(ctx)
		got <- string(passphrase)
		return &device{}, err
	})
	o.until("Choose a passphrase")
	o.typeInto("Passphrase", "short")
	o.tap("Open")
	o.mustSay("3 more characters and it is long enough.")
	o.typeInto("Passphrase", "long enough")
	o.typeInto("The same again", "long enogh")
	o.tap("Open")
	o.mustSay("The two are not the same.")
	o.typeInto("The same again", "long enough")
	o.tap("Open")
	o.until("Set up an account")
	if passphrase := <-got; passphrase != "long enough" {
		t.Errorf("the vault got a passphrase of %d characters", len(passphrase))
	}
}

func TestLockedKeyringCanBeTriedAgainOrLeft(t *testing.T) {
	for button, want := range map[string]bool{"Try again": false, "Use a passphrase instead": true} {
		got := make(chan bool, 1)
		o := openBeside(t, func(ctx context.Context, ask Asker) (Device, error) {
			useFile, err := ask.Keyring(ctx, app.TroubleLocked)
			got <- useFile
			return &device{}, err
		})
		o.until("The system keyring is locked")
		o.tap(button)
		o.until("Set up an account")
		if useFile := <-got; useFile != want {
			t.Errorf("%q gave useFile %t", button, useFile)
		}
	}
}

func TestDeviceThatDoesNotOpenSaysWhyAndTriesAgain(t *testing.T) {
	tries := 0
	o := openBeside(t, func(context.Context, Asker) (Device, error) {
		if tries++; tries == 1 {
			return nil, app.ErrNewer
		}
		return &device{}, nil
	})
	o.until("This device cannot open its secrets")
	o.tap("Try again")
	o.until("Set up an account")
}

func TestQuittingEndsTheWaitForAnAnswer(t *testing.T) {
	ended := make(chan error, 1)
	o := openBeside(t, func(ctx context.Context, ask Asker) (Device, error) {
		_, err := ask.Passphrase(ctx, false)
		ended <- err
		return nil, err
	})
	o.until("Type your passphrase")
	o.cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the wait ended with %v, want %v", err, context.Canceled)
	}
}

// script answers in place of a person.
type script struct {
	passphrases []string
	asked       []string
}

func (s *script) next() []byte {
	p := s.passphrases[0]
	s.passphrases = s.passphrases[1:]
	return []byte(p)
}

func (s *script) NewPassphrase(context.Context) ([]byte, error) {
	s.asked = append(s.asked, "new")
	return s.next(), nil
}

func (s *script) Passphrase(_ context.Context, wrong bool) ([]byte, error) {
	s.asked = append(s.asked, map[bool]string{false: "once", true: "again"}[wrong])
	return s.next(), nil
}

func (s *script) Keyring(context.Context, app.Trouble) (bool, error) {
	s.asked = append(s.asked, "keyring")
	return true, nil
}

// The vault here is a real file: a wrong passphrase is asked for again.
func TestWrongPassphraseIsAskedForAgain(t *testing.T) {
	dir := t.TempDir()
	in := app.VaultInput{Spec: "file:" + filepath.Join(dir, "vault"), Dir: dir}
	first := &script{passphrases: []string{"correct horse"}}
	choice, err := chooseVault(t.Context(), in, first)
	if err != nil {
		t.Fatal(err)
	}
	if err := choice.Vault.Put(t.Context(), "a", []byte("b")); err != nil {
		t.Fatal(err)
	}
	second := &script{passphrases: []string{"wrong horse", "correct horse"}}
	choice, err = chooseVault(t.Context(), in, second)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"once", "again"}; !slices.Equal(second.asked, want) || !slices.Equal(first.asked, []string{"new"}) {
		t.Errorf("asked %q, then %q; want new, then %q", first.asked, second.asked, want)
	}
	if value, err := choice.Vault.Get(t.Context(), "a"); err != nil || string(value) != "b" {
		t.Errorf("the vault gave %q, %v", value, err)
	}
}
