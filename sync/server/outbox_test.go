package server_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust/verify"
)

// flood puts n messages for an account into the outbox, all before anything else.
func (a *home) flood(n int, m api.Medium, event string) {
	a.t.Helper()
	ok(a.t, a.db.Update(context.Background(), func(tx store.Tx) error {
		seq, err := tx.Append(a.device.Chain.Account(), store.Event{Kind: "password", At: a.clock.Now(), Data: []byte(event)})
		if err != nil {
			return err
		}
		row := `{"kind":"tell","medium":"` + string(m) + `","address":"flood","language":"en","seq":` + strconv.FormatUint(seq, 10) + `}`
		for range n {
			early := a.clock.Now().Add(-time.Hour)
			if _, err := tx.Enqueue(store.Notice{Account: a.device.Chain.Account(), Kind: string(m), Data: []byte(row), Created: early, Due: early}); err != nil {
				return err
			}
		}
		return nil
	}))
}

// sendUntil asks as the postman does, two at a time, until one of name's is given, and
// says how often it asked.
func (h *house) sendUntil(name string, m api.Medium) int {
	h.t.Helper()
	for asked := range 50 {
		for _, one := range must(h.s.Messages(context.Background(), 2, m)) {
			if one.Account == name {
				return asked + 1
			}
			ok(h.t, h.s.Sent(context.Background(), one.ID))
		}
	}
	return 0
}

// However much waits for some accounts, everybody else's comes in its turn.
func TestAFloodDelaysNobodyElsesMessages(t *testing.T) {
	h := newHouse(t, origin)
	anna, berta, cem := h.settle("anna"), h.settle("berta"), h.settle("cem").grownUp()
	cem.confirmed("cem@example.org")
	anna.flood(400, api.MediumMail, "{}")
	berta.flood(400, api.MediumMail, "{}")
	ok(t, h.s.ChangePassword(context.Background(), cem.token(), password, nextWord))
	if n := h.sendUntil("cem", api.MediumMail); n < 1 || n > 2 {
		t.Errorf("cem was told in round %d", n)
	}
	if text := must(h.s.Messages(context.Background(), 2, api.MediumText)); len(text) != 0 {
		t.Errorf("asked for text messages, it gives %+v", text)
	}
	if both := must(h.s.Messages(context.Background(), 2, api.MediumMail)); len(both) != 2 || both[0].Account == both[1].Account {
		t.Errorf("of two floods it gives %+v", both)
	}
}

// The sweep finds what waits behind any number of messages.
func TestAFloodHidesNoWait(t *testing.T) {
	h := newHouse(t, origin)
	anna, berta := h.settle("anna"), h.settle("berta").grownUp()
	must(berta.fresh("New phone").device.Regain(context.Background(), h.s, berta.name, password, berta.device.Paper))
	anna.flood(400, api.MediumText, "{}")
	h.pass(13 * time.Hour)
	if got := berta.kinds(); got[len(got)-1] != api.EventHalf {
		t.Errorf("berta's devices heard %v", got)
	}
}

// A damaged row is told of and counted, and delays neither its own account's other
// messages for good nor anybody else's.
func TestADamagedMessageDelaysOnlyItself(t *testing.T) {
	h := newHouse(t, origin)
	anna, berta := h.settle("anna"), h.settle("berta").grownUp()
	berta.confirmed("berta@example.org")
	anna.flood(3, api.MediumMail, "no event")
	ok(t, h.s.ChangePassword(context.Background(), berta.token(), password, nextWord))
	registry := prometheus.NewRegistry()
	ok(t, h.s.Measure(registry))
	if sent := must(h.s.Messages(context.Background(), 2, api.MediumMail)); len(sent) != 1 || sent[0].Account != "berta" {
		t.Errorf("it gives %+v", sent)
	}
	if n := figure(t, registry, "countersign_messages_damaged_total"); n != 3 {
		t.Errorf("the figures say %v are damaged", n)
	}
	h.pass(48 * time.Hour)
	must(h.s.Messages(context.Background(), 9, api.MediumMail))
	ok(t, h.db.View(context.Background(), func(tx store.Tx) error {
		due, err := tx.DueNotices(h.clock.Now().Add(24*time.Hour), anna.device.Chain.Account(), 9)
		for _, n := range due {
			if n.Account == anna.device.Chain.Account() {
				t.Errorf("kept for ever: %+v", n)
			}
		}
		return err
	}))
}

// figure reads a counter as Prometheus does.
func figure(t *testing.T, r *prometheus.Registry, name string) float64 {
	t.Helper()
	for _, f := range must(r.Gather()) {
		if f.GetName() == name {
			return f.GetMetric()[0].GetCounter().GetValue()
		}
	}
	t.Fatalf("there is no figure %s", name)
	return 0
}

// An account whose chain is damaged keeps nobody else's sign-ins from ending.
func TestADamagedAccountHoldsUpNoSweep(t *testing.T) {
	h := newHouse(t, origin)
	anna, berta := h.settle("anna"), h.settle("berta")
	must(anna.begin(stranger, password))
	signIn, _ := berta.ask(stranger)
	ok(t, h.db.Update(context.Background(), func(tx store.Tx) error {
		return tx.AppendEntry(anna.device.Chain.Account(), anna.device.Chain.Head().Seq+1, []byte("no entry"))
	}))
	h.reopen()
	h.clock.move(3 * time.Minute)
	if err := h.s.Sweep(context.Background()); err == nil {
		t.Error("the sweep says nothing of the damage")
	}
	if p := must(h.s.Progress(context.Background(), signIn)); p.State != verify.Expired {
		t.Errorf("berta's sign-in is %q", p.State)
	}
	if got := berta.kinds(); got[len(got)-1] != api.EventExpired {
		t.Errorf("berta's devices heard %v", got)
	}
}
