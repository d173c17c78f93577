package app

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

// errGap says that events are missing before the one received.
var errGap = errors.New("events are missing")

// apply takes over events in order; ones this program saw already are passed
// over. The cursor is stored together with what they did. errGap: catch up first.
func (c *core) apply(events []api.Event) error {
	fresh := make([]api.Event, 0, len(events))
	next := c.cursor + 1
	for _, e := range events {
		if e.Seq < next {
			continue
		}
		if e.Seq != next {
			return errGap
		}
		fresh, next = append(fresh, e), next+1
	}
	if len(fresh) == 0 {
		return nil
	}
	lines := make([]Activity, len(fresh))
	err := c.change(func(r *record) error {
		for i, e := range fresh {
			lines[i] = c.store(r, e)
		}
		r.expire(c.now())
		return nil
	})
	if err != nil {
		return err
	}
	for i, e := range fresh {
		c.cursor = e.Seq
		if err := c.happen(e, lines[i]); err != nil {
			return err
		}
	}
	return nil
}

// store puts one event into the record, unless another program did already. It
// gives the event's line in any case.
func (c *core) store(r *record, e api.Event) Activity {
	line := c.line(r, e)
	if e.Seq != r.Cursor+1 {
		return line
	}
	r.Cursor = e.Seq
	if worthALine(e.Kind) {
		r.note(line)
	}
	c.follow(r, e, line)
	return line
}

// worthALine reports whether people read about it. Which device was to ring is
// part of a request, and of a chain that grew the entries tell, not the backend; of what
// may be made View.Permits tells.
func worthALine(k api.EventKind) bool {
	return k != api.EventTarget && k != api.EventChain && k != api.EventPermit
}

// line writes an event as activity, completed by what the sign-in's beginning said.
func (c *core) line(r *record, e api.Event) Activity {
	a := Activity{
		Seq: e.Seq, Kind: trust.Printable(string(e.Kind), 32), At: e.At, Request: e.Data.Challenge,
		Service: trust.Printable(e.Data.Service, 128), Agent: trust.Printable(e.Data.Agent, 128), Address: trust.Printable(e.Data.Address, 64),
		Known: e.Data.Known, Answer: e.Data.Answer, Left: e.Data.Left, Count: e.Data.Count, Label: aboutLabel(e),
	}
	if e.Data.Until != nil {
		a.Until = *e.Data.Until
	}
	a.Action, _ = api.ParseAction(e.Data.Action)
	c.proved(&a, e)
	under := r.opened(a.Request)
	if under != nil {
		a.complete(under.Facts)
	}
	if in := r.intentOn(a.Request); in != nil {
		a.Action = in.Request.Action // which is signed
	}
	device := e.Data.Device
	if device.IsZero() && under != nil {
		device = under.Allowed
	}
	a.Device = c.nameOf(device)
	c.waitFacts(&a, e)
	a.Doubt = c.doubtful(r, e, a)
	return a
}

// aboutLabel gives the name of the app password that an event tells of.
func aboutLabel(e api.Event) string {
	if e.Kind == api.EventUsed || e.Kind == api.EventStale {
		return trust.Printable(e.Data.Name, 64)
	}
	return ""
}

// resetByWait is EventData.By of a password that was set by who did not know the old
// one, with a device alone.
const resetByWait = "wait"

// waitFacts adds what a line about something that waits is about: the device that
// asked, which may not belong yet, rather than the one that stopped it.
func (c *core) waitFacts(a *Activity, e api.Event) {
	a.By = trust.Printable(e.Data.By, 32)
	w := e.Data.Wait
	if w == nil {
		return
	}
	switch {
	case e.Kind == api.EventStop:
		a.Who = a.Device
	case w.Kind == api.WaitRemove:
		a.Who = c.nameOf(w.Device)
	}
	a.Asked, a.Until = w.Kind, w.Until
	if a.Device = c.nameOf(w.Device); a.Device == "" || w.Kind == api.WaitRemove {
		a.Device = trust.Printable(w.Name, 64)
	}
	if a.Address == "" {
		a.Address = trust.Printable(w.Address, 64)
	}
}

// proved replaces the backend's word on a request by what its verifier signed.
func (c *core) proved(a *Activity, e api.Event) {
	if e.Data.Request == nil {
		return
	}
	challenge, err := c.prove(e.Data.Request.Challenge)
	if err != nil {
		return
	}
	a.Action, _ = api.ParseAction(challenge.Action)
	a.complete(Activity{Service: challenge.Service, Agent: challenge.Agent, Address: challenge.Address, Known: challenge.Known})
	if a.Request == (trust.ChallengeID{}) {
		a.Request = challenge.ID
	}
}

func (a *Activity) complete(facts Activity) {
	if a.Service == "" {
		a.Service = facts.Service
	}
	if a.Agent == "" {
		a.Agent = facts.Agent
	}
	if a.Address == "" {
		a.Address = facts.Address
	}
	a.Known = a.Known || facts.Known
}

// follow does what an event means for the record.
func (c *core) follow(r *record, e api.Event, line Activity) {
	switch id := line.Request; e.Kind {
	case api.EventRequest:
		if e.Data.Door != "" {
			r.Status.Door = nil
		}
		r.begin(open{Challenge: id, Request: e.Data.Request, Facts: line})
	case api.EventAnswered:
		c.followAnswer(r, e, line)
	case api.EventDone, api.EventOffline, api.EventText, api.EventBurned, api.EventDenied, api.EventExpired, api.EventStopped:
		r.end(id)
		r.settle(id)
		r.account(id)
	case api.EventWrong:
		if e.Data.By == byOffline && e.Data.Left == 0 {
			r.Status.Offline = nil // as the next status will say
		}
	case api.EventPermit:
		c.permit(r, e)
	case api.EventTwoStep:
		r.TwoStep, r.Status.Left, r.Logged.Left = true, false, false
	case api.EventPaused:
		r.Status.Paused = e.Data.Until
	case api.EventOff:
		r.Status.Off = true
	case api.EventResumed:
		r.Status.Paused, r.Status.Off = nil, false
	case api.EventReset:
		if e.Data.By == resetByWait && e.At.After(r.Copies.Sealed) {
			r.Copies.Locked = true
		}
	case api.EventContact:
		r.followContact(e.Data.By)
	case api.EventLeft:
		r.Status.Left, r.Logged.Left = true, true
	case api.EventChain:
		r.Logged.Seq = max(r.Logged.Seq, e.Data.Seq)
	case api.EventDoor:
		if e.Data.Until != nil {
			r.Status.Door = &api.Door{Letters: e.Data.Letters, Until: *e.Data.Until}
		}
	}
}

// followContact notes whether codes sent to a telephone number let in from now on.
func (r *record) followContact(by string) {
	switch by {
	case api.ContactSignIn:
		r.Logged.Text = true
	case api.ContactNoSignIn:
		r.Logged.Text = false
	}
}

func (c *core) followAnswer(r *record, e api.Event, line Activity) {
	under := r.opened(line.Request)
	if under != nil && e.Data.Answer != trust.NotNow {
		under.Request = nil
	}
	if under != nil && e.Data.Answer == trust.Allow {
		under.Allowed = e.Data.Device
	}
	in := r.intentOn(line.Request)
	if in != nil && e.Data.Device == c.secrets.Device && in.Answer == e.Data.Answer {
		in.Accepted = true // also when the answer to our sending was lost
		if in.Answer == trust.Allow {
			in.Until = earlier(e.At.Add(verify.CodeFor), in.Request.Asked.Add(requestLife))
		}
	}
}

// happen does what an event means for what waits, and tells it.
func (c *core) happen(e api.Event, line Activity) error {
	h := Happening{Activity: c.localLine(line)}
	switch e.Kind {
	case api.EventRequest:
		if err := c.arrive(e, &h); err != nil {
			return err
		}
	case api.EventTarget:
		c.aim(line.Request, e.Data.Device)
	case api.EventAnswered:
		if e.Data.Answer == trust.Allow {
			c.setAside(line.Request)
		}
		if e.Data.Answer != trust.NotNow {
			c.dismiss(line.Request)
		}
	case api.EventDone, api.EventOffline, api.EventText, api.EventBurned, api.EventDenied, api.EventExpired, api.EventStopped:
		c.dismiss(line.Request)
		c.finish(line.Request)
	}
	if c.o.Happened != nil && e.Kind != api.EventChain {
		c.o.Happened(h)
	}
	return nil
}

// arrive lets a request ring. An old one, read while catching up, is over and
// does not.
func (c *core) arrive(e api.Event, h *Happening) error {
	if e.Data.Request == nil {
		return nil
	}
	behind, err := c.consider(*e.Data.Request)
	if err != nil {
		return fmt.Errorf("reading request: %w", err)
	}
	c.behind = c.behind || behind
	if one, ok := c.waiting(h.Activity.Request); ok {
		r := c.localRequest(one.request)
		h.Request = &r
	}
	return nil
}

func (c *core) aim(id trust.ChallengeID, device trust.DeviceID) {
	i := slices.IndexFunc(c.asks, func(a ask) bool { return a.request.ID == id })
	if i >= 0 {
		c.asks[i].request.Target = device
	}
}

// sweep ends what outlived its time.
func (c *core) sweep() {
	now := c.now()
	c.asks = slices.DeleteFunc(c.asks, func(a ask) bool { return !a.request.Expires.After(now) })
	c.let = slices.DeleteFunc(c.let, func(a ask) bool { return !a.request.Asked.Add(requestLife).After(now) })
	if !slices.ContainsFunc(c.rec.Intents, func(in intent) bool { return !in.Over && !in.Until.After(now) }) {
		return
	}
	if err := c.change(func(r *record) error { r.expire(now); return nil }); err != nil {
		c.o.Log.Error("ending requests", "err", err)
	}
}

// nextChange is how long nothing changes by time alone; at least a moment, so
// that a store that refuses does not make the owner spin.
func (c *core) nextChange() time.Duration {
	now, next := c.now(), time.Hour
	consider := func(t time.Time) { next = min(next, max(t.Sub(now), 100*time.Millisecond)) }
	for _, a := range c.asks {
		consider(a.request.Expires)
	}
	for _, in := range c.rec.Intents {
		if !in.Over {
			consider(in.Until)
		}
	}
	if p := c.rec.Status.Paused; p != nil && p.After(now) {
		consider(*p)
	}
	for _, w := range c.rec.Status.Waits {
		if w.Until.After(now) {
			consider(w.Until)
		}
	}
	for _, p := range c.rec.Permits {
		if p.Until.After(now) {
			consider(p.Until)
		}
	}
	if !c.rec.Ahead.IsZero() && !c.withheld() {
		next = min(next, max(withheldAfter-c.o.Now().Sub(c.rec.Ahead), 100*time.Millisecond))
	}
	if d := c.rec.Status.Door; d != nil && d.Until.After(now) {
		consider(d.Until)
	}
	return next
}
