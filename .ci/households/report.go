package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
)

// estimate is a mean over seeds, with half its 95 % interval.
type estimate struct {
	Mean float64 `json:"mean"`
	Half float64 `json:"half"`
}

// mean estimates from one figure for each seed.
func mean(figures []float64) estimate {
	n := float64(len(figures))
	sum, squares := 0.0, 0.0
	for _, f := range figures {
		sum += f
	}
	m := sum / n
	for _, f := range figures {
		squares += (f - m) * (f - m)
	}
	return estimate{m, student(len(figures)-1) * math.Sqrt(squares/(n-1)/n)}
}

// student is the 97.5 % point of Student's distribution.
func student(freedom int) float64 {
	points := []float64{12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262}
	if freedom > len(points) {
		return 2.262 // wider than it need be
	}
	return points[freedom-1]
}

func (e estimate) String() string { return fmt.Sprintf("%.1f ± %.1f", e.Mean, e.Half) }

// line is one set of rules in the report, in households out of 10,000.
type line struct {
	Rules     string             `json:"rules"`
	LockedOut estimate           `json:"lockedOut"`
	Taken     estimate           `json:"takenOver"`
	Anew      estimate           `json:"begunAnew"`
	Entries   estimate           `json:"entries"`
	Outages   estimate           `json:"outages"`
	Hours     estimate           `json:"hoursEach"`
	Stops     stops              `json:"stops"` // of all seeds together
	Why       map[string]float64 `json:"why"`
	Verdicts  []verdict          `json:"verdicts"` // against the first line
}

// verdict is a part of the goal, as a difference that must not be above zero.
type verdict struct {
	Goal  string   `json:"goal"`
	Over  estimate `json:"over"` // per 10,000, seed by seed on the same lives
	Ruled string   `json:"ruled"`
}

// What a verdict says.
const (
	met    = "met"
	open   = "met in the mean, not in the whole interval"
	missed = "missed"
)

// report is all that a run found.
type report struct {
	Homes       int      `json:"homes"`
	Years       float64  `json:"years"`
	Seeds       int      `json:"seeds"`
	Lines       []line   `json:"lines"`
	Sensitivity []varied `json:"sensitivity,omitempty"`
}

// report plays the study, and each rate's variation where asked to.
func (s study) report(workers int, sensitivity bool) report {
	found := s.run(workers)
	out := report{Homes: s.homes, Years: s.years, Seeds: len(s.seeds)}
	for k, r := range s.rules {
		l := newLine(r.name, column(found, k))
		l.Verdicts = judge(found, k)
		out.Lines = append(out.Lines, l)
	}
	if sensitivity {
		out.Sensitivity = s.vary(workers)
	}
	return out
}

// column picks one set of rules from all seeds.
func column(found [][]tally, k int) []tally {
	out := make([]tally, len(found))
	for i := range found {
		out[i] = found[i][k]
	}
	return out
}

func newLine(name string, seeds []tally) line {
	over := func(figure func(tally) float64) estimate {
		figures := make([]float64, len(seeds))
		for i, t := range seeds {
			figures[i] = figure(t)
		}
		return mean(figures)
	}
	out := line{
		Rules:     name,
		LockedOut: over(func(t tally) float64 { return t.of10000(t.Ends[lockedOut]) }),
		Taken:     over(func(t tally) float64 { return t.of10000(t.Ends[taken]) }),
		Anew:      over(func(t tally) float64 { return t.of10000(t.Anew) }),
		Entries:   over(func(t tally) float64 { return t.of10000(t.Entries) }),
		Outages:   over(func(t tally) float64 { return t.of10000(t.Outages) }),
		Hours:     over(func(t tally) float64 { return t.Hours / float64(max(t.Outages, 1)) }),
		Why:       map[string]float64{},
	}
	for _, t := range seeds {
		out.Stops.add(t.Stops)
		for why, n := range t.Why {
			out.Why[why] += t.of10000(n) / float64(len(seeds))
		}
	}
	return out
}

func (t tally) of10000(n int) float64 { return float64(n) * 10000 / float64(t.Homes) }

// judge compares a set of rules with the first.
func judge(found [][]tally, k int) []verdict {
	over := func(e end, part float64) estimate {
		figures := make([]float64, len(found))
		for i, t := range found {
			figures[i] = t[k].of10000(t[k].Ends[e]) - part*t[0].of10000(t[0].Ends[e])
		}
		return mean(figures)
	}
	return []verdict{
		rule("lock-outs at most a tenth", over(lockedOut, 0.1)),
		rule("takeovers not more", over(taken, 1)),
	}
}

func rule(goal string, over estimate) verdict {
	v := verdict{goal, over, open}
	switch {
	case over.Mean > 0:
		v.Ruled = missed
	case over.Mean+over.Half <= 0:
		v.Ruled = met
	}
	return v
}

// legend says what letters mean.
const legend = "Not met: L lock-outs at most a tenth of the first line's, T takeovers not more; small letters: met in the mean only."

// print writes the report as tables.
func (r report) print(w io.Writer) {
	fmt.Fprintf(w, "Of 10,000 households in %g years, mean of %d times %d lives ± 95 %% interval:\n\n", r.Years, r.Seeds, r.Homes)
	fmt.Fprintf(w, "%-51s %13s %13s %13s %13s %15s %12s  goal\n", "", "locked out", "taken over", "begun anew", "entered", "shut out, back", "hours each")
	for i, l := range r.Lines {
		goal := ""
		if i > 0 {
			goal = cmp.Or(letters(l.Verdicts), "met")
		}
		fmt.Fprintf(w, "%-51s %13v %13v %13v %13v %15v %12v  %s\n", l.Rules, l.LockedOut, l.Taken, l.Anew, l.Entries, l.Outages, l.Hours, goal)
	}
	fmt.Fprintln(w, "\n"+legend)
	told := r.Lines[:min(explained, len(r.Lines))]
	for _, l := range told {
		l.explain(w)
	}
	fmt.Fprintln(w)
	for _, l := range told[1:] {
		for _, v := range l.Verdicts {
			fmt.Fprintf(w, "%s, %s: %s (over by %v)\n", l.Rules, v.Goal, v.Ruled, v.Over)
		}
	}
	printVaried(w, r.Sensitivity)
}

// explained is how many sets of rules are told with reasons: the ancestor's, ours,
// and ours with the operator.
const explained = 3

// explain writes the reasons, the most frequent first.
func (l line) explain(w io.Writer) {
	fmt.Fprintf(w, "\n%s, why:\n", l.Rules)
	whys := slices.SortedFunc(maps.Keys(l.Why), func(a, b string) int {
		return cmp.Or(cmp.Compare(l.Why[b], l.Why[a]), cmp.Compare(a, b))
	})
	for _, why := range whys {
		fmt.Fprintf(w, "  %8.1f  %s\n", l.Why[why], why)
	}
	if s := l.Stops; s.Begun > 0 {
		fmt.Fprintf(w, "  of %d waits: stopped %d times by mistake, kept stopped by a thief %d, by another stranger %d\n",
			s.Begun, s.Mistake, s.Thief, s.Stranger)
	}
}
