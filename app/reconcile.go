package app

import (
	"slices"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/offline"
)

// EntryUnaccounted is the kind of Activity about an answer of this device, which the
// backend took, and of which its list does not say what came.
const EntryUnaccounted = "unaccounted"

// byPasswordAlone marks the event of a sign-in after two-step verification was
// switched off.
const byPasswordAlone = "password"

const (
	// accountFor is after how long a sign-in's end must be in the list: twice what
	// the longest one lasts, for a backend that was down in between.
	accountFor = 2 * requestLife
	// lookAgain is how long after that the list is read once more before anything
	// is said: a backend that starts tells the ends it owes within a second or two.
	lookAgain = time.Minute
	// clockSlack is how far a verifier's two times for one sign-in may lie apart
	// beyond its life: whole seconds, and a clock that is set.
	clockSlack = time.Minute
)

// logged is what the backend's log says of the account up to the cursor.
type logged struct {
	Seq  uint64 `json:"seq"`            // newest entry of the chain it spoke of
	Left bool   `json:"left,omitempty"` // two-step verification was switched off
	Text bool   `json:"text,omitempty"` // codes sent to a telephone number let in
}

// doubtful judges the line of somebody who is in. Nothing of what the backend says
// counts here but what devices of the account signed: an approval for this very
// sign-in, by a device that belonged when the log says it was given, or that an
// offline code of such a device can be. What was listed as over stays over, so that
// one approval lets in once.
func (c *core) doubtful(r *record, e api.Event, line Activity) bool {
	switch e.Kind {
	case api.EventOffline:
		return r.over(line) || c.offlineDoubt(r, e)
	case api.EventText: // nobody signs it: it is believed where it was switched on before
		return r.over(line) || !r.Logged.Text
	case api.EventDone:
		if e.Data.By == byPasswordAlone {
			return !r.Logged.Left
		}
		return r.over(line) || r.stopped(line.Request) || !r.allowed(line.Request) && !c.vouched(r, e)
	}
	return false
}

// over reports whether the line of an earlier event ended the same sign-in, or could
// have and is no longer kept.
func (r *record) over(line Activity) bool {
	if len(r.Activity) == maxActivity && line.At.Before(r.Activity[0].At) {
		return true
	}
	return slices.ContainsFunc(r.Activity, func(a Activity) bool {
		return a.Request == line.Request && a.Seq != line.Seq && ends(api.EventKind(a.Kind))
	})
}

// offlineDoubt reports whether somebody is said to be in by an offline code that
// nobody can have read: of a device that has none, or of this one, which gave none
// for that time.
func (c *core) offlineDoubt(r *record, e api.Event) bool {
	if e.Data.Device == c.secrets.Device {
		return offline.StepAt(e.At) > r.OfflineStep+offline.Late
	}
	return !c.announcedThen(e.Data.Device, min(r.Logged.Seq, c.chain.Head().Seq))
}

// ends reports whether a sign-in is over with an event of this kind.
func ends(k api.EventKind) bool {
	switch k {
	case api.EventDone, api.EventOffline, api.EventText, api.EventBurned, api.EventDenied, api.EventExpired, api.EventStopped:
		return true
	}
	return false
}

// vouched reports whether the event carries a trusted device's Allow of the sign-in
// that it is about.
func (c *core) vouched(r *record, e api.Event) bool {
	if e.Data.Request == nil {
		return false
	}
	from := min(r.Logged.Seq, c.chain.Head().Seq)
	raw := e.Data.Request.Challenge
	asked, ok := c.challenged(raw, from)
	if !ok || asked.ID != e.Data.Challenge || !during(asked, e.At) || asked.Action != e.Data.Action {
		return false
	}
	key, belonged := c.keyOf(e.Data.Device, from)
	if !belonged {
		return false
	}
	a, err := trust.OpenApproval(e.Data.Approval, key)
	if err != nil || a.Device != e.Data.Device || a.Answer != trust.Allow || a.Challenge != trust.HashChallenge(raw) {
		return false
	}
	known, pinned := c.chain.At(a.Seq)
	return !pinned || known == a.Head // another history: it allowed on another account's list
}

// during reports whether a sign-in can have ended at t.
func during(c trust.Challenge, t time.Time) bool {
	begun := trust.Clock(c.Issued)
	return t.After(begun.Add(-clockSlack)) && t.Before(begun.Add(requestLife+clockSlack))
}

// challenged opens a challenge of this account with the key that its verifier had at
// the entry from, or since.
func (c *core) challenged(raw []byte, from uint64) (trust.Challenge, bool) {
	id, account, err := trust.ChallengeVerifier(raw)
	if err != nil || account != c.chain.Account() {
		return trust.Challenge{}, false
	}
	var keys []trust.SignKey
	if v, ok := c.chain.Verifier(id); ok {
		keys = append(keys, v.Sign)
	}
	if len(keys) == 0 || c.chain.Head().Seq != from {
		keys = append(keys, c.former().verifiers.since(id, from)...)
	}
	for _, key := range keys {
		if asked, err := trust.OpenChallenge(raw, key); err == nil {
			return asked, true
		}
	}
	return trust.Challenge{}, false
}

// keyOf gives the key of a device that belonged at the entry from, or since.
func (c *core) keyOf(id trust.DeviceID, from uint64) (trust.SignKey, bool) {
	if d, ok := c.chain.Device(id); ok {
		return d.Sign, true
	}
	if c.chain.Head().Seq == from {
		return trust.SignKey{}, false
	}
	keys := c.former().devices.since(id, from)
	if len(keys) == 0 {
		return trust.SignKey{}, false
	}
	return keys[0], true // a device's key never changes
}

// announcedThen reports whether a device's offline codes were announced at the entry
// from, or since.
func (c *core) announcedThen(id trust.DeviceID, from uint64) bool {
	for _, one := range c.chain.Credentials() {
		if of, ok := offline.DeviceOf(one); ok && of == id {
			return true
		}
	}
	return c.chain.Head().Seq != from && len(c.former().offline.since(id, from)) > 0
}

// account notes that the list says what came of a sign-in, at last perhaps.
func (r *record) account(id trust.ChallengeID) {
	for i := range r.Intents {
		if r.Intents[i].Request.ID == id {
			r.Intents[i].Owed = false
		}
	}
	r.Activity = slices.DeleteFunc(r.Activity, func(a Activity) bool { return a.Kind == EntryUnaccounted && a.Request == id })
}

// reconcile looks, once the whole list was read, for answers of this device that the
// backend took without ever telling what came of them.
func (c *core) reconcile() error {
	now := c.now()
	if !slices.ContainsFunc(c.rec.Intents, func(in intent) bool { return in.due(now) }) {
		return nil
	}
	var lines []Activity
	err := c.change(func(r *record) error {
		lines = lines[:0]
		for i := range r.Intents {
			if in := &r.Intents[i]; in.due(now) && in.missedBy(now) && r.intentFor(in.Hash) == in {
				lines = append(lines, c.unaccounted(*in, now))
				r.note(lines[len(lines)-1])
			}
		}
		return nil
	})
	if err != nil || c.o.Happened == nil {
		return err
	}
	for _, a := range lines {
		c.o.Happened(Happening{Activity: c.localLine(a)})
	}
	return nil
}

// due reports whether the end of the sign-in must have been told by now.
func (in *intent) due(now time.Time) bool {
	return in.Owed && in.Accepted && now.After(in.Request.Asked.Add(accountFor)) && (in.Missed.IsZero() || !now.Before(in.Missed.Add(lookAgain)))
}

// missedBy notes that the end is missing, and reports whether it was the second look.
func (in *intent) missedBy(now time.Time) bool {
	if in.Missed.IsZero() {
		in.Missed = now
		return false
	}
	in.Owed = false
	return true
}

func (c *core) unaccounted(in intent, now time.Time) Activity {
	return Activity{
		Kind: EntryUnaccounted, At: now, Asking: in.Request.Asked, Request: in.Request.ID, Service: in.Request.Service,
		Agent: in.Request.Agent, Address: in.Request.Address, Known: in.Request.Known, Device: c.nameOf(c.self()), Answer: in.Answer, Doubt: true,
	}
}
