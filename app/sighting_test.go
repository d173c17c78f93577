package app_test

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

func TestDevicesConfirmTheList(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.pair(h.d, "Phone")
		defer func() { g.d.Close() }()
		h.pass(3 * time.Minute)
		if err := h.d.CheckNow(h.ctx); err != nil {
			t.Fatal(err)
		}
		m := member(h.d.View(), "Phone")
		if ago := time.Since(m.At); m.Sight != app.SightSame || ago < 3*time.Minute || ago > 4*time.Minute {
			t.Errorf("the phone confirms %d, %s ago", m.Sight, ago)
		}
		g.d.Close()
		tablet := h.pair(h.d, "Tablet")
		defer func() { tablet.d.Close() }()
		if m := member(tablet.d.View(), "Phone"); m.Sight != app.SightOlder {
			t.Errorf("a phone that was away sees %d", m.Sight)
		}
		g.open()
		h.pass(time.Second)
		if err := tablet.d.CheckNow(h.ctx); err != nil {
			t.Fatal(err)
		}
		if m := member(tablet.d.View(), "Phone"); m.Sight != app.SightSame {
			t.Errorf("back again it sees %d", m.Sight)
		}
	})
}

// hide makes the backend show one device nothing after its present head.
func hide(head chain.Head) *between {
	return &between{
		status: func(s *api.Status) { s.Head, s.Receipt = head, nil },
		chain: func(from uint64, entries [][]byte) [][]byte {
			return entries[:min(uint64(len(entries)), head.Seq+1-from)]
		},
	}
}

func (h *house) head(d *app.Device) chain.Head {
	h.t.Helper()
	return must(chain.Open(must(d.Export()))).Head()
}

func TestEntriesThatAreWithheld(t *testing.T) {
	inHouse(t, func(h *house) {
		phone, tablet := h.pair(h.d, "Phone"), h.pair(h.d, "Tablet")
		defer func() { phone.d.Close(); tablet.d.Close() }()
		phone.d.Close()
		through(h, &phone.o, hide(h.head(h.d)))
		phone.open()
		h.pass(time.Second)
		if err := h.d.RemoveDevice(h.ctx, tablet.d.View().This, h.password); err != nil {
			t.Fatal(err)
		}
		h.pass(5 * time.Second)
		done(h.t, phone.d.CheckNow(h.ctx))
		if v := phone.d.View(); v.Withheld || member(v, "Laptop").Sight != app.SightNewer || len(v.Devices) != 3 {
			t.Errorf("at first the view is %+v", v)
		}
		h.pass(11 * time.Minute)
		if !phone.d.View().Withheld {
			t.Errorf("later the view is %+v", phone.d.View())
		}
		phone.d.Close()
		through(h, &phone.o, &between{})
		phone.open()
		h.pass(time.Second)
		if v := phone.d.View(); v.Withheld || len(v.Devices) != 2 || v.Fork != nil {
			t.Errorf("once all is shown the view is %+v", v)
		}
	})
}

// A backend that keeps two histories is found out by what the devices tell each
// other, stays found out, and holds a proof against itself.
func TestTwoHistoriesFreeze(t *testing.T) {
	inHouse(t, func(h *house) {
		phone, tablet := h.pair(h.d, "Phone"), h.pair(h.d, "Tablet")
		defer func() { phone.d.Close(); tablet.d.Close() }()
		here := must(chain.Open(must(h.d.Export())))
		keys := must(app.KeysOf(h.ctx, phone.o))
		other := must(here.RemoveDevice(chain.AsDevice(phone.d.View().This, keys), tablet.d.View().This, time.Now()))
		there := must(here.Apply(other))
		phone.d.Close()
		through(h, &phone.o, &between{
			status: func(s *api.Status) { s.Head, s.Receipt = there.Head(), nil },
			chain: func(from uint64, _ [][]byte) [][]byte {
				return append(must(h.d.Export())[:here.Head().Seq+1], other)[from:]
			},
		})
		phone.open()
		h.pass(time.Second)
		if len(phone.d.View().Devices) != 2 {
			t.Fatalf("the phone was not deceived: %+v", phone.d.View())
		}
		grow(t, h, h.d)
		h.pass(5 * time.Second)
		done(h.t, h.d.CheckNow(h.ctx))
		for range 2 {
			v := h.d.View()
			if v.Notice != app.NoticeFrozen || v.Fork == nil || v.Fork.Seq != there.Head().Seq || member(v, "Phone").Sight != app.SightAnother {
				t.Fatalf("view is %+v", v)
			}
			if !strings.Contains(v.Fork.Here, "Laptop") || !strings.Contains(v.Fork.There, "Phone") {
				t.Errorf("here: %s; there: %s", v.Fork.Here, v.Fork.There)
			}
			checkProof(t, v.Fork.Proof, member(v, "Phone").ID)
			if _, err := h.d.BeginPairing(h.ctx); !errors.Is(err, app.ErrFrozen) {
				t.Errorf("pairing: %v", err)
			}
			if err := h.d.RemoveDevice(h.ctx, tablet.d.View().This, h.password); !errors.Is(err, app.ErrFrozen) {
				t.Errorf("removing: %v", err)
			}
			h.d.Close()
			h.d = must(app.Open(h.ctx, h.o))
			h.pass(time.Second)
		}
		// A thief of the phone can say such a thing, too. Without the phone it counts
		// no more, on every other device.
		if err := h.d.RemoveDevice(h.ctx, phone.d.View().This, h.password); err != nil {
			t.Fatal(err)
		}
		h.pass(5 * time.Second)
		for name, d := range map[string]*app.Device{"laptop": h.d, "tablet": tablet.d} {
			done(h.t, d.CheckNow(h.ctx))
			if v := d.View(); v.Notice != app.NoticeNone || v.Fork != nil {
				t.Errorf("without the phone, the %s's view is %+v", name, v)
			}
		}
		p, err := h.d.BeginPairing(h.ctx)
		if err != nil {
			t.Fatalf("pairing afterwards: %v", err)
		}
		p.Stop(h.ctx)
	})
}

// grow lets d add an entry, by which its history parts from another's.
func grow(t *testing.T, h *house, d *app.Device) {
	t.Helper()
	g := h.guest()
	defer func() { g.d.Close() }()
	m := h.meet(d, g, "Watch")
	if err := m.p.Check(m.digits); err != nil {
		t.Fatal(err)
	}
	if _, _, err := m.finish(h.ctx, h.password); err != nil {
		t.Fatal(err)
	}
}

// checkProof examines a proof as somebody does who has nothing else.
func checkProof(t *testing.T, raw []byte, witness trust.DeviceID) {
	t.Helper()
	var proof struct {
		Entries [][]byte `json:"entries"`
		Shown   []byte   `json:"shown"`
		Sight   []byte   `json:"sight"`
	}
	if err := json.Unmarshal(raw, &proof); err != nil {
		t.Fatal(err)
	}
	st := must(chain.Open(proof.Entries))
	if proof.Shown != nil {
		shown := append(slices.Clone(proof.Entries[:len(proof.Entries)-1]), proof.Shown)
		if _, err := chain.Compare(proof.Entries, shown); !errors.Is(err, chain.ErrFork) {
			t.Errorf("the two entries: %v", err)
		}
		return
	}
	d, _ := must(chain.Open(proof.Entries[:len(proof.Entries)-1])).Device(witness)
	said, err := trust.OpenSight(proof.Sight, d.Sign)
	if err != nil || !errors.Is(st.Agrees(chain.Head{Seq: said.Seq, Hash: said.Head}), chain.ErrFork) {
		t.Errorf("the sight proves nothing: %v", err)
	}
}

// copyOf keeps the backend's data as it is now; putBack brings it back.
func (h *house) copyOf() string {
	h.t.Helper()
	h.stop()
	dir := h.t.TempDir()
	done(h.t, os.CopyFS(dir+"/copy", os.DirFS(h.dir)))
	h.start()
	h.pass(2 * time.Minute)
	return dir + "/copy"
}

func (h *house) putBack(dir string) {
	h.t.Helper()
	h.stop()
	done(h.t, os.RemoveAll(h.dir))
	done(h.t, os.CopyFS(h.dir, os.DirFS(dir)))
	h.start()
	h.pass(3 * time.Minute)
}

// A backend restored from an old copy gets back what it lost, from a device that
// was there before the copy was made or from one that it has never heard of.
func TestDevicesHealARestoredBackend(t *testing.T) {
	for _, later := range []bool{false, true} {
		inHouse(t, func(h *house) {
			old := h.copyOf()
			phone := h.pair(h.d, "Phone")
			defer func() { phone.d.Close() }()
			h.pass(time.Minute)
			healer, away := h.d, phone.d
			if later {
				healer, away = phone.d, h.d
			}
			away.Close()
			h.putBack(old)
			v := healer.View()
			if v.Link.State != app.Online || v.Notice != app.NoticeRestored || len(v.Devices) != 2 {
				t.Errorf("the healer's view is %+v", v)
			}
			if later {
				h.d = must(app.Open(h.ctx, h.o))
			} else {
				phone.open()
			}
			h.pass(time.Minute)
			for _, v := range []app.View{h.d.View(), phone.d.View()} {
				if v.Link.State != app.Online || v.Fork != nil || !slices.Equal(names(v), []string{"Laptop", "Phone"}) {
					t.Errorf("healed, a view is %+v", v)
				}
			}
			h.signIn()
		})
	}
}

// A device that was removed cannot come back by giving the backend what it has.
func TestARemovedDeviceHealsNothing(t *testing.T) {
	inHouse(t, func(h *house) {
		phone := h.pair(h.d, "Phone")
		defer func() { phone.d.Close() }()
		h.pass(time.Minute)
		if err := h.d.RemoveDevice(h.ctx, phone.d.View().This, h.password); err != nil {
			t.Fatal(err)
		}
		h.pass(10 * time.Minute)
		if v := phone.d.View(); v.Notice != app.NoticeRemoved || v.Link.State == app.Online {
			t.Errorf("its view is %+v", v)
		}
		if v := h.d.View(); len(v.Devices) != 1 || v.Notice != app.NoticeNone {
			t.Errorf("the other's view is %+v", v)
		}
	})
}

func done(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
