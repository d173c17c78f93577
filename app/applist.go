package app

import (
	"encoding/hex"
	"slices"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/apppass"
	"github.com/countersign/countersign/trust/chain"
)

// unusedFor is how long an app password may lie idle before the person is asked
// whether it is still needed (docs/protocol.md §11).
const unusedFor = 180 * 24 * time.Hour

// showEnded is how long an ended app password stays in the list; one that is still
// tried stays for as long after the last try. Chosen arbitrarily.
const showEnded = 30 * 24 * time.Hour

// Service is something that app passwords, or password and code, open.
type Service struct {
	ID    string
	Kind  string // "mail", "chat", "calls", "calendars", "network", "shell", "web", "other"
	Title string // what people call it
	User  string // this account's name as the service knows it
	Open  bool   // app passwords open it
	Code  bool   // it asks for the code
	Setup AppSetup
}

// AppPassword is one app password.
type AppPassword struct {
	ID      string // hexadecimal
	Service string // identifier of the service
	Title   string // what people call that service
	Kind    string // of the service
	Name    string // as the person called it
	State   AppState
	Made    time.Time
	By      string    // name of the device that made it; "" = it belongs no more
	Expires time.Time // zero = never
	Ended   time.Time // zero = not removed
	Last    time.Time // when it last opened its service, to the minute; zero = never
	Network string    // from where, as a network
	// Protocol is by what: "http", "ldap", "radius", "sip".
	Protocol string
	// Stale is when a program last tried it although it counts no more, From whence.
	Stale time.Time
	From  string
	// Idle: it was not used for half a year; is it still needed?
	Idle bool
}

// AppState says whether an app password counts. Stored in scripts' output; do not
// change.
type AppState string

// The states.
const (
	AppLive    AppState = "live"
	AppExpired AppState = "expired"
	AppRemoved AppState = "removed" // by a person
	AppCut     AppState = "cut"     // with all others, when the password was reset or known to others
	AppGone    AppState = "gone"    // its service is configured no more
)

// Counts reports whether it opens its service.
func (a AppPassword) Counts() bool { return a.State == AppLive }

// appPasswords gives those that count, newest first, then those that count no more.
func (c *core) appPasswords() []AppPassword {
	var live, dead []AppPassword
	for _, h := range c.liveAppPasswords() {
		if a := c.appPassword(h); a.Counts() {
			live = append(live, a)
		} else {
			dead = append(dead, a)
		}
	}
	for _, e := range c.chain.Ended() {
		if a := c.endedAppPassword(e); c.stillShown(a) {
			dead = append(dead, a)
		}
	}
	slices.Reverse(live)
	slices.Reverse(dead)
	return append(live, dead...)
}

func (c *core) appPassword(h chain.Held) AppPassword {
	a := AppPassword{
		ID: hex.EncodeToString(h.ID[:]), Service: h.Service, Title: h.Service, Kind: "other", Name: h.Label, State: AppLive,
		Made: c.clock.local(h.MadeAt()), By: c.nameOf(h.By),
	}
	s, ok := c.service(h.Service)
	switch {
	case ok:
		a.Title, a.Kind = trust.Printable(s.Title, 64), trust.Printable(s.Kind, 32)
	case len(c.rec.Status.Services) > 0:
		a.State = AppGone
	}
	if h.Expires != 0 {
		a.Expires = c.clock.local(trust.Clock(h.Expires))
	}
	if apppass.Expired(h.Credential, c.now()) {
		a.State = AppExpired
	}
	c.used(&a)
	a.Idle = c.idle(a)
	return a
}

func (c *core) endedAppPassword(e chain.Ended) AppPassword {
	a := c.appPassword(e.Held)
	a.State, a.Ended, a.Idle = AppRemoved, c.clock.local(e.EndedAt()), false
	if e.All {
		a.State = AppCut
	}
	return a
}

// stillShown reports whether an ended one is worth a line: it ended, or was tried,
// not long ago.
func (c *core) stillShown(a AppPassword) bool {
	return c.o.Now().Sub(a.Ended) < showEnded || c.o.Now().Sub(a.Stale) < showEnded
}

// used adds the backend's word on what became of it.
func (c *core) used(a *AppPassword) {
	at := slices.IndexFunc(c.rec.Status.Uses, func(u api.Use) bool { return u.ID == a.ID })
	if at < 0 {
		return
	}
	u := c.rec.Status.Uses[at]
	if u.Last != nil {
		a.Last = c.clock.local(*u.Last)
	}
	a.Network, a.Protocol = trust.Printable(u.Network, 64), trust.Printable(u.Protocol, 16)
	if u.Stale != nil {
		a.Stale, a.From = c.clock.local(*u.Stale), trust.Printable(u.From, 64)
	}
}

// maxServices bounds what a backend may offer. Chosen arbitrarily.
const maxServices = 256

// services gives those that an app password could name, each once.
func (c *core) services() []Service {
	var out []Service
	seen := make(map[string]bool)
	for _, s := range c.rec.Status.Services[:min(len(c.rec.Status.Services), maxServices)] {
		if apppass.CheckService(s.ID) != nil || seen[s.ID] {
			continue
		}
		seen[s.ID] = true
		out = append(out, Service{
			ID: s.ID, Kind: trust.Printable(s.Kind, 32), Title: trust.Printable(s.Title, 64), User: trust.Printable(s.User, 64),
			Open: s.Open, Code: s.Code, Setup: setupOf(s),
		})
	}
	return out
}
