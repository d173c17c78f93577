package app

import (
	"slices"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// seenLately is within what time another device must have been seen to count as
// being there.
const seenLately = 30 * 24 * time.Hour

// light judges by what is known here whether the person would get back in if this
// device were lost.
func (c *core) light() Light {
	if c.outdated() {
		return Light{}
	}
	l := Light{Ways: c.otherDevices()}
	if way, ok := c.keyWay(); ok {
		l.Ways = append(l.Ways, way)
	}
	l.Yes = len(l.Ways) > 0
	l.Next = c.advice()
	return l
}

// outdated reports whether nothing that is known here can be counted on: this device
// has no part in the account any more, or it is proved that there is another history,
// with other devices and another recovery key.
func (c *core) outdated() bool { return c.out() || c.rec.Fork != nil && !c.accused() }

// otherDevices gives the devices that could let this person in, seen last first.
func (c *core) otherDevices() (ways []Way) {
	for _, m := range c.devices() {
		seen := m.Seen
		if m.Since.After(seen) && !m.Since.After(c.o.Now()) { // it was here when it was paired
			seen = m.Since
		}
		lately := m.Online || c.o.Now().Sub(seen) < seenLately
		if !m.This && m.Held.IsZero() && lately {
			ways = append(ways, Way{Kind: WayDevice, Device: m.Name, Proved: seen})
		}
	}
	slices.SortStableFunc(ways, func(a, b Way) int { return b.Proved.Compare(a.Proved) })
	return ways
}

func (c *core) keyWay() (Way, bool) {
	at := c.keyProved()
	if !c.keyStands() || c.rec.Drill.Doubt || at.IsZero() || c.now().Sub(at) >= wholeEvery {
		return Way{}, false
	}
	return Way{Kind: WayKey, Proved: c.clock.local(at), Wait: c.chain.Policy().Wait()}, true
}

// keyStands reports whether there is a recovery key that is not known to be lost.
func (c *core) keyStands() bool { return c.paper() != trust.Hash{} && !c.rec.Drill.Failed }

// advice picks the weightiest thing to do.
func (c *core) advice() Advice {
	_, fresh := c.keyWay()
	ways := c.otherDevices()
	switch {
	case !c.keyStands():
		return AdviceNewKey
	case !fresh:
		return AdviceTypeKey
	case c.groupsDue():
		return AdviceGroups
	case len(c.chain.Devices()) < 2:
		return AdvicePair
	case len(ways) == 0:
		return AdviceSeen
	case c.copied().IsZero():
		return AdviceCopy
	case slices.Contains(c.rec.Media, api.MediumMail) && !slices.ContainsFunc(c.rec.Status.Contacts, confirmed):
		return AdviceContact
	}
	return AdviceNone
}

func confirmed(k api.Contact) bool { return k.Confirmed }
