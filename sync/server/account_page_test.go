package server_test

import (
	"context"
	"testing"
	"time"
)

// The page says of each device what the app says: since when, and what it may not yet.
func TestTheAccountPageTellsOfNewDevices(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	b, _ := a.takeIn("Phone", hostAt, guestAt)
	in := a.enters(visitor{address: somewhere})
	look := func() (young, held time.Time) {
		t.Helper()
		page := must(a.s.Holder(context.Background(), in.Session, nil))
		if len(page.Devices) != 2 || page.Devices[0].Since.IsZero() || !page.Devices[0].Young.IsZero() || page.Devices[1].ID != b.device.ID {
			t.Fatalf("the page lists %+v", page.Devices)
		}
		return page.Devices[1].Young, page.Devices[1].Held
	}
	now := a.clock.Now()
	if young, held := look(); young.Sub(now).Round(time.Hour) != 72*time.Hour || held.Sub(now).Round(time.Hour) != 24*time.Hour {
		t.Errorf("a new device from another network is young until %v, held until %v at %v", young, held, now)
	}
	a.pass(23*time.Hour + 59*time.Minute)
	if _, held := look(); held.IsZero() {
		t.Error("it is not held any more a minute before")
	}
}
