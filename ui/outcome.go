package ui

import (
	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
)

// outcome is how a request ended that the person had in front of them.
type outcome struct {
	kind    string // an activity's kind
	request app.Request
	device  string // who answered, if it was another device
	seen    bool   // its card was drawn
}

// settleOutcome finds out how the code on display or the requests in front ended.
func (u *UI) settleOutcome(old app.View) {
	if u.view.Shown != nil {
		u.shown, u.outcome = u.view.Shown, nil
	}
	if u.shown != nil && u.view.Shown == nil {
		u.settleShown(*u.shown)
	}
	for _, r := range old.Requests {
		if u.mine(r) && !r.PutAway && !u.answered[r.ID] && !u.waits(r.ID) {
			u.settleElsewhere(r)
		}
	}
}

// settleShown tells how the code ended. A code whose time is over may still
// turn out to have been typed, so it stays known until its sign-in ended.
func (u *UI) settleShown(shown app.Shown) {
	id := shown.Request.ID
	if end := u.endOf(id); end != "" {
		if end != kindDenied || u.outcome == nil {
			u.outcome = &outcome{kind: end, request: shown.Request}
		}
		u.shown = nil
		return
	}
	if !u.hidden[id] && !u.now().Before(shown.Until) {
		u.outcome = &outcome{kind: kindExpired, request: shown.Request}
	}
}

// settleElsewhere tells that another device or the page itself ended a request.
func (u *UI) settleElsewhere(r app.Request) {
	for _, a := range u.view.Activity {
		if a.Request != r.ID {
			continue
		}
		switch a.Kind {
		case kindDenied, kindAnswered, kindDone:
			if a.Device != "" && a.Device != u.thisName() {
				u.outcome = &outcome{kind: kindAnswered, request: r, device: a.Device}
			}
			return
		case kindExpired, kindStopped:
			u.outcome = &outcome{kind: a.Kind, request: r}
			return
		}
	}
}

// endOf gives the kind of activity that ended a sign-in, "" if it goes on.
func (u *UI) endOf(id trust.ChallengeID) string {
	for _, a := range u.view.Activity {
		if a.Request != id {
			continue
		}
		switch a.Kind {
		case kindDone, kindBurned, kindDenied, kindExpired, kindStopped:
			return a.Kind
		}
	}
	return ""
}

// wrongTries gives how many tries are left after a wrong code, 0 if none was typed.
// Offline codes are counted apart.
func (u *UI) wrongTries(id trust.ChallengeID) int {
	for _, a := range u.view.Activity {
		if a.Request == id && a.Kind == kindWrong && a.By != howOffline && a.By != howText {
			return a.Left
		}
	}
	return 0
}

// waits reports whether a request still waits.
func (u *UI) waits(id trust.ChallengeID) bool {
	for _, r := range u.view.Requests {
		if r.ID == id {
			return true
		}
	}
	return false
}

func (u *UI) thisName() string {
	for _, d := range u.view.Devices {
		if d.This {
			return d.Name
		}
	}
	return ""
}

// dismiss puts the outcome away.
func (u *UI) dismiss() {
	u.outcome = nil
	u.settleFront()
	u.stage.draw()
}
