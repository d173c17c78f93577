package ui

import (
	"cmp"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// namedServices is how many services the chart tells apart; the rest is "Other".
const namedServices = 2

// tally counts who came in, by day and service.
type tally struct {
	days     []map[string]int // today is the last; by service
	doubted  []int            // of each day: without a device's signature
	services []string         // the most frequent first
	sums     map[string]int
	total    int
	wrong    int
	alone    int // by the password alone
}

// count tallies the sign-ins of the last days, today among them.
func countSignIns(activity []app.Activity, now time.Time, days int) tally {
	t := tally{days: make([]map[string]int, days), doubted: make([]int, days), sums: make(map[string]int)}
	for i := range t.days {
		t.days[i] = make(map[string]int)
	}
	for _, a := range activity {
		i := days - 1 - daysBefore(a.At, now)
		if a.Kind != kindDone && a.Kind != kindOffline && a.Kind != kindText || i < 0 || i >= days {
			continue
		}
		t.total++
		if a.Doubt {
			t.wrong++
			t.doubted[i]++
			continue
		}
		if a.By == howPassword {
			t.alone++
		}
		service := orElse(a.Service, "word.the-account")
		t.days[i][service]++
		t.sums[service]++
	}
	for service := range t.sums {
		t.services = append(t.services, service)
	}
	slices.SortFunc(t.services, func(a, b string) int {
		return cmp.Or(cmp.Compare(t.sums[b], t.sums[a]), cmp.Compare(a, b))
	})
	return t
}

// named gives the services that have a pattern of their own.
func (t tally) named() []string {
	if len(t.services) == namedServices+1 {
		return t.services // no room is saved by calling one service "Other"
	}
	return t.services[:min(len(t.services), namedServices)]
}

// parts gives one day from the bottom up.
func (t tally) parts(day int) []widgets.Part {
	var parts []widgets.Part
	rest := 0
	for _, n := range t.days[day] {
		rest += n
	}
	for i, service := range t.named() {
		parts = append(parts, widgets.Part{Pattern: widgets.Pattern(i), Count: t.days[day][service]})
		rest -= t.days[day][service]
	}
	return append(parts, widgets.Part{Pattern: widgets.Hollow, Count: rest}, widgets.Part{Pattern: widgets.Split, Count: t.doubted[day]})
}

func (t tally) legend() []widgets.LegendEntry {
	var all []widgets.LegendEntry
	rest := t.total - t.wrong
	for i, service := range t.named() {
		all = append(all, widgets.LegendEntry{Pattern: widgets.Pattern(i), Text: say("activity.legend", with{"Service": service, "N": t.sums[service]})})
		rest -= t.sums[service]
	}
	if rest > 0 {
		all = append(all, widgets.LegendEntry{Pattern: widgets.Hollow, Text: say("activity.legend", with{"Service": say("activity.other"), "N": rest})})
	}
	if t.wrong > 0 {
		all = append(all, widgets.LegendEntry{Pattern: widgets.Split, Text: say("activity.legend", with{"Service": say("activity.without"), "N": t.wrong})})
	}
	return all
}

// sum says how many came in, and how.
func (t tally) sum() (string, fyne.ThemeColorName) {
	switch total := (with{"Total": t.total}); {
	case t.wrong > 0:
		return count("activity.sum.doubt", t.wrong, total), widgets.Brick
	case t.alone > 0:
		return count("activity.sum.alone", t.alone, total), widgets.Brass
	}
	return count("activity.sum", t.total), widgets.Ink2
}

// chartDays is how many days there is room for.
func chartDays(s shape) int {
	switch {
	case s.wide && !s.stacked:
		return 30
	case s.wide || !s.stacked:
		return 14
	}
	return 7
}

// chart shows the sign-ins of the last days, nil if there were none.
func (p *activityPage) chart(s shape) fyne.CanvasObject {
	now, n := p.u.now(), chartDays(s)
	t := countSignIns(p.u.view.Activity, now, n)
	if t.total == 0 || p.only == changes || p.only == odd {
		return nil
	}
	days := make([]widgets.ChartDay, n)
	for i := range days {
		days[i] = widgets.ChartDay{Label: dayLabel(s, n-1-i, n, now), Parts: t.parts(i)}
	}
	sum, colour := t.sum()
	head := []fyne.CanvasObject{widgets.NewText(count("activity.days", n), widgets.Strong, widgets.Ink), widgets.NewText(sum, widgets.Small, colour)}
	top := fyne.CanvasObject(widgets.Column(2, head...))
	if s.wide && !s.stacked {
		top = widgets.Row(24, widgets.Grow(head[0]), widgets.NewLine(sum, widgets.Small, colour))
	}
	content := widgets.Column(12, top, widgets.NewChart(days), widgets.Legend(t.legend()))
	if since, ok := knownSince(p.u.view.Activity, now, n); ok {
		content.Add(small(say("activity.since", with{"Day": dayWord(since, now)})))
	}
	return widgets.NewBox(widgets.CardLook, widgets.Pad(20, 20, 20, 20, content))
}

// dayLabel names each seventh day from today; in large text today and the first.
func dayLabel(s shape, before, days int, now time.Time) string {
	if before == 0 {
		return say("day.today")
	}
	if s.stacked && before != days-1 || !s.stacked && before%7 != 0 {
		return ""
	}
	return date(now.AddDate(0, 0, -before), now)
}

// knownSince gives the day from which on this device knows what happened, if the
// chart begins before it: it joined later, or keeps no more.
func knownSince(activity []app.Activity, now time.Time, days int) (time.Time, bool) {
	oldest := activity[len(activity)-1]
	return oldest.At, oldest.Kind != kindCreated && daysBefore(oldest.At, now) < days-1
}
