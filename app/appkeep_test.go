package app_test

import (
	"errors"
	"testing"

	"github.com/countersign/countersign/app"
)

// Who says that an idle app password is needed is not asked again for half a year,
// even after the program was started anew.
func TestAnIdleAppPasswordThatIsStillNeeded(t *testing.T) {
	inHouse(t, func(h *house) {
		h.opening()
		made := h.make("imap", "Old phone")
		h.away(185 * day)
		if !h.listed(made.ID).Idle {
			t.Fatal("it is not idle")
		}
		done(t, h.d.KeepAppPassword(made.ID))
		if h.listed(made.ID).Idle {
			t.Error("it is asked about again")
		}
		h.away(100 * day)
		if h.listed(made.ID).Idle {
			t.Error("it is asked about 100 days later")
		}
		h.away(85 * day)
		if !h.listed(made.ID).Idle {
			t.Error("it is not asked about half a year later")
		}
		for _, id := range []string{"", "00112233445566778899aabbccddeeff"} {
			if err := h.d.KeepAppPassword(id); !errors.Is(err, app.ErrAppPassword) {
				t.Errorf("keeping %q: %v", id, err)
			}
		}
	})
}
