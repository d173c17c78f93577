package main

import (
	"fmt"
	"io"
)

// factor is how much each rate is varied, up and down.
const factor = 3

// compared are the sets of rules that are played under each changed rate: the first
// one's figures are what the others are held to.
func compared() []rules { return []rules{apple2013(), countersign(), byOperator(), byText()} }

// varied is the goal under one changed rate, for each set of rules compared.
type varied struct {
	Rate      string      `json:"rate"`
	Value     float64     `json:"value"`
	Unit      unit        `json:"unit"`
	LockedOut []float64   `json:"lockedOut"` // of 10,000
	Taken     []float64   `json:"takenOver"`
	Verdicts  [][]verdict `json:"verdicts"` // none for the first
}

// vary plays half as many households again for each rate, times and by three.
func (s study) vary(workers int) []varied {
	s.rules = compared()
	s.homes = max(s.homes/2, 1)
	var out []varied
	base := s.rates
	for i, stated := range stated() {
		for _, by := range []float64{factor, 1.0 / factor} {
			s.rates = base.scaled(rate(i), by)
			v := varied{Rate: stated.name, Value: s.rates[i], Unit: stated.unit}
			v.hold(s.run(workers), len(s.rules))
			out = append(out, v)
		}
	}
	return out
}

// hold fills in what was found under each set of rules.
func (v *varied) hold(found [][]tally, sets int) {
	for k := range sets {
		l := newLine("", column(found, k))
		v.LockedOut = append(v.LockedOut, l.LockedOut.Mean)
		v.Taken = append(v.Taken, l.Taken.Mean)
		var verdicts []verdict
		if k > 0 {
			verdicts = judge(found, k)
		}
		v.Verdicts = append(v.Verdicts, verdicts)
	}
}

// printVaried writes what varies, and where the goal does not hold.
func printVaried(w io.Writer, all []varied) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(w, "\nEach rate times and by %d, half as many households. In brackets what is not met. The columns:\n", factor)
	for i, r := range compared() {
		fmt.Fprintf(w, "  %d %s\n", i+1, r.name)
	}
	fmt.Fprintf(w, "\n%-82s %-50s %s\n", "", "locked out", "taken over")
	for _, v := range all {
		fmt.Fprintf(w, "%-65s %8.4g %-8s", v.Rate, v.Value, v.Unit)
		for k, n := range v.LockedOut {
			fmt.Fprintf(w, " %7.1f%-3s", n, bracket(v.Verdicts[k], 0))
		}
		for k, n := range v.Taken {
			fmt.Fprintf(w, " %6.1f%-3s", n, bracket(v.Verdicts[k], 1))
		}
		fmt.Fprintln(w)
	}
}

// bracket marks one figure that misses its part of the goal.
func bracket(of []verdict, part int) string {
	if len(of) == 0 || of[part].Ruled == met {
		return ""
	}
	return "[" + letter(of[part], part) + "]"
}

// letters is a short word for what the verdicts say against the goal.
func letters(of []verdict) string {
	out := ""
	for part, v := range of {
		out += letter(v, part)
	}
	return out
}

func letter(v verdict, part int) string {
	switch v.Ruled {
	case missed:
		return "LT"[part : part+1]
	case open:
		return "lt"[part : part+1]
	}
	return ""
}
