package ui

import (
	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// What a browser that is signed in already asks for: to make or to remove an app
// password. Whoever allows it must not take it for a sign-in.

// The two, as the backend calls them.
const (
	actionMake   = "credential"
	actionRemove = "revoked"
)

// asksMore reports whether a request is for more than to sign in.
func asksMore(r app.Request) bool { return r.Action.Op != "" }

// askTitle is the question that a request puts.
func askTitle(r app.Request) string {
	switch r.Action.Op {
	case actionMake:
		return say("ask.title.make")
	case actionRemove:
		return say("ask.title.remove")
	}
	return say("ask.title")
}

// actionWords say which app password it is about.
func actionWords(r app.Request) string {
	return say("ask.action", with{"Name": r.Action.Name, "Service": r.Action.Service})
}

// actionFact is what a request asks for, before who asks.
func actionFact(r app.Request) widgets.Fact {
	return widgets.Fact{Icon: "apps", Label: say("ask.what"), Value: widgets.NewText(actionWords(r), widgets.Strong, widgets.Brass)}
}

// codeTitle says what the code is for.
func codeTitle(r app.Request) string {
	switch r.Action.Op {
	case actionMake:
		return say("code.title.make", with{"Name": r.Action.Name})
	case actionRemove:
		return say("code.title.remove", with{"Name": r.Action.Name})
	}
	return say("code.title", with{"Service": r.Service})
}

// actionDone is how it is told that a page was given what it asked for.
func actionDone(a app.Activity) string {
	if a.Action.Op == actionRemove {
		return "activity.action.remove"
	}
	return "activity.action.make"
}
