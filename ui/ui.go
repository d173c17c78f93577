// Package ui draws the trusted device's screens: it shows an app.View, passes the
// person's answers on, and says each thing in the person's language.
//
// It holds no rule of the protocol and no secret beyond what is on the screen,
// and it opens no connection: all that is package app. It never imports Fyne's
// driver; main gives it the fyne.App.
//
// Source: docs/protocol.md §6.2 for what a request and a code must show.
package ui

import (
	"context"
	"net/url"
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
)

// UI is the window of one trusted device. All its methods but ShowAndRun are for
// the window's goroutine.
type UI struct {
	app    fyne.App
	window fyne.Window
	o      Options
	open   Opener
	device Device
	ctx    context.Context
	cancel context.CancelFunc
	unsee  func() // stops the device's views

	view  app.View
	keys  fyne.ShortcutHandler
	stage *stage
	page  page  // where the person is
	front front // what covers it: a request, a code, an outcome

	reopened map[trust.ChallengeID]bool // put away, and taken out again
	hidden   map[trust.ChallengeID]bool // put away here, the request or its code
	answered map[trust.ChallengeID]bool // answered here
	rang     map[trust.ChallengeID]bool // rung for already
	carried  map[trust.ChallengeID]bool // what a page was allowed, begun here
	shown    *app.Shown                 // the code last on display, to tell how it ended
	outcome  *outcome                   // how it ended, until put away
	prompt   sheetPage                  // what the page asks over itself: the password, a question
	lent     *lent                      // the recovery key in the clipboard
	laid     func() error               // removes the file that the key's page lies in
}

// New makes the window. Nothing is shown and nothing is opened before ShowAndRun.
func New(a fyne.App, open Opener, o Options) *UI {
	u := &UI{
		app: a, open: open, o: withDefaults(a, o),
		reopened: make(map[trust.ChallengeID]bool), hidden: make(map[trust.ChallengeID]bool),
		answered: make(map[trust.ChallengeID]bool), rang: make(map[trust.ChallengeID]bool), carried: make(map[trust.ChallengeID]bool),
	}
	u.ctx, u.cancel = context.WithCancel(context.Background())
	u.makeWindow()
	return u
}

// ShowAndRun opens the device and runs until the app quits.
func (u *UI) ShowAndRun() {
	defer u.end()
	u.start()
	u.app.Run()
}

// Show brings the window to the front.
func (u *UI) Show() {
	u.window.Show()
	u.window.RequestFocus()
}

// Window is the one window, for who wires the tray.
func (u *UI) Window() fyne.Window { return u.window }

// PutAway takes back what must not outlive the window: the recovery key in the
// clipboard, and the file of its page. It is for who quits the app, on the window's
// goroutine, while Fyne's driver still runs.
func (u *UI) PutAway() {
	u.takeBack()
	u.clearAway()
}

func (u *UI) start() {
	if !u.o.Hidden {
		u.window.Show()
	}
	u.openDevice()
}

func (u *UI) end() {
	if u.unsee != nil {
		u.unsee()
	}
	u.stage.ticker.reset(onPage)
	u.stage.ticker.reset(onFront)
	if u.lent != nil { // the driver has ended: its clipboard is gone
		u.lent.stop()
	}
	u.clearAway()
	u.cancel()
}

// adopt shows a device that is ready.
func (u *UI) adopt(d Device) {
	u.device = d
	u.see(d.View())
	u.unsee = d.Watch(func(v app.View) { u.o.Dispatch(func() { u.see(v) }) })
}

// see shows a new view: first what covers the screen, then the screen itself.
func (u *UI) see(v app.View) {
	old, first := u.view, u.page == nil || isOpening(u.page)
	u.view = v
	u.settleOutcome(old)
	u.bell()
	switch {
	case old.Stage != v.Stage && u.follow(v):
	case first || old.Stage != v.Stage && !(old.Stage == app.StageTrial && v.Stage == app.StageOn):
		u.page = u.firstPage()
		u.stage.fresh()
	case old.Stage != v.Stage:
		u.page = &readyPage{u: u}
		u.stage.fresh()
	case u.wayChanged(old), v.Notice == app.NoticeRemoved && old.Notice != v.Notice && isTrial(u.page):
		u.page = u.firstPage()
		u.stage.fresh()
	}
	u.settleFront()
	u.stage.draw()
	u.carryOut()
}

// follow lets the page itself follow a change of stage that it has brought about.
func (u *UI) follow(v app.View) bool {
	p, ok := u.page.(follower)
	return ok && p.follow(v)
}

func (u *UI) firstPage() page {
	switch u.view.Stage {
	case app.StageNew:
		if u.view.Regaining != nil {
			return newRegainingPage(u)
		}
		return &startPage{u: u}
	case app.StageTrial:
		if u.view.Notice != app.NoticeRemoved {
			return &trialPage{u: u}
		}
	}
	return &homePage{u: u}
}

// goTo shows another page.
func (u *UI) goTo(p page) {
	if p != u.page {
		u.forgetOutcome()
	}
	u.page = p
	u.stage.fresh()
	u.stage.draw()
}

// call runs work beside the window, and then done with its error on the window's
// goroutine.
func (u *UI) call(work func(ctx context.Context) error, done func(err error)) {
	ctx, cancel := context.WithTimeout(u.ctx, patience)
	u.wait(ctx, work, func(err error) { cancel(); done(err) })
}

// wait is call for what may take as long as its context.
func (u *UI) wait(ctx context.Context, work func(ctx context.Context) error, done func(err error)) {
	u.o.Go(func() {
		err := work(ctx)
		u.o.Dispatch(func() { done(err) })
	})
}

// patience is how long a person is made to wait for one answer; chosen arbitrarily.
const patience = 30 * time.Second

func (u *UI) now() time.Time { return u.o.Now() }

func withDefaults(a fyne.App, o Options) Options {
	if o.Desktop == nil {
		o.Desktop = noDesktop{}
	}
	if o.OpenURL == nil {
		o.OpenURL = func(address string) error { return openBy(a, address) }
	}
	if o.Folder == "" {
		o.Folder = homeFolder()
	}
	if o.Dispatch == nil {
		o.Dispatch = fyne.Do
	}
	if o.Go == nil {
		o.Go = func(work func()) { go work() }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Every == nil {
		o.Every = everyTick(o.Dispatch)
	}
	return o
}

func openBy(a fyne.App, address string) error {
	target, err := url.Parse(address)
	if err != nil {
		return err
	}
	return a.OpenURL(target)
}
