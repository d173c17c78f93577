package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/clientsetup"
	"github.com/countersign/countersign/ui/widgets"
)

// shownAppPage shows a new app password, once: nobody can show it again when the page
// is gone.
type shownAppPage struct {
	u       *UI
	made    app.MadeAppPassword
	address string // what programs can be pointed to, "" for none
	profile []byte // the set-up file, nil for none
	copied  bool
	value   string // label of what lies in the clipboard beside it
	picture bool   // the app password as a picture
	link    bool   // the address as a picture
	saved   string // where the set-up file lies
	wrong   string
}

func newShownAppPage(u *UI, of app.Service, made app.MadeAppPassword) *shownAppPage {
	p := &shownAppPage{u: u, made: made, address: clientsetup.Address(of)}
	if profile, err := clientsetup.Profile(made); err == nil {
		p.profile = profile
	}
	return p
}

func (p *shownAppPage) leave() { p.u.visit(placeApps) }

func (p *shownAppPage) draw(s shape) fyne.CanvasObject {
	content := widgets.Column(16, heading(say("apps.shown", with{"Service": p.made.Title}), say("apps.shown.body", with{"Service": p.made.Title})),
		p.symbols(s), p.actions(s), small(p.typing()))
	if p.picture {
		content.Add(p.qr(p.text()))
	}
	if rows := p.rows(s); len(rows) > 0 {
		content.Add(widgets.Column(0, section(say("apps.where")), widgets.List(rows...)))
	}
	if p.link {
		content.Add(p.qr(p.address))
	}
	if p.saved != "" {
		content.Add(hint("check", widgets.Pine, say("apps.saved", with{"Path": p.saved})))
	}
	if p.wrong != "" {
		content.Add(hint("warning", widgets.Brick, p.wrong))
	}
	return task(s, content, widgets.NewButton(widgets.PineButton, say("apps.typed"), p.leave))
}

// text is what programs are given.
func (p *shownAppPage) text() string {
	if p.made.Setup.Canonical {
		return p.made.Secret.Canonical()
	}
	return p.made.Secret.Text()
}

// typing says how it is typed, and for how long it is copied.
func (p *shownAppPage) typing() string {
	how := say("apps.typing")
	if p.made.Setup.Canonical {
		how = say("apps.typing.exact")
	}
	if p.copied {
		how += " " + say("apps.copied")
	}
	return how
}

// symbols stand in groups, or joined where they must be typed so.
func (p *shownAppPage) symbols(s shape) fyne.CanvasObject {
	groups, row, style := p.made.Secret.Groups(), 3, widgets.Symbols
	if s.stacked || s.narrow {
		row, style = 2, widgets.Key
	}
	column := widgets.Column(4)
	for ; len(groups) > 0; groups = groups[row:] {
		if p.made.Setup.Canonical {
			column.Add(widgets.Centred(0, widgets.NewLine(strings.Join(groups[:row], ""), style, widgets.Ink)))
			continue
		}
		var line []fyne.CanvasObject
		for _, g := range groups[:row] {
			line = append(line, widgets.NewLine(g, style, widgets.Ink))
		}
		column.Add(widgets.Centred(0, widgets.Row(24, line...)))
	}
	return widgets.NewBox(widgets.WellLook, widgets.Pad(20, 8, 20, 8, column))
}

func (p *shownAppPage) actions(s shape) fyne.CanvasObject {
	word := say("apps.picture")
	if p.picture {
		word = say("apps.picture.hide")
	}
	show := widgets.NewButton(widgets.SecondButton, word, func() { p.picture = !p.picture; p.u.stage.draw() }).WithIcon("qr").Small()
	lend := widgets.NewButton(widgets.SecondButton, say("apps.copy"), p.copy).WithIcon("copy").Small()
	if !s.wide {
		return widgets.Column(8, lend, show)
	}
	return beside(s, show, lend)
}

func (p *shownAppPage) copy() {
	p.u.lend(p.text())
	p.copied, p.value = true, ""
	p.u.stage.draw()
}

// qr draws a text for the camera of a phone.
func (p *shownAppPage) qr(text string) fyne.CanvasObject {
	picture, err := widgets.NewQR(text, 220)
	if err != nil {
		return hint("warning", widgets.Brick, say("apps.picture.none"))
	}
	return widgets.Centred(220, picture)
}

// rows are what is typed where, each of which can be copied, and what does it instead
// of typing.
func (p *shownAppPage) rows(s shape) []fyne.CanvasObject {
	u, setup := p.u, p.made.Setup
	var rows []fyne.CanvasObject
	add := func(icon, label, value string) {
		if value != "" {
			rows = append(rows, p.copyRow(s, icon, label, value))
		}
	}
	add("person", say("apps.user"), setup.User)
	if setup.URL != "" {
		add("globe", say("apps.address"), setup.URL)
	} else {
		add("server", secured(say("apps.server"), setup.In), setup.In.Address())
	}
	add("signin", secured(say("apps.outgoing"), setup.Out), setup.Out.Address())
	add("place", say("apps.domain"), setup.Realm)
	if p.address != "" {
		show := func() { p.link = !p.link; u.stage.draw() }
		rows = append(rows, widgets.NewItem(widgets.ItemText{Icon: "phone", Name: say("apps.link"), Second: p.address, Act: "qr"}, show))
	}
	if p.profile != nil {
		rows = append(rows, row("laptop", say("apps.profile"), say("apps.profile.more"), p.askWhere))
	}
	return rows
}

// secured adds to what a server is for how programs protect the connection.
func secured(label string, c app.Connection) string {
	switch c.Secure {
	case "tls":
		return say("apps.dot", with{"First": label, "Second": "TLS"})
	case "starttls":
		return say("apps.dot", with{"First": label, "Second": "STARTTLS"})
	}
	return label
}

// copyRow is a value that lands in the clipboard when it is pressed, and says so.
func (p *shownAppPage) copyRow(s shape, icon, label, value string) fyne.CanvasObject {
	item := widgets.ItemText{Icon: icon, Name: label, Second: value, Act: "copy"}
	if p.value == label {
		item.Act = "check"
		if !s.stacked {
			item.End = widgets.NewLine(say("apps.value.copied"), widgets.Small, widgets.Pine)
		}
	}
	return widgets.NewItem(item, func() {
		p.u.takeBack()
		p.u.app.Clipboard().SetContent(value)
		p.copied, p.value = false, label
		p.u.stage.draw()
	})
}

// copyShown copies the app password that is shown, if one is and nothing covers it.
func (u *UI) copyShown() {
	if p, ok := u.page.(*shownAppPage); ok && u.front == nil && u.prompt == nil {
		p.copy()
	}
}
