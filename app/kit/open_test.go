//go:build unix

package kit

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// desk is a machine with folders of its own and only those programs that a test
// puts there; what they do is written to the folder out.
type desk struct{ runtime, temp, bin, out string }

func newDesk(t *testing.T) desk {
	t.Helper()
	d := desk{t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()}
	t.Setenv("XDG_RUNTIME_DIR", d.runtime)
	t.Setenv("TMPDIR", d.temp)
	t.Setenv("OUT", d.out)
	t.Setenv("PATH", d.bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	return d
}

// program puts a shell script where the system looks for programs.
func (d desk) program(t *testing.T, name, script string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(d.bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
}

// viewer is the opener that Open looks for on this system.
func viewer() string { return opener(runtime.GOOS)[0] }

func (d desk) wrote(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(d.out, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// pages lists what lies in a folder.
func pages(t *testing.T, folder string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestViewerGetsThePageAndNobodyElse(t *testing.T) {
	d := newDesk(t)
	d.program(t, viewer(), `cp "$1" "$OUT/page"; echo "$#:$1" >"$OUT/arguments"; ls -ld "$(dirname "$1")" "$1" | cut -c1-10 >"$OUT/modes"`)
	remove, err := Open(t.Context(), []byte("%PDF the page"))
	if err != nil {
		t.Fatal(err)
	}
	if got := d.wrote(t, "page"); got != "%PDF the page" {
		t.Errorf("the viewer got %q", got)
	}
	if got := d.wrote(t, "modes"); got != "drwx------\n-rw-------\n" {
		t.Errorf("folder and file have the modes\n%s", got)
	}
	if got := d.wrote(t, "arguments"); !strings.HasPrefix(got, "1:"+d.runtime+"/") {
		t.Errorf("the viewer was called with %q, not with one file in the session's folder", got)
	}
	for range 2 {
		if err := remove(); err != nil {
			t.Error(err)
		}
	}
	if left := append(pages(t, d.runtime), pages(t, d.temp)...); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestPageLiesInTheTemporaryFolderWhereTheSessionHasNone(t *testing.T) {
	for name, own := range map[string]string{"unset": "", "relative": "run", "gone": "gone"} {
		d := newDesk(t)
		if name == "gone" {
			own = filepath.Join(d.runtime, own)
		}
		t.Setenv("XDG_RUNTIME_DIR", own)
		d.program(t, viewer(), `echo "$1" >"$OUT/file"`)
		remove, err := Open(t.Context(), []byte("%PDF"))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := d.wrote(t, "file"); !strings.HasPrefix(got, d.temp+"/") {
			t.Errorf("%s: the page lies at %q", name, got)
		}
		if err := errors.Join(remove(), Sweep(time.Now())); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPageThatCannotBeShownIsNotLeft(t *testing.T) {
	d := newDesk(t)
	for name, program := range map[string][]string{
		"no viewer":    {filepath.Join(d.bin, "absent")},
		"viewer fails": {"false"},
	} {
		if remove, err := open(t.Context(), []byte("%PDF"), program, time.Minute); err == nil || remove != nil {
			t.Errorf("%s: %v", name, err)
		}
		if left := append(pages(t, d.runtime), pages(t, d.temp)...); len(left) > 0 {
			t.Errorf("%s: left behind: %v", name, left)
		}
	}
}

// Without a desktop xdg-open becomes the viewer and ends when it is closed.
func TestViewerThatStaysOpenIsNotWaitedFor(t *testing.T) {
	for name, test := range map[string]struct {
		patience time.Duration
		gone     bool
		want     error
	}{
		"waited long enough":   {time.Millisecond, false, nil},
		"the person goes away": {time.Minute, true, context.Canceled},
	} {
		d := newDesk(t)
		pipe := filepath.Join(d.out, "close")
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Fatal(err)
		}
		d.program(t, viewer(), `read closed <"$OUT/close"; echo closed >"$OUT/ended"`)
		ctx, cancel := context.WithCancel(t.Context())
		if test.gone {
			cancel()
		}
		remove, err := open(ctx, []byte("%PDF"), opener(runtime.GOOS), test.patience)
		cancel()
		if !errors.Is(err, test.want) || (remove == nil) != test.gone {
			t.Errorf("%s: %v", name, err)
		}
		if left := pages(t, d.runtime); (len(left) == 0) != test.gone {
			t.Errorf("%s: there are %v", name, left)
		}
		if err := os.WriteFile(pipe, []byte("now\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		d.await(t, "ended")
	}
}

// await waits until a program has written a file.
func (d desk) await(t *testing.T, name string) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		if _, err := os.Stat(filepath.Join(d.out, name)); err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("nothing wrote %q", name)
		}
		runtime.Gosched()
	}
}

func TestSweepTakesForgottenPagesAndNothingElse(t *testing.T) {
	d := newDesk(t)
	now := time.Now()
	elsewhere := filepath.Join(t.TempDir(), "page.pdf")
	if err := os.WriteFile(elsewhere, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	lay := func(base, name string, age time.Duration) string {
		folder := filepath.Join(base, name)
		if err := errors.Join(os.Mkdir(folder, 0o700), os.WriteFile(filepath.Join(folder, "countersign.pdf"), []byte("%PDF"), 0o600),
			os.Chtimes(folder, now.Add(-age), now.Add(-age))); err != nil {
			t.Fatal(err)
		}
		return folder
	}
	gone := []string{lay(d.runtime, prefix+"1", 61*time.Minute), lay(d.temp, prefix+"2", 1000*time.Hour)}
	kept := []string{elsewhere, lay(d.runtime, prefix+"3", 59*time.Minute), lay(d.temp, prefix+"4", -time.Hour), lay(d.temp, "letters", 1000*time.Hour)}
	link := filepath.Join(d.temp, prefix+"5")
	if err := os.Symlink(filepath.Dir(elsewhere), link); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(d.temp, prefix+"6")
	if err := errors.Join(os.WriteFile(file, nil, 0o600), os.Chtimes(file, now.Add(-2*time.Hour), now.Add(-2*time.Hour))); err != nil {
		t.Fatal(err)
	}
	if err := Sweep(now); err != nil {
		t.Fatal(err)
	}
	for _, folder := range gone {
		if _, err := os.Lstat(folder); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there", folder)
		}
	}
	for _, path := range append(kept, link, file) {
		if _, err := os.Lstat(path); err != nil {
			t.Errorf("%s was swept away", path)
		}
	}
}

// Somebody else may put a link into a shared folder, under a page's name.
func TestSweepFollowsNoLink(t *testing.T) {
	d := newDesk(t)
	letters := filepath.Join(t.TempDir(), "letters")
	if err := errors.Join(os.Mkdir(letters, 0o700), os.WriteFile(filepath.Join(letters, "one"), nil, 0o600),
		os.Symlink(letters, filepath.Join(d.temp, prefix+"1"))); err != nil {
		t.Fatal(err)
	}
	if err := Sweep(time.Now().Add(1000 * time.Hour)); err != nil {
		t.Error(err)
	}
	if len(pages(t, letters)) != 1 || len(pages(t, d.temp)) != 1 {
		t.Error("a link was followed or taken for a page")
	}
}

// A page is named in the same way by the one who lays it out and the one who sweeps.
func TestSweepFindsWhatOpenForgot(t *testing.T) {
	d := newDesk(t)
	d.program(t, viewer(), "exit 0")
	if _, err := Open(t.Context(), []byte("%PDF")); err != nil {
		t.Fatal(err)
	}
	if err := Sweep(time.Now()); err != nil || len(pages(t, d.runtime)) != 1 {
		t.Errorf("a page just opened was swept away: %v", err)
	}
	if err := Sweep(time.Now().Add(2 * time.Hour)); err != nil || len(pages(t, d.runtime)) != 0 {
		t.Errorf("a page of two hours ago is still there: %v", err)
	}
}

func TestPrintingHandsThePageToLpAndWritesNothing(t *testing.T) {
	d := newDesk(t)
	d.program(t, "lp", `cat >"$OUT/page"; echo "$@" >"$OUT/arguments"`)
	var page bytes.Buffer
	if err := PDF(&page, annas(t)); err != nil {
		t.Fatal(err)
	}
	if !CanPrint() {
		t.Error("there is an lp, and CanPrint knows nothing of it")
	}
	if err := Print(t.Context(), page.Bytes()); err != nil {
		t.Fatal(err)
	}
	if d.wrote(t, "page") != page.String() {
		t.Error("lp got something else than the page")
	}
	if got := d.wrote(t, "arguments"); got != "-t Countersign\n" {
		t.Errorf("the queue shows %q", got)
	}
	if left := append(pages(t, d.runtime), pages(t, d.temp)...); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestPrintingThatDoesNotWorkSaysWhy(t *testing.T) {
	d := newDesk(t)
	d.program(t, "lp", `cat >/dev/null; echo "lp: no default destination" >&2; exit 1`)
	if err := Print(t.Context(), []byte("%PDF")); err == nil || !strings.Contains(err.Error(), "no default destination") {
		t.Errorf("lp's reason is lost: %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if err := Print(t.Context(), []byte("%PDF")); !errors.Is(err, ErrNoPrinter) || CanPrint() {
		t.Errorf("without lp: %v", err)
	}
}

func TestWarningAboutPrintersIsInThePersonsLanguage(t *testing.T) {
	for language, want := range map[string]string{"en-GB": "printer on a network", "de_AT.UTF-8": "Drucker im Netz", "": "printer on a network", "../en": "printer on a network"} {
		if got, err := PrinterWarning(language); err != nil || !strings.Contains(got, want) {
			t.Errorf("%q: %q, %v", language, got, err)
		}
	}
}
