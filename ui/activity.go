package ui

import (
	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// activityPage tells what happened, newest first, by day.
type activityPage struct {
	u    *UI
	only group
}

// mostLines is how many lines are drawn; older ones are of no use on a screen.
const mostLines = 200

func (p *activityPage) destination() place { return placeActivity }

func (p *activityPage) draw(s shape) fyne.CanvasObject {
	u := p.u
	content := widgets.Column(0, p.head(s))
	for _, card := range []fyne.CanvasObject{p.doubts(s), p.chart(s)} {
		if card != nil {
			content.Add(widgets.Pad(16, 0, 0, 0, card))
		}
	}
	if u.view.Link.State != app.Online && !u.view.Link.Heard.IsZero() {
		content.Add(widgets.Pad(8, 4, 0, 4, small(say("activity.as-of", with{"Moment": moment(u.view.Link.Heard, u.now())}))))
	}
	happened, told := lines(u.view.Activity, u.now(), p.only)
	if len(told) == 0 {
		content.Add(p.empty())
		return u.scrolled(s, content)
	}
	happened, told = happened[:min(len(told), mostLines)], told[:min(len(told), mostLines)]
	for begin := 0; begin < len(told); {
		end := begin + 1
		for end < len(told) && daysBefore(happened[end].At, u.now()) == daysBefore(happened[begin].At, u.now()) {
			end++
		}
		content.Add(section(dayHead(happened[begin].At, u.now())))
		content.Add(dayList(s, happened[begin:end], told[begin:end]))
		begin = end
	}
	return u.scrolled(s, content)
}

func (p *activityPage) head(s shape) fyne.CanvasObject {
	words := []string{say("activity.all"), say("activity.sign-ins"), say("activity.changes"), say("activity.odd")}
	filter := widgets.NewSegments(words, int(p.only), func(n int) { p.show(group(n)) })
	if s.wide && !s.stacked {
		return widgets.Row(16, widgets.Grow(title(say("activity.title"))), filter.InOneRow())
	}
	return widgets.Column(16, title(say("activity.title")), filter)
}

func (p *activityPage) show(only group) {
	p.only = only
	p.u.stage.draw()
}

func (p *activityPage) empty() fyne.CanvasObject {
	return widgets.Empty(say(map[group]string{
		all: "activity.empty", signIns: "activity.empty.sign-ins", changes: "activity.empty.changes", odd: "activity.empty.odd",
	}[p.only]), nil)
}

// doubtFor is how long the page says what to do about a line that does not match.
const doubtFor = 30 // days

// doubts says what red lines mean and what to do, nil if there are none.
func (p *activityPage) doubts(s shape) fyne.CanvasObject {
	u, n := p.u, 0
	for _, a := range u.view.Activity {
		if a.Doubt && daysBefore(a.At, u.now()) <= doubtFor {
			n++
		}
	}
	if n == 0 || p.only == changes {
		return nil
	}
	head := widgets.Lead(12, 24, widgets.NewIcon("warning", 24, widgets.Brick), widgets.NewText(count("activity.doubt.title", n), widgets.Strong, widgets.Brick))
	buttons := []fyne.CanvasObject{widgets.NewButton(widgets.BrickButton, say("activity.doubt.password"), func() { u.goTo(newChangePage(u, p)) }).Small()}
	if p.only != odd {
		buttons = append(buttons, widgets.NewButton(widgets.SecondButton, say("activity.doubt.show"), func() { p.show(odd) }).Small())
	}
	foot := buttons[0]
	if len(buttons) == 2 {
		foot = beside(s, buttons[0], buttons[1])
	}
	text := widgets.Column(8, head,
		widgets.NewText(say("activity.doubt.body"), widgets.Small, widgets.Ink),
		widgets.NewText(say("activity.doubt.do", with{"Server": host(u.view.Server)}), widgets.SmallB, widgets.Ink))
	return widgets.NewBox(widgets.SoftBrick, widgets.Pad(20, 20, 20, 20, widgets.Column(16, text, foot)))
}

// dayList shows the lines of one day; what is wrong is red, and says so.
func dayList(s shape, happened []app.Activity, told []line) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for i, l := range told {
		item := widgets.ItemText{Icon: l.icon, Tile: tileOf(l.tone), IconColour: colourOf(l.tone), Name: l.title, Second: l.more}
		at := widgets.NewLine(clock(happened[i].At), widgets.Small, widgets.Ink2)
		if s.stacked {
			item.Second = say("line.and", with{"First": clock(happened[i].At), "Second": l.more})
		} else {
			item.End = at
		}
		if happened[i].Doubt {
			item.Colour = widgets.Brick
		}
		rows = append(rows, widgets.NewItem(item, nil))
	}
	return widgets.List(rows...)
}
