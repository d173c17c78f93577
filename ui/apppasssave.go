package ui

import (
	"context"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/ui/widgets"
)

// askWhere asks where the set-up file is to lie.
func (p *shownAppPage) askWhere() {
	f := &saveSheet{u: p.u, page: p}
	f.path = widgets.NewField(say("apps.save.path"), "")
	f.path.Entry.SetText(filepath.Join(p.u.o.Folder, "countersign-"+p.made.ID[:8]+".mobileconfig"))
	f.path.Entry.OnSubmitted = func(string) { f.save() }
	f.path.Entry.OnEscape = f.leave
	f.button = widgets.NewButton(widgets.PineButton, say("apps.save.do"), f.save)
	p.u.raise(f)
}

// saveSheet writes the set-up file, in which the app password stands.
type saveSheet struct {
	u      *UI
	page   *shownAppPage
	path   *widgets.Field
	button *widgets.Button
}

func (f *saveSheet) focus() fyne.Focusable { return f.path.Entry }
func (f *saveSheet) leave()                { f.u.raise(nil) }

func (f *saveSheet) sheet(s shape) (content, foot fyne.CanvasObject) {
	content = widgets.Column(20, heading(say("apps.save.title"), say("apps.save.body")), f.path)
	return content, beside(s, widgets.NewButton(widgets.SecondButton, say("do.cancel"), f.leave), f.button)
}

func (f *saveSheet) save() {
	path := f.path.Text()
	if f.button.Disabled() || path == "" {
		return
	}
	setBusy(f.button, true, say("apps.save.do"))
	f.u.call(func(context.Context) error { return writeNew(path, f.page.profile) }, func(err error) {
		setBusy(f.button, false, say("apps.save.do"))
		if err != nil {
			f.path.SetWrong(say("apps.save.trouble"))
			f.u.stage.drawFront()
			return
		}
		f.page.saved = path
		f.leave()
	})
}

// writeNew writes a file that nobody else may read, where none is yet.
func writeNew(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = os.Remove(path) // half of it is of no use
	}
	return err
}

// homeFolder is where files are proposed to be saved: among the downloads, where there
// are any.
func homeFolder() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	if downloads := filepath.Join(home, "Downloads"); isFolder(downloads) {
		return downloads
	}
	return home
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
