package app_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/verify"
)

// decrypted gives both generations of the stored state in clear.
func (w *world) decrypted() (generations []string) {
	w.t.Helper()
	dir, key, err := app.StateOf(w.ctx, w.o)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, spoil := range []string{"state.0", "state.1"} {
		copied := w.t.TempDir()
		if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
			w.t.Fatal(err)
		}
		w.spoil(filepath.Join(copied, spoil))
		s := must(vault.OpenState(copied, key))
		generations = append(generations, string(must(s.Recover())))
		s.Close()
	}
	return generations
}

func (w *world) spoil(path string) {
	w.t.Helper()
	if err := os.WriteFile(path, []byte("spoilt"), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// Two programs are faces of one device: what one does, the other knows.
func TestTwoProgramsOneDevice(t *testing.T) {
	inWorld(t, func(w *world) {
		window := w.d
		r := w.ask()
		w.o.OnDemand = true
		w.open()
		command := w.d
		if err := command.CheckNow(w.ctx); err != nil {
			t.Fatal(err)
		}
		shown := w.allow(r)
		if v := window.View(); v.Shown == nil || v.Shown.Code != shown.Code {
			t.Errorf("the window shows %+v, the command gave %s", v.Shown, shown.Code)
		}
		if again := must(window.Allow(w.ctx, r.ID)); again.Code != shown.Code {
			t.Errorf("the window gives %s, the command gave %s", again.Code, shown.Code)
		}
		w.b.typeCode(r.ID, shown.Code)
		w.settle()
		if err := command.CheckNow(w.ctx); err != nil {
			t.Fatal(err)
		}
		for name, d := range map[string]*app.Device{"window": window, "command": command} {
			v := d.View()
			if len(v.Activity) != 5 || v.Activity[1].Kind != "done" || v.Activity[1].Doubt || v.Stage != app.StageOn {
				t.Errorf("the %s's activity is %+v", name, v.Activity)
			}
		}
		command.Close()
		w.d = window
	})
}

// A program that watches hears everything, whoever stored it first.
func TestEveryProgramHearsEveryEvent(t *testing.T) {
	inWorld(t, func(w *world) {
		first := w.d
		var heard []string
		w.o.Happened = func(h app.Happening) { heard = append(heard, h.Kind) }
		w.open()
		r := w.ask()
		w.b.typeCode(r.ID, w.allow(r).Code)
		w.settle()
		w.d.Close()
		w.d = first
		if len(w.hears) != 5 || len(heard) != 4 {
			t.Errorf("one heard %d events, the other %s", len(w.hears), heard)
		}
	})
}

// Killed between any two steps of an answer, the device sends the same bytes
// again, and shows the same code or none.
func TestAllowKilledAtAnyStep(t *testing.T) {
	for steps := range 4 {
		inWorld(t, func(w *world) {
			r := w.ask()
			w.d.Close()
			safe, left := w.o, steps
			w.o.OnSave(mortal{steps: &left}.step)
			w.open()
			ctx, cancel := timeout(w.ctx, 5*time.Second)
			defer cancel()
			first, err := w.d.Allow(ctx, r.ID)
			w.d.Close()
			w.o = safe
			w.open()
			w.settle()
			if sent := len(w.b.answers); sent > 0 {
				v := w.d.View()
				if v.Shown == nil {
					t.Fatalf("killed after %d steps: the backend has the approval, and no code is shown", steps)
				}
			}
			second := w.allow(r)
			if err == nil && first.Code != second.Code {
				t.Errorf("killed after %d steps: the codes are %s and %s", steps, first.Code, second.Code)
			}
			if got := w.b.typeCode(r.ID, second.Code); got != verify.Right {
				t.Errorf("killed after %d steps: the code is %s", steps, got)
			}
		})
	}
}

// A full disk is no reason to show a code that a restart would not know.
func TestNothingIsSentThatWasNotStored(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.ask()
		w.d.Close()
		full := errors.New("no space left on device")
		w.o.OnSave(func() error { return full })
		w.open()
		if _, err := w.d.Allow(w.ctx, r.ID); err == nil {
			t.Error("Allow succeeds on a full disk")
		}
		if len(w.b.answers) != 0 {
			t.Errorf("%d approvals were sent", len(w.b.answers))
		}
	})
}

func TestCodesAreErasedWhenOver(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.ask()
		code := w.allow(r).Code
		w.b.typeCode(r.ID, code)
		w.settle()
		_, key, _ := app.StateOf(w.ctx, w.o)
		dir, _, _ := app.StateOf(w.ctx, w.o)
		s := must(vault.OpenState(dir, key))
		newest := string(must(s.Load()))
		s.Close()
		if containsCode(newest, string(code)) {
			t.Error("the code is still stored")
		}
	})
}

func containsCode(state, code string) bool { return contains(state, `"code":"`+code+`"`) }

// A damaged state is said to be damaged; with the person's consent the device
// goes on from what is sound.
func TestDamagedState(t *testing.T) {
	for name, damage := range map[string]func(dir string) []string{
		"newest":  func(dir string) []string { return []string{"state.0"} },
		"older":   func(dir string) []string { return []string{"state.1"} },
		"both":    func(dir string) []string { return []string{"state.0", "state.1"} },
		"missing": nil,
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.d.Close()
				dir, _, err := app.StateOf(w.ctx, w.o)
				if err != nil {
					t.Fatal(err)
				}
				if damage == nil {
					if err := os.RemoveAll(dir); err != nil {
						t.Fatal(err)
					}
				} else {
					for _, file := range damage(dir) {
						w.spoil(filepath.Join(dir, file))
					}
				}
				if _, err := app.Open(w.ctx, w.o); app.TroubleOf(err) != app.TroubleDamaged {
					t.Fatalf("Open gives %v", err)
				}
				w.o.Repair = true
				w.open()
				w.pass(2 * time.Minute)
				v := w.d.View()
				if v.Link.State != app.Online || v.Name != "anna" || v.Server != w.b.origin || len(v.Devices) != 1 {
					t.Errorf("view is %+v", v)
				}
				r := w.ask()
				if got := w.b.typeCode(r.ID, w.allow(r).Code); got != verify.Right {
					t.Errorf("the code is %s", got)
				}
			})
		})
	}
}

// Another program found the state damaged and began it anew, while this one runs and
// knows the chain. It does not fall over, and gets the entries back.
func TestAStateBegunAnewByAnotherProgram(t *testing.T) {
	inHouse(t, func(h *house) {
		phone := h.pair(h.d, "Phone")
		defer func() { phone.d.Close() }()
		seen := func(*api.Status) {}
		h.reopen(&between{status: func(s *api.Status) { seen(s) }})
		h.pass(time.Minute)
		whole := must(h.d.Export())
		before := must(chain.Open(whole[:len(whole)-1]))
		for _, lost := range [][]string{{"entries"}, {"entries", "receipt", "status"}} {
			h.without(lost)
			seen = func(s *api.Status) { s.Head, s.Receipt = before.Head(), nil } // set back
			h.d.CheckNow(h.ctx)
			h.without(lost)
			seen = func(*api.Status) {}
			done(t, h.d.CheckNow(h.ctx))
			if got := must(h.d.Export()); len(got) != len(whole) {
				t.Errorf("it has %d entries of %d", len(got), len(whole))
			}
		}
		done(t, h.d.RemoveDevice(h.ctx, phone.d.View().This, h.password))
	})
}

// The same, and another device sees another history.
func TestAnotherHistoryThanOneThatIsGone(t *testing.T) {
	inHouse(t, func(h *house) {
		phone := h.pair(h.d, "Phone")
		defer func() { phone.d.Close() }()
		phone.d.Close()
		st := must(chain.Open(must(h.d.Export())))
		said := trust.Sight{Version: 1, Account: st.Account(), Device: phone.d.View().This, Seq: st.Head().Seq, Head: trust.Hash{1}, Time: uint64(time.Now().Unix())}
		raw := must(said.Seal(must(app.KeysOf(h.ctx, phone.o))))
		armed := false
		h.reopen(&between{status: func(s *api.Status) {
			for i := range s.Devices {
				if armed && s.Devices[i].Device == said.Device {
					s.Devices[i].Sight = raw
				}
			}
		}})
		h.pass(time.Minute)
		h.without([]string{"entries"})
		armed = true
		h.d.CheckNow(h.ctx)
		if v := h.d.View(); v.Fork == nil || v.Notice != app.NoticeFrozen {
			t.Errorf("view is %+v", v)
		}
	})
}

// without takes members out of the stored state, behind the laptop's back.
func (h *house) without(members []string) {
	h.t.Helper()
	h.withoutIn(h.o, members)
}

// withoutIn is without for the device whose options these are.
func (h *house) withoutIn(o app.Options, members []string) {
	h.t.Helper()
	dir, key, err := app.StateOf(h.ctx, o)
	done(h.t, err)
	s := must(vault.OpenState(dir, key))
	var all map[string]json.RawMessage
	done(h.t, json.Unmarshal(must(s.Load()), &all))
	for _, m := range members {
		delete(all, m)
	}
	done(h.t, errors.Join(s.Save(must(json.Marshal(all))), s.Close()))
}
