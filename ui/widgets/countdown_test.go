package widgets

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestCountdownRunsDown(t *testing.T) {
	themed(t, Light, 1)
	c := NewCountdown(LargeCountdown)
	test.NewTempWindow(t, c)
	for left, angle := range map[time.Duration]float32{24 * time.Hour: 360, 18 * time.Hour: 270, 0: 0, -time.Hour: 0, 48 * time.Hour: 360} {
		c.SetLeft(left, 24*time.Hour, left.String(), "until tomorrow")
		if c.arc.EndAngle != angle || c.arc.FillColor != Color(Brass) || c.Words() != left.String() {
			t.Errorf("%v left: to %.0f degrees in %v, says %q", left, c.arc.EndAngle, c.arc.FillColor, c.Words())
		}
	}
	if c.SetLeft(time.Hour, 0, "", ""); c.arc.EndAngle != 0 {
		t.Error("a wait of no time has a rest")
	}
}

// What stands in the ring stays in it, in every text size.
func TestCountdownHoldsItsWords(t *testing.T) {
	for _, scale := range []float32{1, 1.5, 2} {
		themed(t, Light, scale)
		for _, size := range []float32{SmallCountdown, LargeCountdown} {
			c := NewCountdown(size)
			test.NewTempWindow(t, c)
			c.SetLeft(time.Hour, 2*time.Hour, "167 Std. 59 min", "bis 30. November 2026, 14:50")
			for _, word := range []fyne.CanvasObject{c.rest, c.until} {
				if w := word.MinSize().Width; word.Visible() && w > size-2*c.stroke()+0.5 {
					t.Errorf("scale %.1f: %.0f wide in a ring of %.0f", scale, w, size)
				}
			}
		}
	}
}
