package ui

import (
	"context"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
)

// allow shows the code of a request; sad is told what kept it from coming.
func (u *UI) allow(r app.Request, sad func(sentence string)) {
	u.answered[r.ID] = true
	u.hidden[r.ID] = false
	u.call(func(ctx context.Context) error {
		_, err := u.device.Allow(ctx, r.ID)
		return err
	}, func(err error) {
		if err != nil {
			u.answered[r.ID] = false
			sad(sentence(err))
		}
	})
}

// notMe ends a request and gives advice.
func (u *UI) notMe(r app.Request, sad func(sentence string)) {
	u.answered[r.ID] = true
	u.call(func(ctx context.Context) error { return u.device.NotMe(ctx, r.ID) }, func(err error) {
		if err != nil {
			u.answered[r.ID] = false
			sad(sentence(err))
			return
		}
		u.shown, u.hidden[r.ID] = nil, true
		u.outcome = &outcome{kind: kindDenied, request: r}
		u.see(u.device.View())
	})
}

// notNow puts requests away; they stay open on Home.
func (u *UI) notNow(requests []app.Request) {
	for _, r := range requests {
		u.putAway(r.ID)
	}
	u.settleFront()
	u.stage.draw()
}

func (u *UI) putAway(id trust.ChallengeID) {
	delete(u.reopened, id)
	u.hidden[id] = true
	u.call(func(ctx context.Context) error { return u.device.NotNow(ctx, id) }, func(error) {})
}

// hideCode takes the code off the screen; its request stays on Home.
func (u *UI) hideCode(r app.Request) {
	u.hidden[r.ID] = true
	delete(u.reopened, r.ID)
	u.device.HideCode()
	u.see(u.device.View())
}

func (u *UI) checkNow() {
	if u.device != nil {
		u.call(u.device.CheckNow, func(error) {})
	}
}
