package ui

import (
	"context"
	"slices"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
)

// Permitted is the part of a Device that makes what was allowed on a page.
type Permitted interface {
	MakePermitted(ctx context.Context, challenge trust.ChallengeID) (app.MadeAppPassword, error)
	RemovePermitted(ctx context.Context, challenge trust.ChallengeID) error
}

// carryOut makes what this device allowed and a page has got the code for: at once,
// since the person is waiting for it, and each once.
func (u *UI) carryOut() {
	for _, p := range u.view.Permits {
		if u.carried[p.ID] {
			continue
		}
		u.carried[p.ID] = true
		if p.Remove {
			u.removePermitted(p)
		} else {
			u.makePermitted(p)
		}
	}
}

func (u *UI) makePermitted(p app.Permit) {
	var made app.MadeAppPassword
	u.call(func(ctx context.Context) (err error) {
		made, err = u.device.MakePermitted(ctx, p.ID)
		return err
	}, func(err error) {
		if err != nil {
			u.tellUndone(say("apps.permit.not-made", with{"Name": p.Name}), err)
			return
		}
		at := slices.IndexFunc(u.view.Services, func(s app.Service) bool { return s.ID == p.Service })
		of := app.Service{ID: p.Service, Title: p.Title}
		if at >= 0 {
			of = u.view.Services[at]
		}
		u.goTo(newShownAppPage(u, of, made))
		u.Show()
	})
}

func (u *UI) removePermitted(p app.Permit) {
	u.call(func(ctx context.Context) error { return u.device.RemovePermitted(ctx, p.ID) }, func(err error) {
		if err != nil {
			u.tellUndone(say("apps.permit.not-removed", with{"Name": p.Name}), err)
			return
		}
		u.tellApps(say("apps.remove.done", with{"Name": p.Name}), say("apps.remove.done.body"))
	})
}

// tellUndone opens the list with what did not come about, and why.
func (u *UI) tellUndone(head string, err error) {
	u.goTo(&appsPage{u: u, told: &told{head, sentence(err)}, undone: true})
}
