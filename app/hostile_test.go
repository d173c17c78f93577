package app_test

import (
	"context"
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/verify"
)

// forged is a challenge as the backend would make it, changed and signed again.
func (w *world) forged(change func(*trust.Challenge), signer trust.Keys) api.Request {
	c := trust.Challenge{
		Version: 1, Kind: trust.SignIn, Account: w.b.st.Account(), ID: must(trust.NewChallengeID(rand.Reader)), Verifier: w.b.record.ID,
		Service: "Example", Address: "192.0.2.7", Agent: "Firefox on Linux", Issued: uint64(time.Now().Unix()),
		Expires: uint64(time.Now().Unix()) + 120, Digits: 4, Seq: w.b.st.Head().Seq, Head: w.b.st.Head().Hash,
	}
	change(&c)
	body := must(trust.Marshal(c)) // not by Seal, which refuses what is malformed
	raw := must(trust.Marshal(trust.Signed{Body: body, Sig: signer.Sign(trust.ContextChallenge, body)}))
	return api.Request{Challenge: raw, State: "pending", Network: "own"}
}

// deliver shows the device a request, by its list and by the log.
func (w *world) deliver(r api.Request) {
	w.b.set(func() {
		w.b.requests = func([]api.Request) []api.Request { return []api.Request{r} }
		w.b.event(api.EventRequest, api.EventData{Request: &r})
	})
	w.settle()
	if err := w.d.CheckNow(w.ctx); err != nil {
		w.t.Logf("checking: %v", err)
	}
	w.settle()
}

// Whatever the backend itself did not sign for this account's sign-in is not
// even shown.
func TestForgedRequestsAreNotShown(t *testing.T) {
	thief := must(must(trust.NewKeySeed(rand.Reader)).Keys())
	for name, forge := range map[string]func(*world) api.Request{
		"another key":      func(w *world) api.Request { return w.forged(func(*trust.Challenge) {}, thief) },
		"another account":  func(w *world) api.Request { return w.signed(func(c *trust.Challenge) { c.Account[0]++ }) },
		"unknown verifier": func(w *world) api.Request { return w.signed(func(c *trust.Challenge) { c.Verifier[0]++ }) },
		"step-up": func(w *world) api.Request {
			return w.signed(func(c *trust.Challenge) { c.Kind, c.Action = trust.StepUp, "Pay 49 € at Shop" })
		},
		"fewer digits":    func(w *world) api.Request { return w.signed(func(c *trust.Challenge) { c.Digits = 2 }) },
		"hidden text":     func(w *world) api.Request { return w.signed(func(c *trust.Challenge) { c.Agent = "Fire\u202efox" }) },
		"another version": func(w *world) api.Request { return w.signed(func(c *trust.Challenge) { c.Version = 2 }) },
		"entries unshown": func(w *world) api.Request { return w.signed(func(c *trust.Challenge) { c.Seq = 9 }) },
		"not a challenge": func(w *world) api.Request { return api.Request{Challenge: []byte("hello"), State: "pending"} },
		"nothing":         func(w *world) api.Request { return api.Request{State: "pending"} },
		"cut off": func(w *world) api.Request {
			r := w.signed(func(*trust.Challenge) {})
			r.Challenge = r.Challenge[:40]
			return r
		},
		"a changed letter": func(w *world) api.Request { r := w.signed(func(*trust.Challenge) {}); r.Challenge[60]++; return r },
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.deliver(forge(w))
				v := w.d.View()
				if len(v.Requests) != 0 || v.Notice == app.NoticeFrozen {
					t.Errorf("view is %+v", v)
				}
				w.b.set(func() { w.b.requests = nil })
				if got := w.b.typeCode(w.ask().ID, "0000"); got != verify.NotYet {
					t.Errorf("an honest request afterwards is %s", got)
				}
			})
		})
	}
}

// signed is forged by the backend itself.
func (w *world) signed(change func(*trust.Challenge)) api.Request { return w.forged(change, w.b.keys) }

func TestAForgeryOfThisHelperWouldBeShown(t *testing.T) {
	inWorld(t, func(w *world) {
		w.deliver(w.signed(func(*trust.Challenge) {}))
		if n := len(w.d.View().Requests); n != 1 {
			t.Errorf("%d requests are shown: the forgeries above prove nothing", n)
		}
	})
}

// The letters a person compares come from the challenge, not from the backend.
func TestLettersAreComputedHere(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.signed(func(*trust.Challenge) {})
		r.Letters, r.Network = "XXX", "<b>own</b>"
		w.deliver(r)
		shown := w.d.View().Requests[0]
		if shown.Letters != trust.Letters(trust.HashChallenge(r.Challenge)) || shown.Network != "unknown" {
			t.Errorf("request is %+v", shown)
		}
	})
}

func TestAFloodOfRequestsIsBounded(t *testing.T) {
	inWorld(t, func(w *world) {
		w.b.set(func() {
			w.b.requests = func([]api.Request) (all []api.Request) {
				for range 100 {
					all = append(all, w.signed(func(*trust.Challenge) {}))
				}
				return all
			}
		})
		if err := w.d.CheckNow(w.ctx); err != nil {
			t.Fatal(err)
		}
		if n := len(w.d.View().Requests); n == 0 || n > 20 {
			t.Errorf("%d requests are held", n)
		}
	})
}

// otherHistory is an entry that could stand at seq 1 as well as the account's own.
func (w *world) otherHistory() []byte {
	st := must(chain.Open(w.b.entries[:1]))
	key := must(trust.NewRecoveryKey(rand.Reader))
	return must(st.SetRecovery(chain.AsDevice(w.d.View().This, w.deviceKeys()), key, time.Now()))
}

func (w *world) deviceKeys() trust.Keys { return must(app.KeysOf(w.ctx, w.o)) }

// frozen checks that the device refuses, and still does after a restart.
func (w *world) frozen(id trust.ChallengeID) {
	w.t.Helper()
	for range 2 {
		if v := w.d.View(); v.Notice != app.NoticeFrozen {
			w.t.Errorf("notice is %q", v.Notice)
		}
		if _, err := w.d.Allow(w.ctx, id); app.TroubleOf(err) != app.TroubleFrozen {
			w.t.Errorf("Allow gives %v", err)
		}
		w.restart()
	}
	if len(w.b.answers) != 0 {
		w.t.Errorf("%d approvals were sent", len(w.b.answers))
	}
}

func TestForkInAChallengeFreezes(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.ask()
		w.deliver(w.signed(func(c *trust.Challenge) { c.Head = trust.HashEntry(w.otherHistory()) }))
		w.frozen(r.ID)
	})
}

func TestForkInTheStatusFreezes(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.ask()
		other := w.otherHistory()
		w.b.set(func() {
			w.b.head = func(chain.Head) chain.Head { return chain.Head{Seq: 1, Hash: trust.HashEntry(other)} }
			genesis := w.b.entries[0]
			w.b.shows = func(from uint64, _ [][]byte) [][]byte { return [][]byte{genesis, other}[from:] }
		})
		if err := w.d.CheckNow(w.ctx); err != nil {
			t.Logf("checking: %v", err)
		}
		w.frozen(r.ID)
	})
}

func TestUnknownOperationsStop(t *testing.T) {
	inWorld(t, func(w *world) {
		head := w.b.st.Head()
		later := must(trust.Marshal(map[uint64]any{1: must(trust.Marshal(map[uint64]any{1: uint64(2), 2: "who knows"})), 2: make([]byte, 64)}))
		w.b.set(func() {
			w.b.head = func(chain.Head) chain.Head { return chain.Head{Seq: head.Seq + 1, Hash: trust.HashEntry(later)} }
			w.b.shows = func(from uint64, e [][]byte) [][]byte { return append(slices.Clone(e), later) }
		})
		if err := w.d.CheckNow(w.ctx); err != nil {
			t.Fatal(err)
		}
		if v := w.d.View(); v.Notice != app.NoticeUpdate {
			t.Errorf("notice is %q", v.Notice)
		}
	})
}

func TestRestoredBackendIsNoted(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.ask()
		w.b.typeCode(r.ID, w.allow(r).Code)
		w.settle()
		w.b.cut()
		w.settle()
		w.b.set(func() { w.b.events, w.b.signIns = w.b.events[:1], nil })
		w.b.mend()
		w.pass(2 * time.Minute)
		if v := w.d.View(); v.Notice != app.NoticeRestored || v.Link.State != app.Online {
			t.Errorf("view is %+v", v)
		}
		r = w.ask() // the log goes on from where the backup was made
		if got := w.b.typeCode(r.ID, w.allow(r).Code); got != verify.Right {
			t.Errorf("the code is %s", got)
		}
	})
}

func TestAShorterChainIsNotTakenOver(t *testing.T) {
	inWorld(t, func(w *world) {
		genesis := must(chain.Open(w.b.entries[:1])).Head()
		w.b.set(func() {
			w.b.head = func(chain.Head) chain.Head { return genesis }
			w.b.shows = func(from uint64, e [][]byte) [][]byte { return e[:1] }
		})
		if err := w.d.CheckNow(w.ctx); err != nil {
			t.Fatal(err)
		}
		if v := w.d.View(); v.Notice != app.NoticeRestored || !v.Recovery.Set {
			t.Errorf("view is %+v", v)
		}
	})
}

// A sign-in that finished although no trusted device allowed it is in doubt.
func TestSignInsWithoutAnApprovalAreDoubted(t *testing.T) {
	for name, test := range map[string]struct {
		tell  func(w *world, id trust.ChallengeID)
		doubt bool
	}{
		"nobody answered": {func(w *world, id trust.ChallengeID) {}, true},
		"this device is said to have": {func(w *world, id trust.ChallengeID) {
			w.b.event(api.EventAnswered, api.EventData{Challenge: id, Device: w.d.View().This, Answer: trust.Allow})
		}, true},
		"a stranger is said to have": {func(w *world, id trust.ChallengeID) {
			w.b.event(api.EventAnswered, api.EventData{Challenge: id, Device: trust.DeviceID{7}, Answer: trust.Allow})
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				r := w.ask()
				w.b.set(func() {
					test.tell(w, r.ID)
					w.b.event(api.EventDone, api.EventData{Challenge: r.ID})
				})
				w.settle()
				line := w.d.View().Activity[0]
				if line.Kind != "done" || line.Doubt != test.doubt {
					t.Errorf("line is %+v", line)
				}
			})
		})
	}
}

func TestASignInFromNowhereIsDoubted(t *testing.T) {
	inWorld(t, func(w *world) {
		w.b.set(func() { w.b.event(api.EventDone, api.EventData{Challenge: trust.ChallengeID{1}, Agent: "curl"}) })
		w.settle()
		if line := w.d.View().Activity[0]; !line.Doubt {
			t.Errorf("line is %+v", line)
		}
	})
}

// A log with a hole is not taken over: what happened in it would never be seen.
func TestEventsWithAGapAreNotTakenOver(t *testing.T) {
	inWorld(t, func(w *world) {
		w.b.set(func() {
			w.b.event(api.EventWrong, api.EventData{})
			w.b.event(api.EventBurned, api.EventData{})
			w.b.listed = func(all []api.Event) []api.Event {
				return slices.DeleteFunc(all, func(e api.Event) bool { return e.Kind == api.EventWrong })
			}
		})
		w.pass(10 * time.Second)
		if slices.Contains(w.kinds(), "burned") {
			t.Errorf("activity is %s", w.kinds())
		}
		w.b.set(func() { w.b.listed = nil })
		w.pass(2 * time.Minute)
		if got := w.kinds(); !slices.Equal(got, []string{"burned", "wrong", "created"}) {
			t.Errorf("activity is %s", got)
		}
	})
}

// A fake backend in between cannot use the device's proof at the real one: the
// origin is inside.
func TestProofIsBoundToTheOrigin(t *testing.T) {
	inWorld(t, func(w *world) {
		var proof api.SessionProof
		w.o.Dial = func(origin string) (api.Account, error) { return spy{w.b, &proof}, nil }
		w.restart()
		member, _ := w.b.st.Device(proof.Device)
		signed := trust.Proof{Account: proof.Account, Device: proof.Device, Nonce: [32]byte(proof.Nonce), Origin: "https://evil.example"}
		if signed.Verify(member.Sign, trust.Signature(proof.Signature)) {
			t.Error("the proof holds at another origin")
		}
		signed.Origin = w.b.origin
		if !signed.Verify(member.Sign, trust.Signature(proof.Signature)) {
			t.Error("the proof does not hold at the account's own origin")
		}
	})
}

type spy struct {
	*backend
	proof *api.SessionProof
}

func (s spy) Session(ctx context.Context, p api.SessionProof) (api.Session, error) {
	*s.proof = p
	return s.backend.Session(ctx, p)
}
