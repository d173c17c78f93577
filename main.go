// Command countersign is the trusted device with a window. It is wiring: what a
// device does is in app, what it looks like in ui, what surrounds the window in
// ui/desktop.
//
// It is not the only face: countersignctl is the same device in a terminal, for
// machines without a display and for screen readers on Linux.
//
// Source: docs/protocol.md §6, docs/design/0003-desktop.md.
package main

import (
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/client"
	"github.com/countersign/countersign/ui"
	"github.com/countersign/countersign/ui/desktop"
)

func main() {
	s, err := readStart(os.Args[1:], os.Stdout)
	if err != nil {
		os.Exit(complain(err))
	}
	os.Exit(run(s))
}

// run opens the window and gives the exit code once it is quit.
func run(s start) (code int) {
	claim, err := desktop.Take(s.dir)
	if err != nil {
		return complain(err)
	}
	defer claim.Release()

	meta := readMetadata()
	app.SetMetadata(meta)
	a := app.NewWithID(meta.ID)
	if err := ui.Speak(); err != nil {
		return complain(err)
	}
	end := watchEnding(a)
	defer end.done()
	var u *ui.UI
	around := desktop.New(a, desktop.Options{
		Minimise: minimise, Dispatch: end.dispatch, Quit: func() { u.PutAway(); end.quit(a) }, Log: s.log,
	})
	defer around.Close()
	d := &device{start: s, version: meta.Version, around: around}
	defer d.close()
	var ok bool
	u, ok = openWindow(func() *ui.UI {
		return ui.New(a, d.open, ui.Options{
			Hidden: s.hidden, Desktop: around, Version: meta.Version, DeviceName: hostName(), Kind: kindOfDevice(), Scanner: ui.Scan(),
			Paper: newPaper(s.log),
			Stopper: ui.Stopping(func(origin string) (api.Account, error) {
				return client.New(origin, client.Options{Version: meta.Version})
			}),
			Dispatch: end.dispatch,
		})
	})
	if !ok {
		return exitFailed
	}
	around.Surround(u)
	claim.Serve(around.Front)
	underTest(u.Window())
	if !s.hidden {
		go fyne.Do(func() { seeWindow(a, u.Window(), &code) })
	}
	u.ShowAndRun()
	return code
}
