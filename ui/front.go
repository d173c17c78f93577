package ui

import (
	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
)

// asking gives the requests that stand in front of everything: not put away, and
// not meant for another device.
func (u *UI) asking() []app.Request {
	var out []app.Request
	for _, r := range u.view.Requests {
		if u.reopened[r.ID] || !r.PutAway && !u.hidden[r.ID] && u.mine(r) {
			out = append(out, r)
		}
	}
	return out
}

// mine reports whether the page wants this device to ring.
func (u *UI) mine(r app.Request) bool { return r.Target.IsZero() || r.Target == u.view.This }

// settleFront decides what covers the screen: a code goes before requests, they
// go before an outcome that gives advice.
func (u *UI) settleFront() {
	asking := u.asking()
	switch {
	case u.view.Shown != nil:
		u.setFront(&codePage{u: u, shown: *u.view.Shown, left: u.wrongTries(u.view.Shown.Request.ID)})
	case len(asking) == 1:
		u.setFront(&requestSheet{u: u, request: asking[0]})
	case len(asking) > 1:
		u.setFront(&requestsPage{u: u, requests: asking})
	case u.outcome != nil && u.outcome.kind == kindDenied:
		u.setFront(&notMeSheet{u: u, outcome: *u.outcome})
	case u.prompt != nil:
		u.setFront(u.prompt)
	default:
		u.setFront(nil)
	}
}

// front is what covers the screen: a page of the whole window, or a sheetPage.
type front interface{ leavable }

// successor is a front that may take over from the one before: take carries over
// what the person did there, and reports whether the old one can as well stay.
type successor interface{ take(old front) bool }

func (u *UI) setFront(f front) {
	if f == u.front {
		return
	}
	if s, ok := f.(successor); ok && u.front != nil && s.take(u.front) {
		return
	}
	u.front = f
	u.stage.fresh()
}

// top gives what the person has before them.
func (u *UI) top() any {
	if u.front != nil {
		return u.front
	}
	return u.page
}

// bell rings once for each request that comes to the front, and is quiet when
// none is left.
func (u *UI) bell() {
	asking := u.asking()
	for _, r := range asking {
		if !u.rang[r.ID] {
			u.rang[r.ID] = true
			u.o.Desktop.Ring()
			u.Show()
		}
	}
	if len(asking) == 0 && len(u.rang) > 0 {
		u.o.Desktop.Quiet()
		u.rang = make(map[trust.ChallengeID]bool)
	}
	u.o.Desktop.TrayState(u.trayState(asking))
}

func (u *UI) trayState(asking []app.Request) TrayState {
	switch {
	case len(asking) > 0:
		return TrayAsking
	case u.view.Link.State == app.Offline:
		return TrayOffline
	}
	return TrayIdle
}

// bringBack puts what was put away in front again.
func (u *UI) bringBack() {
	for _, r := range u.view.Requests {
		u.reopened[r.ID] = true
	}
	u.settleFront()
	u.stage.draw()
}
