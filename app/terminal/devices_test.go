package terminal

import (
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
)

// Who reads the list learns which devices confirm it, which do not, and what a
// new one may not do yet.
func TestDeviceList(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	v := app.View{Devices: []app.Member{
		{ID: trust.DeviceID{1}, Name: "Laptop", Kind: trust.Laptop, This: true, Online: true, Young: now.Add(25 * time.Hour)},
		{ID: trust.DeviceID{2}, Name: "Phone", Kind: trust.Phone, Sight: app.SightSame, At: now.Add(-3 * time.Minute), Seen: now.Add(-50 * time.Hour)},
		{ID: trust.DeviceID{3}, Name: "Tablet", Kind: trust.Tablet, Sight: app.SightAnother, At: now.Add(-time.Hour), Held: now.Add(90 * time.Second)},
	}}
	var out strings.Builder
	writeDevices(&out, v, now)
	for _, want := range []string{
		"01000000", "online", "this device", "confirms it 3 min ago", "2 days ago", "SAW ANOTHER ONE 1 h ago", "never",
		"Devices that confirm this list: Phone 3 min ago\n", "Tablet may allow sign-ins in 2 min.", "This device may add, remove or recover in 25 h.",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the list does not say %q:\n%s", want, &out)
		}
	}
	if strings.Contains(out.String(), "backend does not show") {
		t.Errorf("the list says that something is withheld:\n%s", &out)
	}
	v.Withheld, v.Devices[1].Sight = true, app.SightNewer
	out.Reset()
	writeDevices(&out, v, now)
	for _, want := range []string{"No other device has confirmed this list yet.", "backend does not show", "saw a newer one 3 min ago"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the list does not say %q:\n%s", want, &out)
		}
	}
}

// A time to wait is never said too short.
func TestSpans(t *testing.T) {
	for d, want := range map[time.Duration][2]string{
		0:                          {"0 s", "0 s"},
		1500 * time.Millisecond:    {"1 s", "2 s"},
		61 * time.Second:           {"1 min", "2 min"},
		time.Hour:                  {"1 h", "1 h"},
		time.Hour + time.Second:    {"1 h", "2 h"},
		72 * time.Hour:             {"3 days", "3 days"},
		47*time.Hour + time.Minute: {"47 h", "2 days"},
	} {
		if got := [2]string{span(d), wait(d)}; got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
