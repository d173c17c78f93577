package pair_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/countersign/countersign/trust/pair"
)

// sequences gives every order of n calls out of so many.
func sequences(calls, n int) func(yield func([]int) bool) {
	return func(yield func([]int) bool) {
		order := make([]int, n)
		for {
			if !yield(slices.Clone(order)) {
				return
			}
			at := n - 1
			for at >= 0 && order[at] == calls-1 {
				order[at] = 0
				at--
			}
			if at < 0 {
				return
			}
			order[at]++
		}
	}
}

// In every order of five calls the host answers those that are in turn, and none
// after the first that is not.
func TestHostOutOfTurn(t *testing.T) {
	m := newMeeting(t)
	wrong := "000000"
	if m.digits == wrong {
		wrong = "000001"
	}
	calls := []struct {
		name     string
		from, to int // stages: 0 begun, 1 joined, 2 checked, 3 over
		do       func(h *pair.Host) error
	}{
		{"meet", 0, 1, func(h *pair.Host) error { _, _, err := h.Meet(m.join); return err }},
		{"check", 1, 2, func(h *pair.Host) error { return h.Check(m.digits) }},
		{"check wrong digits", 1, 3, func(h *pair.Host) error { return h.Check(wrong) }},
		{"welcome", 2, 2, func(h *pair.Host) error { _, err := h.Welcome(m.welcome(m.body)); return err }},
		{"consent", 2, 2, func(h *pair.Host) error { _, err := h.Consent(m.consent, m.body); return err }},
	}
	for order := range sequences(len(calls), 5) {
		host, stage := m.begun, 0
		for _, n := range order {
			call, inTurn := calls[n], stage == calls[n].from
			var want error
			switch {
			case !inTurn:
				want, stage = pair.ErrMessage, 3
			case call.to == 3:
				want, stage = pair.ErrDigits, 3
			default:
				stage = call.to
			}
			if err := call.do(&host); !errors.Is(err, want) {
				t.Fatalf("in the order %v %s gives %v, want %v", order, call.name, err, want)
			}
			if named := host.Device().Name != ""; named != (stage == 2) {
				t.Fatalf("in the order %v after %s the host names a device: %t", order, call.name, named)
			}
		}
	}
}

// The same for the guest, in every order of five calls.
func TestGuestOutOfTurn(t *testing.T) {
	m := newMeeting(t)
	calls := []struct {
		name     string
		from, to int // stages: 0 asked, 1 shown, 3 over; a welcome may come again
		do       func(g *pair.Guest) error
	}{
		{"reveal", 0, 1, func(g *pair.Guest) error { _, err := g.Reveal(m.reveal); return err }},
		{"another reveal", 9, 3, func(g *pair.Guest) error { _, err := g.Reveal(m.digest()); return err }},
		{"open", 1, 1, func(g *pair.Guest) error { _, _, err := g.Open(m.sealed); return err }},
		{"open another", 9, 3, func(g *pair.Guest) error { _, _, err := g.Open(m.join); return err }},
	}
	for order := range sequences(len(calls), 5) {
		guest, stage := m.asked, 0
		for _, n := range order {
			var want error
			if stage == calls[n].from {
				stage = calls[n].to
			} else {
				want, stage = pair.ErrMessage, 3
			}
			if err := calls[n].do(&guest); !errors.Is(err, want) {
				t.Fatalf("in the order %v %s gives %v, want %v", order, calls[n].name, err, want)
			}
		}
	}
}

// digest is as long as a reveal and none.
func (m *meeting) digest() []byte {
	other := slices.Clone(m.reveal)
	slices.Reverse(other)
	return other
}
