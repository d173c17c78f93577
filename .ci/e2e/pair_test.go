package e2e

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestPairTwoWindows pairs two devices, each with a home, a bus and a keyring of its
// own, whose windows stand beside each other on one display: the new one reads the
// picture off the screen.
func TestPairTwoWindows(t *testing.T) { tellPairing(t, "") }

func tellPairing(t *testing.T, pictures string) {
	d := newDesk(t)
	d.startKeyring()
	laptop := d.openWindow("--data", d.path("data/countersign"))
	laptop.move(4, 60)
	laptop.beginSetUp()
	laptop.typeBack(laptop.recoveryKey())
	laptop.press(laptop.say("trial.later"))
	laptop.pairs()

	other := d.beside()
	phone := other.openWindow("--data", other.path("data/countersign"))
	phone.move(864, 60)
	digits := phone.joins("Phone")
	shoot := func(name string) {
		if pictures != "" {
			d.photograph(filepath.Join(pictures, name))
		}
	}
	laptop.see(laptop.say("pair.joined"))
	shoot("20-the-new-device-shows-six-digits.png")
	laptop.lets(digits)
	phone.see(phone.say("join.done.body"))
	shoot("21-it-is-a-trusted-device.png")
	phone.press(phone.say("ready.done"))
	laptop.press(laptop.say("go.devices"))
	laptop.see("Both devices agree on this list.")

	laptop.removes("Phone")
	phone.see(phone.say("notice.removed"))
	shoot("22-removed-it-is-no-more.png")
	phone.hides(t, accountPassword, digits)
	laptop.hides(t, accountPassword, digits)
}

// joins reads the picture off the screen, and gives the digits to be typed there.
func (w *window) joins(name string) (digits string) {
	w.t.Helper()
	w.press(w.say("start.pair"))
	w.fill(0, name)
	w.press(w.say("do.continue"))
	w.press(w.say("join.screen"))
	w.see(w.say("join.digits"))
	w.wait("six digits", func() bool {
		for _, text := range w.texts() {
			if joined := strings.Join(strings.Fields(text), ""); len(joined) == 6 && strings.Trim(joined, "0123456789") == "" {
				digits = joined
			}
		}
		return digits != ""
	})
	return digits
}

// removes ends the trust in a device.
func (w *window) removes(name string) {
	w.t.Helper()
	w.press(name)
	w.press(w.say("remove.do"))
	w.see(w.say("remove.body"))
	w.fill(0, accountPassword)
	w.press(w.say("remove.do"))
	w.see(w.say("remove.done", "Device", name))
}

// pairs opens a pairing, up to its picture.
func (w *window) pairs() {
	w.t.Helper()
	w.press(w.say("go.devices"))
	w.press(w.say("devices.pair"))
	w.see(w.say("pair.two"))
}

// lets types the new device's digits and the password.
func (w *window) lets(digits string) {
	w.t.Helper()
	w.see(w.say("pair.joined"))
	w.hand("windowactivate", "--sync", w.handle())
	w.wait("the keyboard at the six digits", func() bool {
		x, ok := w.focused()
		return ok && strings.HasSuffix(x.Type, "DigitEntry")
	})
	w.write(digits)
	w.see(w.say("pair.password.body"))
	w.fill(0, accountPassword)
	w.press(w.say("pair.do"))
	w.see(w.say("pair.done.body"))
	w.press(w.say("pair.done.go"))
	w.see(w.say("devices.title"))
}
