package app

import "time"

// clock knows the backend's time. It runs on by this machine's steady clock, so
// that setting the machine's date neither ends nor lengthens a request.
type clock struct {
	wall   func() time.Time // this computer's date, for showing
	server time.Time        // the backend's time ...
	at     time.Time        // ... at this reading of the steady clock
}

// newClock starts from the offset seen last: backend minus this computer.
func newClock(offset time.Duration, wall func() time.Time) clock {
	return clock{wall: wall, server: wall().Add(offset), at: time.Now()}
}

// set takes over the backend's time, just heard.
func (c *clock) set(server time.Time) { c.server, c.at = server, time.Now() }

// now gives the backend's time.
func (c *clock) now() time.Time { return c.server.Add(time.Since(c.at)).Round(0) }

// offset gives backend minus this computer.
func (c *clock) offset() time.Duration { return c.now().Sub(c.wall().Round(0)).Round(time.Second) }

// local gives a time of the backend in this computer's clock; zero stays zero.
func (c *clock) local(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return c.wall().Round(0).Add(t.Sub(c.now())).Local()
}
