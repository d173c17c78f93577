package terminal

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
)

// What --json prints. Scripts rely on the names: members may be added, never
// changed. Times are RFC 3339 in this computer's clock; absent is none.

type statusJSON struct {
	Stage      string        `json:"stage"` // new, trial, on
	Joining    bool          `json:"joining,omitempty"`
	Name       string        `json:"name"`
	Server     string        `json:"server"`
	ServerName string        `json:"server_name"`
	Device     string        `json:"device"`
	Link       linkJSON      `json:"link"`
	Requests   []requestJSON `json:"requests"`
	Allowed    *allowedJSON  `json:"allowed,omitempty"`
	Refused    int           `json:"refused"`
	Devices    []deviceJSON  `json:"devices"`
	Recovery   recoveryJSON  `json:"recovery"`
	Regaining  *recoverJSON  `json:"regaining,omitempty"` // in stage new: the way back that this device waits for
	Waits      []waitJSON    `json:"waits"`
	Contacts   []contactJSON `json:"contacts"`
	Light      lightJSON     `json:"light"`
	Left       bool          `json:"left,omitempty"` // two-step verification is off
	Vault      string        `json:"vault"`
	Notice     string        `json:"notice,omitempty"`
	Paused     time.Time     `json:"paused,omitzero"`
	Off        bool          `json:"off,omitempty"`
	Quiet      bool          `json:"quiet,omitempty"`
	Door       *doorJSON     `json:"door,omitempty"`
	Withheld   bool          `json:"withheld,omitempty"` // others see more of the device list than is shown here
	Fork       *forkJSON     `json:"fork,omitempty"`
}

// forkJSON is the proof that there are two histories of the account.
type forkJSON struct {
	Seq   uint64          `json:"seq"`
	Here  string          `json:"here"`
	There string          `json:"there"`
	Proof json.RawMessage `json:"proof,omitempty"`
}

type linkJSON struct {
	State string    `json:"state"` // connecting, online, offline
	Since time.Time `json:"since,omitzero"`
	Heard time.Time `json:"heard,omitzero"`
	Next  time.Time `json:"next,omitzero"`
}

type requestJSON struct {
	Request string    `json:"request"`
	Letters string    `json:"letters"`
	Service string    `json:"service"`
	Action  string    `json:"action,omitempty"` // what a page asks for; none: to sign in
	Origin  string    `json:"origin"`
	Address string    `json:"address"`
	Network string    `json:"network"`
	Agent   string    `json:"agent"`
	Known   bool      `json:"known"`
	Try     int       `json:"try"`
	Refused int       `json:"refused"`
	Asked   time.Time `json:"asked"`
	Expires time.Time `json:"expires"`
	Target  string    `json:"target,omitempty"`
	PutAway bool      `json:"put_away,omitempty"`
}

// allowedJSON is a sign-in whose code may be typed. The code itself is printed
// by allow only.
type allowedJSON struct {
	Request string    `json:"request"`
	Letters string    `json:"letters"`
	Until   time.Time `json:"until"`
}

type codeJSON struct {
	Request string    `json:"request"`
	Code    string    `json:"code"`
	Letters string    `json:"letters"`
	Service string    `json:"service"`
	Origin  string    `json:"origin"`
	Until   time.Time `json:"until"`
}

type deviceJSON struct {
	Device   string    `json:"device"`
	Name     string    `json:"name"`
	Kind     string    `json:"kind"`
	This     bool      `json:"this"`
	Online   bool      `json:"online"`
	Since    time.Time `json:"since,omitzero"`
	Seen     time.Time `json:"seen,omitzero"`
	Own      string    `json:"own,omitempty"`      // what it calls itself
	Confirms string    `json:"confirms,omitempty"` // this list: same, older, newer, another, none
	At       time.Time `json:"confirmed,omitzero"` // when it last said so
	Young    time.Time `json:"young,omitzero"`     // until then it may change nothing
	Held     time.Time `json:"held,omitzero"`      // until then it may not allow sign-ins
}

type recoveryJSON struct {
	Set    bool      `json:"set"`
	Kept   bool      `json:"kept"`
	Proved time.Time `json:"proved,omitzero"`
	// Checked is when two of its groups were last found right.
	Checked time.Time `json:"checked,omitzero"`
	// Copied is when a second copy was said to be kept elsewhere.
	Copied time.Time `json:"copied,omitzero"`
	// Next is when it is asked for again.
	Next time.Time `json:"next,omitzero"`
}

// lightJSON says whether the person would get back in without this device.
type lightJSON struct {
	Yes  bool   `json:"yes"`
	Next string `json:"next,omitempty"` // what to do now, as app.Advice
}

type doorJSON struct {
	Letters string    `json:"letters"`
	Until   time.Time `json:"until"`
}

// activityJSON is a line of activity, and of watch. Kinds are those of the
// account's log and of its entries, and in watch also online, offline and notice.
type activityJSON struct {
	Seq     uint64       `json:"seq,omitempty"`
	Kind    string       `json:"kind"`
	At      time.Time    `json:"at"`
	Request string       `json:"request,omitempty"`
	Service string       `json:"service,omitempty"`
	Agent   string       `json:"agent,omitempty"`
	Address string       `json:"address,omitempty"`
	Known   bool         `json:"known,omitempty"`
	Device  string       `json:"device,omitempty"`
	By      string       `json:"by,omitempty"`     // who changed the list of devices
	Answer  string       `json:"answer,omitempty"` // allow, not-now, not-me
	Left    int          `json:"left,omitempty"`
	Count   int          `json:"count,omitempty"`
	Until   time.Time    `json:"until,omitzero"`
	Doubt   bool         `json:"doubt,omitempty"`
	Who     string       `json:"who,omitempty"`     // who stopped a wait, or asked for a removal
	Asked   string       `json:"asked,omitempty"`   // what a wait is for, as in waits
	Asking  time.Time    `json:"asking,omitzero"`   // unaccounted: when the sign-in asked
	Notice  string       `json:"notice,omitempty"`  // as in status
	Waiting *requestJSON `json:"waiting,omitempty"` // a request that can be answered
}

func statusLine(v app.View) statusJSON {
	s := statusJSON{
		Stage: stageName(v.Stage), Joining: v.Joining, Name: v.Name, Server: v.Server, ServerName: v.ServerName,
		Link:     linkJSON{State: linkName(v.Link.State), Since: v.Link.Since, Heard: v.Link.Heard, Next: v.Link.Next},
		Requests: make([]requestJSON, len(v.Requests)), Refused: v.Refused, Devices: make([]deviceJSON, len(v.Devices)),
		Recovery: recoveryJSON(v.Recovery), Vault: string(v.Vault), Notice: string(v.Notice), Paused: v.Paused, Off: v.Off, Quiet: v.Quiet,
		Door: (*doorJSON)(v.Door), Withheld: v.Withheld, Waits: waitLines(v.Waits), Contacts: contactLines(v.Contacts),
		Light: lightJSON{v.Light.Yes, string(v.Light.Next)}, Left: v.Left,
	}
	if v.Regaining != nil {
		line := regainLine(v)
		s.Regaining = &line
	}
	if v.Fork != nil {
		s.Fork = &forkJSON{v.Fork.Seq, v.Fork.Here, v.Fork.There, v.Fork.Proof}
	}
	if v.Stage != app.StageNew {
		s.Device = v.This.String()
	}
	for i, r := range v.Requests {
		s.Requests[i] = requestLine(r)
	}
	for i, d := range v.Devices {
		s.Devices[i] = deviceLine(d)
	}
	if v.Shown != nil {
		s.Allowed = &allowedJSON{v.Shown.Request.ID.String(), v.Shown.Request.Letters, v.Shown.Until}
	}
	return s
}

func requestLine(r app.Request) requestJSON {
	line := requestJSON{
		Request: r.ID.String(), Letters: r.Letters, Service: r.Service, Action: r.Action.Sentence(), Origin: r.Origin, Address: r.Address, Network: r.Network,
		Agent: r.Agent, Known: r.Known, Try: r.Try, Refused: r.Refused, Asked: r.Asked, Expires: r.Expires, PutAway: r.PutAway,
	}
	if !r.Target.IsZero() {
		line.Target = r.Target.String()
	}
	return line
}

func activityLine(a app.Activity) activityJSON {
	line := activityJSON{
		Seq: a.Seq, Kind: a.Kind, At: a.At, Service: a.Service, Agent: a.Agent, Address: a.Address, Known: a.Known,
		Device: a.Device, By: a.By, Answer: answerName(a.Answer), Left: a.Left, Count: a.Count, Until: a.Until, Doubt: a.Doubt,
		Who: a.Who, Asked: string(a.Asked), Asking: a.Asking,
	}
	if a.Request != (trust.ChallengeID{}) {
		line.Request = a.Request.String()
	}
	return line
}

func stageName(s app.Stage) string {
	return [...]string{app.StageNew: "new", app.StageTrial: "trial", app.StageOn: "on"}[s]
}

func linkName(s app.LinkState) string {
	return [...]string{app.Connecting: "connecting", app.Online: "online", app.Offline: "offline"}[s]
}

func answerName(a trust.Answer) string {
	switch a {
	case trust.Allow:
		return "allow"
	case trust.NotNow:
		return "not-now"
	case trust.NotMe:
		return "not-me"
	}
	return ""
}

// print writes v as JSON, or what text writes.
func (c *call) print(v any, text func(io.Writer)) error {
	if c.json {
		return json.NewEncoder(c.Out).Encode(v)
	}
	text(c.Out)
	return nil
}

// describe is one waiting request in a line.
func describe(r app.Request) string {
	browser := "new browser"
	if r.Known {
		browser = "known browser"
	}
	what := r.Service
	if sentence := r.Action.Sentence(); sentence != "" {
		what = sentence
	}
	return fmt.Sprintf("%s  %s: %s from %s, %s, asked %s, until %s", r.Letters, what, r.Agent, r.Address, browser, clock(r.Asked), clock(r.Expires))
}

func clock(t time.Time) string { return t.Format(time.TimeOnly) }
