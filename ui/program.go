package ui

import (
	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// Where a sign-in asks by password and code that is no page: a terminal, a network.

// What the backend calls programs that are no browsers.
const (
	agentTerminal = "Terminal"
	agentNetwork  = "Network"
	agentProgram  = "Program"
)

// byProgram reports whether a request comes from a service that takes the code itself:
// there is no page, and no browser that could be known.
func (u *UI) byProgram(r app.Request) bool {
	if r.Agent != agentTerminal && r.Agent != agentNetwork && r.Agent != agentProgram {
		return false
	}
	for _, s := range u.view.Services {
		if s.Code && s.Title == r.Service {
			return true
		}
	}
	return false
}

// lettersWord says what must show the letters.
func (u *UI) lettersWord(r app.Request) string {
	switch {
	case !u.byProgram(r):
		return say("ask.letters")
	case r.Agent == agentTerminal:
		return say("ask.letters.terminal")
	}
	return say("ask.letters.program")
}

// usingFact says what asks; of a browser also whether it was here before.
func (u *UI) usingFact(r app.Request) widgets.Fact {
	if !u.byProgram(r) {
		return widgets.Fact{Icon: "browser", Label: say("ask.using"), Value: widgets.Column(0,
			widgets.NewText(orElse(r.Agent, "word.unknown-program"), widgets.Body, widgets.Ink), browserText(r))}
	}
	return widgets.Fact{Icon: programIcon(r.Agent), Label: say("ask.using"), Value: widgets.Column(0,
		widgets.NewText(programWord(r.Agent), widgets.Body, widgets.Ink))}
}

func programIcon(agent string) string {
	switch agent {
	case agentTerminal:
		return "terminal"
	case agentNetwork:
		return "wifi"
	}
	return "apps"
}

func programWord(agent string) string {
	switch agent {
	case agentTerminal:
		return say("word.terminal")
	case agentNetwork:
		return say("word.network")
	}
	return say("word.program")
}

// codeGoesTo says where the code is typed: at a page's address, or where the service
// asks, which has none.
func (u *UI) codeGoesTo(r app.Request) (where, more string) {
	if u.byProgram(r) {
		return r.Service, say("code.no-page")
	}
	return r.Origin, ""
}

// serviceFact names the service, and its page where it has one.
func (u *UI) serviceFact(r app.Request) widgets.Fact {
	value := []fyne.CanvasObject{widgets.NewText(r.Service, widgets.Strong, widgets.Ink)}
	if !u.byProgram(r) {
		value = append(value, small(r.Origin))
	}
	return widgets.Fact{Icon: "globe", Label: say("ask.service"), Value: widgets.Column(0, value...)}
}
