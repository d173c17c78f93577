package ui

import (
	"slices"
	"time"
)

// ticker drives everything that counts on the screen. It runs only while
// something does, so that an idle window costs nothing.
type ticker struct {
	every func(d time.Duration, f func()) (stop func())
	steps []step
	pace  time.Duration
	round int // grows with reset
	ids   int // of steps given so far
	stop  func()
}

// step is one thing that counts; it reports whether it goes on counting.
type step struct {
	id    int
	layer layer
	pace  time.Duration
	do    func() bool
}

// layer is where something counts: on the page or on what covers it.
type layer int

const (
	onPage layer = iota
	onFront
)

// add makes do run at least every pace, until it gives false or its layer is reset.
func (t *ticker) add(l layer, pace time.Duration, do func() bool) {
	t.ids++
	t.steps = append(t.steps, step{t.ids, l, pace, do})
	t.adjust()
}

// reset forgets what counts on a layer.
func (t *ticker) reset(l layer) {
	t.steps = slices.DeleteFunc(slices.Clone(t.steps), func(s step) bool { return s.layer == l })
	t.round++
	t.adjust()
}

// tick runs every step once and forgets those that ended. A step may reset a
// layer or add to it; the rest then waits for the next tick.
func (t *ticker) tick() {
	round := t.round
	for _, s := range slices.Clone(t.steps) {
		on := s.do()
		if round != t.round {
			return
		}
		if !on {
			t.end(s)
		}
	}
	t.adjust()
}

// end forgets a step.
func (t *ticker) end(ended step) {
	for i, s := range t.steps {
		if s.id == ended.id {
			t.steps = slices.Delete(slices.Clone(t.steps), i, i+1)
			return
		}
	}
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
