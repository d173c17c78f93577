package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// pairStep is how far a pairing has come on the trusted device.
type pairStep int

const (
	pairOpening  pairStep = iota
	pairWaiting           // the picture is shown
	pairJoined            // somebody wants to join
	pairPassword          // the digits were right
	pairDone
	pairOver // it ended before
)

// pairPage lets one new device into the account.
type pairPage struct {
	u        *UI
	ctx      context.Context // of what waits; ends with the page
	cancel   context.CancelFunc
	step     pairStep
	pairing  Pairing
	qr       *widgets.QR
	digits   *widgets.DigitEntry
	password *widgets.Field
	button   *widgets.Button
	guest    app.Newcomer
	trouble  string // why it is over
}

// newPairPage begins a pairing.
func newPairPage(u *UI) page {
	p := pairPageFor(u)
	p.begin()
	return p
}

func pairPageFor(u *UI) *pairPage {
	p := &pairPage{u: u, digits: widgets.NewDigitEntry()}
	p.ctx, p.cancel = context.WithCancel(u.ctx)
	p.digits.OnChanged = func(string) { p.check() }
	p.digits.OnEscape = p.leave
	p.password = widgets.NewPasswordField(say("password.label"), "", say("do.show"), say("do.hide"))
	p.password.Entry.OnSubmitted = func(string) { p.finish() }
	p.password.Entry.OnEscape = p.leave
	p.password.Entry.OnChanged = func(string) { p.password.SetWrong("") }
	p.button = widgets.NewButton(widgets.PineButton, say("pair.do"), p.finish)
	return p
}

func (p *pairPage) destination() place { return placeDevices }
func (p *pairPage) leave()             { p.u.visit(placeDevices) }

func (p *pairPage) focus() fyne.Focusable {
	switch p.step {
	case pairWaiting, pairJoined:
		return p.digits
	case pairPassword:
		return p.password.Entry
	}
	return nil
}

// part ends the pairing; once somebody joined it asks first.
func (p *pairPage) part(then func()) {
	switch p.step {
	case pairDone, pairOver:
		p.cancel()
		then()
	case pairJoined, pairPassword:
		p.u.raise(&questionSheet{
			u: p.u, title: say("pair.stop.title"), body: say("pair.stop.body", with{"Device": p.guest.Name}),
			stay: say("pair.stop.stay"), stop: say("pair.stop"), act: func() { p.stop(); then() },
		})
	default:
		p.stop()
		then()
	}
}

// stop ends the pairing here and tells the new device.
func (p *pairPage) stop() {
	p.cancel()
	if pairing := p.pairing; pairing != nil {
		p.u.call(func(ctx context.Context) error { pairing.Stop(ctx); return nil }, func(error) {})
	}
}

// gone reports whether the person left the page: then nothing that comes matters.
func (p *pairPage) gone() bool { return p.ctx.Err() != nil }

// to shows the next step.
func (p *pairPage) to(step pairStep) {
	p.step = step
	if p.u.page == page(p) {
		p.u.stage.fresh()
		p.u.stage.draw()
	}
}

func (p *pairPage) over(err error) {
	p.trouble = sentence(err)
	p.to(pairOver)
}

func (p *pairPage) begin() {
	p.u.call(func(ctx context.Context) (err error) {
		p.pairing, err = p.u.device.BeginPairing(ctx)
		return err
	}, func(err error) {
		switch {
		case p.gone() && err == nil:
			p.stop()
		case p.gone():
		case err != nil:
			p.over(err)
		default:
			p.show()
		}
	})
}

// show shows the picture, and waits for who reads it.
func (p *pairPage) show() {
	var err error
	if p.qr, err = widgets.NewQR(p.pairing.Invite().Link, qrSide); err != nil {
		p.stop()
		p.over(err)
		return
	}
	p.to(pairWaiting)
	var guest app.Newcomer
	p.u.wait(p.ctx, func(ctx context.Context) (err error) {
		guest, err = p.pairing.Meet(ctx)
		return err
	}, func(err error) {
		switch {
		case p.gone():
		case err != nil:
			p.over(err)
		default:
			p.guest = guest
			p.to(pairJoined)
			p.check()
		}
	})
}

// qrSide is the side of the picture.
const qrSide = 288

// check compares the digits as soon as there are six: there is only one try.
func (p *pairPage) check() {
	if p.step != pairJoined || !p.digits.Full() {
		return
	}
	if err := p.pairing.Check(p.digits.Text()); err != nil {
		p.over(err)
		return
	}
	p.to(pairPassword)
}

// finish lets the device in. A wrong password may be typed again.
func (p *pairPage) finish() {
	if p.button.Disabled() || p.password.Text() == "" {
		return
	}
	setBusy(p.button, true, say("pair.do"))
	p.u.wait(p.ctx, func(ctx context.Context) error {
		_, err := p.pairing.Finish(ctx, p.password.Text())
		return err
	}, func(err error) {
		setBusy(p.button, false, say("pair.do"))
		switch {
		case p.gone():
		case err == nil:
			p.to(pairDone)
		case mayTryAgain(err):
			p.password.SetWrong(sentence(err))
			p.to(pairPassword)
		default:
			p.over(err)
		}
	})
}

// mayTryAgain reports whether a pairing goes on after a refusal.
func mayTryAgain(err error) bool {
	switch app.TroubleOf(err) {
	case app.TroublePassword, app.TroubleSlow, app.TroubleUnreachable:
		return true
	}
	return false
}
