package main

import (
	"fmt"
	"io"
)

// factor is how much each rate is varied, up and down.
const factor = 3

// varied is the goal under one changed rate.
type varied struct {
	Rate      string     `json:"rate"`
	Value     float64    `json:"value"`
	Unit      unit       `json:"unit"`
	LockedOut [2]float64 `json:"lockedOut"` // of 10,000: the first rules, the second
	Taken     [2]float64 `json:"takenOver"`
	Verdicts  []verdict  `json:"verdicts"`
}

// vary plays the first two sets of rules again for each rate, times and by three.
func (s study) vary(workers int) []varied {
	s.rules = s.rules[:2]
	var out []varied
	stated := stated()
	base := s.rates
	for i := range rateCount {
		for _, by := range []float64{factor, 1.0 / factor} {
			s.rates = base.scaled(i, by)
			found := s.run(workers)
			v := varied{Rate: stated[i].name, Value: s.rates[i], Unit: stated[i].unit, Verdicts: judge(found)}
			for k := range s.rules {
				l := newLine("", column(found, k))
				v.LockedOut[k], v.Taken[k] = l.LockedOut.Mean, l.Taken.Mean
			}
			out = append(out, v)
		}
	}
	return out
}

// printVaried writes what varies, and marks where the goal does not hold.
func printVaried(w io.Writer, all []varied) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(w, "\nEach rate times and by %d; locked out and taken over, first rules / second:\n\n", factor)
	for _, v := range all {
		fmt.Fprintf(w, "%-58s %8.4g %-8s %8.1f /%6.1f %8.1f /%6.1f", v.Rate, v.Value, v.Unit,
			v.LockedOut[0], v.LockedOut[1], v.Taken[0], v.Taken[1])
		for _, x := range v.Verdicts {
			if x.Ruled != met {
				fmt.Fprintf(w, "  %s: %s", x.Goal, x.Ruled)
			}
		}
		fmt.Fprintln(w)
	}
}
