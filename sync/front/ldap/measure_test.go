package ldap_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"testing"

	goldap "github.com/go-ldap/ldap/v3"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/sync/front/ldap"
)

// counted gives a figure of the front, for one outcome or for all.
func counted(t *testing.T, r *prometheus.Registry, name, outcome string) (sum float64) {
	t.Helper()
	all, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range all {
		if family.GetName() != name {
			continue
		}
		for _, m := range family.GetMetric() {
			if len(m.GetLabel()) == 0 || m.GetLabel()[0].GetValue() == outcome {
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return sum
}

func TestFigures(t *testing.T) {
	h := newHouse(t)
	right, _ := h.make("imap")
	r := prometheus.NewRegistry()
	h.ok(h.f.Measure(r))
	c := h.dial()
	h.ok(c.Bind(anna, right))
	c.Bind(anna, "wrong")
	c.Bind("cn=reader,ou=imap,dc=countersign", "wrong")
	h.ok(c.UnauthenticatedBind(""))
	for _, w := range []struct {
		name, outcome string
		want          float64
	}{
		{"countersign_front_ldap_requests_total", "opened", 1}, {"countersign_front_ldap_requests_total", "refused", 2},
		{"countersign_front_ldap_requests_total", "anonymous", 1}, {"countersign_front_ldap_connections", "", 1},
		{"countersign_front_ldap_seconds", "", 4},
	} {
		if got := counted(t, r, w.name, w.outcome); got != w.want {
			t.Errorf("%s of %q: %v, want %v", w.name, w.outcome, got, w.want)
		}
	}
}

// unwell is a server that can find nothing out, or has too much to do.
type unwell struct {
	front.Gate
	err error
}

func (u unwell) Check(context.Context, front.Try) (front.Opened, error) {
	return front.Opened{}, u.err
}

// A program must not take "I do not know" for "wrong": many lock people out for that.
func TestWhatCannotBeFoundOutIsNoRefusal(t *testing.T) {
	h := newHouse(t)
	right, _ := h.make("imap")
	for _, w := range []struct {
		err  error
		want uint16
	}{
		{front.ErrBusy, goldap.LDAPResultBusy},
		{errors.New("the disk is gone"), goldap.LDAPResultUnavailable},
	} {
		f, err := ldap.New(ldap.Options{}, unwell{h.s, w.err}, slog.New(slog.DiscardHandler))
		h.ok(err)
		l, err := net.Listen("tcp", "127.0.0.1:0")
		h.ok(err)
		ended := make(chan error, 1)
		go func() { ended <- f.Serve(l) }()
		h.at = l.Addr().String()
		if got := code(h.dial().Bind(anna, right)); got != w.want {
			t.Errorf("%v: result %d, want %d", w.err, got, w.want)
		}
		h.ok(f.Close())
		h.ok(<-ended)
	}
}
