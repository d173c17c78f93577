package ui

import (
	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/ui/widgets"
)

// What a browser that is signed in already asks for: to make or to remove an app
// password. Whoever allows it must not take it for a sign-in.

// asksMore reports whether a request is for more than to sign in.
func asksMore(r app.Request) bool { return r.Action != (api.Action{}) }

// askTitle is the question that a request puts.
func askTitle(r app.Request) string {
	switch r.Action.Op {
	case api.ChangeCredential:
		return say("ask.title.make")
	case api.ChangeRevoked:
		return say("ask.title.remove")
	}
	return say("ask.title")
}

// actionWords say which app password it is about.
func actionWords(a api.Action) string {
	return say("ask.action", with{"Name": a.Name, "Service": a.Service})
}

// actionFact is what a request asks for, before who asks.
func actionFact(r app.Request) widgets.Fact {
	return widgets.Fact{Icon: "apps", Label: say("ask.what"), Value: widgets.NewText(actionWords(r.Action), widgets.Strong, widgets.Brass)}
}

// codeTitle says what the code is for.
func codeTitle(r app.Request) string {
	switch r.Action.Op {
	case api.ChangeCredential:
		return say("code.title.make", with{"Name": r.Action.Name})
	case api.ChangeRevoked:
		return say("code.title.remove", with{"Name": r.Action.Name})
	}
	return say("code.title", with{"Service": r.Service})
}

// actionDone is how it is told that a page was given what it asked for.
func actionDone(a app.Activity) string {
	if a.Action.Op == api.ChangeRevoked {
		return "activity.action.remove"
	}
	return "activity.action.make"
}
