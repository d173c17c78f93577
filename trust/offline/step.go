package offline

import "time"

// Period is how long a step lasts. Fixed for ever.
const Period = 30 * time.Second

// Step numbers the half minutes since 1970: each has one code of each seed. The
// zero Step is before every code that can be shown.
type Step uint64

// StepAt gives the step of a time; zero before 1970.
func StepAt(t time.Time) Step { return Step(max(t.Unix(), 0)) / Step(Period/time.Second) }

// Begins gives the step's first second.
func (s Step) Begins() time.Time { return time.Unix(int64(s)*int64(Period/time.Second), 0) }

// Ends gives the first second after the step.
func (s Step) Ends() time.Time { return (s + 1).Begins() }
