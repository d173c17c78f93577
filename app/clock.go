package app

import "time"

// clock knows the backend's time. It runs on by this machine's steady clock, so
// that setting the machine's date neither ends nor lengthens a request.
type clock struct {
	wall   func() time.Time // this computer's date, for showing
	server time.Time        // the backend's time ...
	at     time.Time        // ... at this reading of the steady clock
	ahead  time.Duration    // this computer's date before the backend's, as shown
}

// steady is how far date and backend may drift apart before shown times follow:
// they must not tremble from one view to the next.
const steady = time.Second

// newClock starts from the offset seen last: backend minus this computer.
func newClock(offset time.Duration, wall func() time.Time) clock {
	return clock{wall: wall, server: wall().Add(offset), at: time.Now(), ahead: -offset}
}

// set takes over the backend's time, just heard.
func (c *clock) set(server time.Time) {
	c.server, c.at = server, time.Now()
	c.follow()
}

// now gives the backend's time.
func (c *clock) now() time.Time { return c.server.Add(time.Since(c.at)).Round(0) }

// offset gives backend minus this computer.
func (c *clock) offset() time.Duration {
	return c.now().Sub(c.wall().Round(0)).Round(100 * time.Millisecond)
}

// local gives a time of the backend in this computer's clock; zero stays zero.
func (c *clock) local(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(c.ahead).Local()
}

// follow looks at both clocks again; call it before times are shown.
func (c *clock) follow() {
	if now := -c.offset(); (now - c.ahead).Abs() > steady {
		c.ahead = now
	}
}
