package apitest

import (
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/verify"
)

func testSignIn(t *testing.T, h *House) {
	a, ctx := h.settle(t), t.Context()
	before := a.status().Events
	signIn, r := a.ask()
	asked := must(verify.Read(r.Challenge, a.device.Chain))
	if r.State != "pending" || r.Try != 1 || r.Refused != 0 || !r.Target.IsZero() || !r.Device.IsZero() || r.Letters != trust.Letters(asked.Hash) {
		t.Errorf("the request is %+v", r)
	}
	if got := must(a.Type(ctx, signIn, "0000")); got != "not yet" {
		t.Errorf("a code before Allow is %q", got)
	}
	code := a.allow(r)
	if got := a.requests(); len(got) != 1 || got[0].State != "approved" || got[0].Device != a.device.ID {
		t.Errorf("after Allow the device sees %+v", got)
	}
	if got := must(a.Type(ctx, signIn, Wrong(code))); got != "wrong" {
		t.Errorf("a wrong code is %q", got)
	}
	if got := must(a.Type(ctx, signIn, string(code))); got != "right" {
		t.Errorf("the right code is %q", got)
	}
	if got := must(a.Type(ctx, signIn, string(code))); got != "over" {
		t.Errorf("the right code for the second time is %q", got)
	}
	if s := a.status(); !s.TwoStep || len(a.requests()) != 0 {
		t.Errorf("afterwards: %+v", s)
	}
	want := []api.EventKind{api.EventRequest, api.EventAnswered, api.EventWrong, api.EventDone, api.EventTwoStep}
	if got := a.kinds(before); !slices.Equal(got, want) {
		t.Errorf("events are %v, want %v", got, want)
	}
	a.checkFacts(before, asked)
}

// checkFacts: the request's event carries the request, and all events of a sign-in
// name it.
func (a *home) checkFacts(before uint64, asked verify.Asked) {
	a.t.Helper()
	for _, e := range a.events(before)[:4] {
		if e.Data.Challenge != asked.ID || e.Data.Service != asked.Service || e.Data.Address != asked.Address {
			a.t.Errorf("event %s is about %+v", e.Kind, e.Data)
		}
	}
	e := a.events(before)
	if r := e[0].Data.Request; r == nil || trust.HashChallenge(r.Challenge) != asked.Hash {
		a.t.Error("the first event does not carry the request")
	}
	a.checkApproval(e[3].Data, asked)
	if e[1].Data.Answer != trust.Allow || e[1].Data.Device != a.device.ID || e[2].Data.Left != 2 {
		a.t.Errorf("events say %+v, then %+v", e[1].Data, e[2].Data)
	}
}

// checkApproval: who reads that somebody is in can see for himself which device
// allowed it.
func (a *home) checkApproval(done api.EventData, asked verify.Asked) {
	a.t.Helper()
	if r := done.Request; r == nil || trust.HashChallenge(r.Challenge) != asked.Hash {
		a.t.Error("who is in is told without what was asked")
	}
	signed, err := trust.OpenApproval(done.Approval, a.device.Keys.SignKey())
	if err != nil || signed.Challenge != asked.Hash || signed.Answer != trust.Allow || signed.Device != done.Device {
		a.t.Errorf("who is in is told with the approval %+v, %v", signed, err)
	}
}

func testAnswerRefuses(t *testing.T, h *House) {
	a, ctx := h.settle(t), t.Context()
	_, r := a.ask()
	approval, _, err := a.device.Allow(r, a.Now())
	if err != nil {
		t.Fatal(err)
	}
	stranger := must(NewDevice(must(a.Account.Server(ctx)), a.Now()))
	for what, raw := range map[string][]byte{
		"nothing": nil, "a byte": {0}, "the challenge itself": r.Challenge, "a changed byte": flip(approval),
		"one byte less": approval[:len(approval)-1], "one byte more": append(slices.Clone(approval), 0),
		"a stranger's answer":                   must(stranger.answerTo(r, trust.NotMe, a.Now())),
		"a device's name with a stranger's key": must((&Device{ID: a.device.ID, Keys: stranger.Keys, Chain: a.device.Chain}).answerTo(r, trust.NotMe, a.Now())),
		"an answer from another history":        must(a.device.elsewhere().answerTo(r, trust.NotMe, a.Now())),
	} {
		err := a.Account.Answer(ctx, a.token, raw)
		if !is(err, api.CodeApproval) && !is(err, api.CodeMalformed) {
			t.Errorf("%s gives %v", what, err)
		}
	}
	if got := a.requests(); len(got) != 1 || got[0].State != "pending" {
		t.Errorf("after all of these the request is %+v", got)
	}
	for range 2 { // delivered again, because an answer was lost
		if err := a.Account.Answer(ctx, a.token, approval); err != nil {
			t.Error(err)
		}
	}
	again, _, err := a.device.Allow(r, a.Now())
	if err != nil {
		t.Fatal(err)
	}
	wants(t, a.Account.Answer(ctx, a.token, again), api.CodeAnswered, "another Allow after Allow")
	a.Advance(3 * time.Minute)
	wants(t, a.Account.Answer(ctx, a.token, again), api.CodeLate, "Allow when it is over")
}

// answerTo signs an answer without looking at the challenge.
func (d *Device) answerTo(r api.Request, answer trust.Answer, now time.Time) ([]byte, error) {
	head := d.Chain.Head()
	return trust.Approval{
		Version: 1, Challenge: trust.HashChallenge(r.Challenge), Answer: answer, Device: d.ID,
		Seq: head.Seq, Head: head.Hash, Time: uint64(now.Unix()),
	}.Seal(d.Keys)
}

// elsewhere is the device with another history behind the same genesis.
func (d *Device) elsewhere() *Device {
	other := *d
	st := must(chain.Open(d.Entries[:1]))
	other.Chain = must(st.Apply(must(st.SetPolicy(chain.AsDevice(d.ID, d.Keys), trust.DefaultPolicy(), time.Unix(1, 0)))))
	return &other
}

func testNotMe(t *testing.T, h *House) {
	a, ctx := h.settle(t), t.Context()
	before := a.status().Events
	signIn, r := a.ask()
	code := a.allow(r)
	no := must(a.device.Decline(r, trust.NotMe, a.Now()))
	for range 2 { // the second time because the first answer may get lost
		if err := a.Account.Answer(ctx, a.token, no); err != nil {
			t.Fatalf("not me after Allow gives %v", err)
		}
	}
	if got := must(a.Type(ctx, signIn, string(code))); got != "over" {
		t.Errorf("the right code after not me is %q", got)
	}
	if s := a.status(); s.Paused == nil || s.TwoStep {
		t.Errorf("after not me the status is %+v", s)
	}
	got := a.kinds(before)
	if !slices.Contains(got, api.EventDenied) || !slices.Contains(got, api.EventPaused) || slices.Contains(got, api.EventDone) {
		t.Errorf("events are %v", got)
	}
	late, _, err := a.device.Allow(r, a.Now())
	if err != nil {
		t.Fatal(err)
	}
	wants(t, a.Account.Answer(ctx, a.token, late), api.CodeAnswered, "Allow after not me")
	if _, err := a.Begin(ctx, "anna", password); err == nil {
		t.Error("a new browser may ask right after not me")
	}
}

func testNotNow(t *testing.T, h *House) {
	a, ctx := h.settle(t), t.Context()
	signIn, r := a.ask()
	if err := a.Account.Answer(ctx, a.token, must(a.device.Decline(r, trust.NotNow, a.Now()))); err != nil {
		t.Fatal(err)
	}
	if got := a.requests(); len(got) != 1 || got[0].State != "pending" {
		t.Errorf("after not now the device sees %+v", got)
	}
	code := a.allow(r)
	if got := must(a.Type(ctx, signIn, string(code))); got != "right" {
		t.Errorf("the code after not now and Allow is %q", got)
	}
}

func testExpires(t *testing.T, h *House) {
	a, ctx := h.settle(t), t.Context()
	before := a.status().Events
	_, first := a.ask()
	a.Advance(121 * time.Second)
	late, _, err := a.device.Allow(first, a.Now())
	if err != nil {
		t.Fatal(err)
	}
	wants(t, a.Account.Answer(ctx, a.token, late), api.CodeLate, "Allow after two minutes")
	if got := a.kinds(before); !slices.Equal(got, []api.EventKind{api.EventRequest, api.EventExpired}) || len(a.requests()) != 0 {
		t.Errorf("events are %v, requests %v", got, a.requests())
	}
	signIn, second := a.ask()
	code := a.allow(second)
	a.Advance(121 * time.Second)
	if got := must(a.Type(ctx, signIn, string(code))); got != "over" {
		t.Errorf("the right code after two more minutes is %q", got)
	}
}

func testConfirmed(t *testing.T, h *House) {
	a, ctx := h.settle(t), t.Context()
	wants(t, a.Account.Resume(ctx, a.token, "not the password"), api.CodePassword, "resume with a wrong password")
	_, err := a.Account.OpenDoor(ctx, a.token, "not the password")
	wants(t, err, api.CodePassword, "door with a wrong password")
	_, r := a.ask()
	if err := a.Account.Answer(ctx, a.token, must(a.device.Decline(r, trust.NotMe, a.Now()))); err != nil {
		t.Fatal(err)
	}
	d := must(a.Account.OpenDoor(ctx, a.token, password))
	if s := a.status(); len(d.Letters) != 3 || s.Door == nil || s.Door.Letters != d.Letters || s.Paused == nil {
		t.Errorf("door is %+v, status %+v", d, s)
	}
	if _, err := a.Begin(ctx, "anna", password); err != nil {
		t.Errorf("through the door: %v", err)
	}
	if s := a.status(); s.Door != nil {
		t.Error("the door stays open after one sign-in")
	}
	if err := a.Account.Resume(ctx, a.token, password); err != nil {
		t.Fatal(err)
	}
	if s := a.status(); s.Paused != nil {
		t.Errorf("after resume the status is %+v", s)
	}
	for range 5 {
		wants(t, a.Account.Resume(ctx, a.token, "wrong, wrong"), api.CodePassword, "a wrong password")
	}
	wants(t, a.Account.Resume(ctx, a.token, password), api.CodeSlow, "the right password after five wrong ones")
	a.pass(31 * time.Second)
	if err := a.Account.Resume(ctx, a.token, password); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}
