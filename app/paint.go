package app

import (
	"slices"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// paint makes the view of how things stand now.
func (c *core) paint() View {
	v := View{Link: c.link, Vault: c.o.VaultKind, Notice: c.notice()}
	if c.secrets == nil {
		return v
	}
	c.clock.follow()
	v.News = c.untold()
	if c.rec.Guest != nil {
		v.Joining, v.Name, v.Server, v.ServerName, v.This = true, c.rec.Name, c.rec.Origin, c.rec.ServerName, c.secrets.Device
		return v
	}
	if c.rec.Regain != nil {
		v.Regaining = c.regaining()
		v.Name, v.Server, v.ServerName, v.This = c.rec.Name, c.rec.Origin, c.rec.ServerName, c.secrets.Device
		return v
	}
	v.Stage, v.Joining = StageTrial, c.rec.Join != nil
	if c.rec.TwoStep {
		v.Stage = StageOn
	}
	v.Name, v.Server, v.ServerName, v.Local, v.This = c.rec.Name, c.rec.Origin, c.rec.ServerName, c.rec.Local, c.secrets.Device
	v.Shown = c.shown()
	v.Requests = c.requests()
	v.Refused = c.refusedLately()
	v.Devices = c.devices()
	v.Withheld, v.Fork = c.withheld(), c.fork()
	v.Recovery = c.recovery()
	v.Waits, v.Contacts, v.Media, v.Left = c.waits(), c.contacts(), slices.Clone(c.rec.Media), c.rec.Status.Left
	v.Text = c.rec.Text
	v.Services, v.AppPasswords, v.Permits = c.services(), c.appPasswords(), c.permits()
	v.Light = c.light()
	c.paintLimits(&v)
	v.Offline = c.offlineOn()
	v.Activity = c.lines()
	return v
}

// paintLimits shows what keeps new browsers out.
func (c *core) paintLimits(v *View) {
	s := c.rec.Status
	if s.Paused != nil && s.Paused.After(c.now()) {
		v.Paused = c.clock.local(*s.Paused)
	}
	v.Off, v.Quiet = s.Off, s.Quiet
	if s.Door != nil && s.Door.Until.After(c.now()) {
		v.Door = &Door{Letters: s.Door.Letters, Until: c.clock.local(s.Door.Until)}
	}
}

// notice picks the one that matters most.
func (c *core) notice() Notice {
	switch {
	case c.rec.Fork != nil:
		return NoticeFrozen
	case c.out():
		return NoticeRemoved
	case c.rec.Update:
		return NoticeUpdate
	case c.rec.Status.MustReset:
		return NoticePassword
	case c.rec.Restored:
		return NoticeRestored
	case c.notMade:
		return NoticeNotMade
	}
	return c.o.Notice
}

// out reports whether this device does not belong any more: it was removed, or the
// account was renewed without it.
func (c *core) out() bool { return c.rec.Removed || c.expelled() }

// expelled reports whether the pinned chain says that this device was removed.
func (c *core) expelled() bool {
	_, member := c.chain.Device(c.self())
	return c.secrets != nil && c.chain.Account() != (trust.AccountID{}) && !member
}

func (c *core) requests() []Request {
	out := make([]Request, 0, len(c.asks))
	for _, a := range c.asks {
		r := c.localRequest(a.request)
		in := c.rec.intentFor(a.asked.Hash)
		if in != nil && in.Answer == trust.NotMe {
			continue // stopped here, and on its way to the backend
		}
		r.PutAway = in != nil && in.Answer == trust.NotNow
		out = append(out, r)
	}
	return out
}

func (c *core) localRequest(r Request) Request {
	r.Asked, r.Expires = c.clock.local(r.Asked), c.clock.local(r.Expires)
	return r
}

func (c *core) localLine(a Activity) Activity {
	a.At, a.Until, a.Asking = c.clock.local(a.At), c.clock.local(a.Until), c.clock.local(a.Asking)
	if s, ok := c.service(a.Service); ok && a.Label != "" { // entries name services by their identifiers
		a.Service = trust.Printable(s.Title, 64)
	}
	return a
}

func (c *core) lines() []Activity {
	out := make([]Activity, len(c.rec.Activity))
	for i, a := range c.rec.Activity {
		out[len(out)-1-i] = c.localLine(a)
	}
	return out
}

// refusedLately counts the asks of the last day that did not ring.
func (c *core) refusedLately() (n int) {
	since := c.now().Add(-24 * time.Hour)
	for i := len(c.rec.Activity) - 1; i >= 0 && c.rec.Activity[i].At.After(since); i-- {
		if c.rec.Activity[i].Kind == string(api.EventRefused) {
			n += c.rec.Activity[i].Count
		}
	}
	return n
}

// seenLast gives the backend's last word on a device, nil if there is none.
func (c *core) seenLast(id trust.DeviceID) *api.DeviceSeen {
	at := slices.IndexFunc(c.rec.Status.Devices, func(s api.DeviceSeen) bool { return s.Device == id })
	if at < 0 {
		return nil
	}
	return &c.rec.Status.Devices[at]
}

// still gives a time that is to come in this computer's clock, else zero.
func (c *core) still(until *time.Time) time.Time {
	if until == nil || !until.After(c.now()) {
		return time.Time{}
	}
	return c.clock.local(*until)
}

func (c *core) devices() []Member {
	members := c.chain.Devices()
	out := make([]Member, len(members))
	for i, m := range members {
		out[i] = Member{
			ID: m.ID, Name: c.nameOf(m.ID), Own: m.Name, Kind: m.Kind, This: m.ID == c.secrets.Device,
			Since: c.clock.local(trust.Clock(c.chain.Since(m.ID))),
		}
		c.seen(&out[i])
		c.paintSight(&out[i])
	}
	return out
}

// seen adds the backend's word on when a device was connected; for this device
// its own word counts.
func (c *core) seen(d *Member) {
	if s := c.seenLast(d.ID); s != nil {
		d.Online, d.Seen = s.Online, c.clock.local(s.Seen)
		d.Young, d.Held = c.still(s.Young), c.still(s.Held)
	}
	if d.This {
		d.Online = c.link.State == Online
		if d.Online {
			d.Seen = c.o.Now()
		}
	}
}
