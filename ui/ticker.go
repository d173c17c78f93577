package ui

import "time"

// ticker drives everything that counts on the screen. It runs only while
// something does, so that an idle window costs nothing.
type ticker struct {
	every func(d time.Duration, f func()) (stop func())
	steps []step
	pace  time.Duration
	round int // grows with reset
	stop  func()
}

// step is one thing that counts; it reports whether it goes on counting.
type step struct {
	pace time.Duration
	do   func() bool
}

// add makes do run at least every pace, until it gives false or reset.
func (t *ticker) add(pace time.Duration, do func() bool) {
	t.steps = append(t.steps, step{pace, do})
	t.adjust()
}

// run does a step at once, and then as add says.
func (t *ticker) run(pace time.Duration, do func() bool) {
	if do() {
		t.add(pace, do)
	}
}

// reset forgets everything that counts.
func (t *ticker) reset() {
	t.steps = nil
	t.round++
	t.adjust()
}

// tick runs every step once and forgets those that ended. A step may reset the
// ticker or add to it.
func (t *ticker) tick() {
	round, steps := t.round, t.steps
	t.steps = nil
	for _, s := range steps {
		if s.do() && round == t.round {
			t.steps = append(t.steps, s)
		}
		if round != t.round {
			return
		}
	}
	t.adjust()
}

// adjust runs one clock at the pace of the fastest step, or none.
func (t *ticker) adjust() {
	pace := time.Duration(0)
	for _, s := range t.steps {
		if pace == 0 || s.pace < pace {
			pace = s.pace
		}
	}
	if pace == t.pace {
		return
	}
	if t.stop != nil {
		t.stop()
		t.stop = nil
	}
	if t.pace = pace; pace > 0 {
		t.stop = t.every(pace, t.tick)
	}
}

// everyTick is the clock of a real window: it calls f on the window's goroutine.
func everyTick(dispatch func(func())) func(time.Duration, func()) func() {
	return func(d time.Duration, f func()) func() {
		clock, done := time.NewTicker(d), make(chan struct{})
		go func() {
			for {
				select {
				case <-clock.C:
					dispatch(f)
				case <-done:
					clock.Stop()
					return
				}
			}
		}()
		return func() { close(done) }
	}
}
