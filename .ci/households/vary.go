package main

import (
	"fmt"
	"io"
)

// factor is how much each rate is varied, up and down.
const factor = 3

// varied is the goal under one changed rate: the first rules, ours, and ours with
// the change that reaches the goal.
type varied struct {
	Rate      string       `json:"rate"`
	Value     float64      `json:"value"`
	Unit      unit         `json:"unit"`
	LockedOut [3]float64   `json:"lockedOut"` // of 10,000
	Taken     [3]float64   `json:"takenOver"`
	Verdicts  [2][]verdict `json:"verdicts"` // ours, and changed
}

// vary plays half as many households again for each rate, times and by three.
func (s study) vary(workers int) []varied {
	s.rules = []rules{apple2013(), countersign(), reaching()}
	s.homes = max(s.homes/2, 1)
	var out []varied
	base := s.rates
	for i, stated := range stated() {
		for _, by := range []float64{factor, 1.0 / factor} {
			s.rates = base.scaled(rate(i), by)
			found := s.run(workers)
			v := varied{Rate: stated.name, Value: s.rates[i], Unit: stated.unit}
			for k := range s.rules {
				l := newLine("", column(found, k))
				v.LockedOut[k], v.Taken[k] = l.LockedOut.Mean, l.Taken.Mean
			}
			v.Verdicts = [2][]verdict{judge(found, 1), judge(found, 2)}
			out = append(out, v)
		}
	}
	return out
}

// printVaried writes what varies, and where the goal does not hold.
func printVaried(w io.Writer, all []varied) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(w, "\nEach rate times and by %d, half as many households: locked out, taken over (first / ours / ours with %s);\n"+
		"in brackets what is not met with certainty, by ours | by the change: L lock-outs, T takeovers, small letters: only in the mean.\n\n",
		factor, reaching().name)
	for _, v := range all {
		fmt.Fprintf(w, "%-68s %8.4g %-8s %7.1f /%6.1f /%6.1f %8.1f /%6.1f /%6.1f  [%s|%s]\n", v.Rate, v.Value, v.Unit,
			v.LockedOut[0], v.LockedOut[1], v.LockedOut[2], v.Taken[0], v.Taken[1], v.Taken[2],
			letters(v.Verdicts[0]), letters(v.Verdicts[1]))
	}
}

// letters is a short word for what the verdicts say against the goal.
func letters(of []verdict) string {
	out := ""
	for i, v := range of {
		switch v.Ruled {
		case missed:
			out += "LT"[i : i+1]
		case open:
			out += "lt"[i : i+1]
		}
	}
	return out
}
