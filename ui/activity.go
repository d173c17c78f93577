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
	filter := widgets.NewSegments([]string{say("activity.all"), say("activity.sign-ins"), say("activity.changes")}, int(p.only), func(n int) {
		p.only = group(n)
		p.u.stage.draw()
	})
	if s.wide && !s.stacked {
		return widgets.Row(16, widgets.Grow(title(say("activity.title"))), filter.InOneRow())
	}
	return widgets.Column(16, title(say("activity.title")), filter)
}

func (p *activityPage) empty() fyne.CanvasObject {
	if p.only != all {
		return widgets.Empty(say("activity.empty.filter"), nil)
	}
	return widgets.Empty(say("activity.empty"), nil)
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
