package ui

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/scan"
	"github.com/countersign/countersign/ui/widgets"
)

const pairLink = "HTTPS://ID.LINDQVIST.EXAMPLE/P#1.7QK2M9XW.0123456789ABCDEFGHJKMNPQRS"

// atJoining is a window that offers the ways to read what the trusted device shows.
func atJoining(t *testing.T, d *device, s scanner, size fyne.Size) *tester {
	d.digit = "480917"
	u := newTester(t, d, size)
	u.o.Scanner = s
	u.tap("Pair with a device I have")
	u.typeInto("Name of this device", " Pixel 9 ")
	u.tap("Phone")
	u.tap("Continue")
	u.waiting = true
	return u
}

func TestJoiningByPicture(t *testing.T) {
	for _, way := range []string{"Scan with the camera", "Read it from the screen", "Paste the link"} {
		u := atJoining(t, &device{}, scanner{text: pairLink, camera: true}, phone)
		u.app.Clipboard().SetContent(pairLink)
		u.tap(way)
		if way != "Paste the link" {
			u.next()
		}
		u.next() // join
		if want := (app.JoinInput{Link: pairLink, DeviceName: "Pixel 9", Kind: "phone"}); u.device.join != want {
			t.Errorf("%s: joined with %+v, want %+v", way, u.device.join, want)
		}
		u.mustSay("Waiting for your trusted device")
		u.next()
		u.mustSay("Type these digits on your trusted device", "480 917", "id.lindqvist.example")
		u.next()
		u.mustSay("This device now belongs to Anna Lindqvist", "Galaxy A15")
		u.tap("Go to Home")
		u.mustSay("Nobody is asking")
	}
}

func TestJoiningBySymbols(t *testing.T) {
	u := atJoining(t, &device{}, scanner{}, wide)
	u.tap("Type the symbols")
	if !u.find("Continue").(*widgets.Button).Disabled() {
		t.Error("it goes on with nothing typed")
	}
	u.typeInto("Address of the server", "id.lindqvist.example")
	u.press(fyne.KeyReturn)
	u.typeDigits("7qk2 m9xw")
	u.press(fyne.KeyReturn)
	u.next()
	if want := (app.JoinInput{Server: "id.lindqvist.example", Symbols: "7QK2M9XW", DeviceName: "Pixel 9", Kind: "phone"}); u.device.join != want {
		t.Errorf("joined with %+v, want %+v", u.device.join, want)
	}
	u.mustSay("Waiting for your trusted device")
}

func TestPictureFromAFileOrDropped(t *testing.T) {
	file := filepath.Join(t.TempDir(), "code.png")
	if err := os.WriteFile(file, []byte("picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	u := atJoining(t, &device{}, scanner{text: pairLink}, wide)
	u.tap("Open a picture…")
	u.typeInto("Where the picture is", filepath.Join(filepath.Dir(file), "other.png"))
	u.tap("Open it")
	if got := u.field("Where the picture is").Wrong(); got != "There is no file that can be opened." {
		t.Errorf("said %q", got)
	}
	u.typeInto("Where the picture is", file)
	u.tap("Open it")
	u.next()
	u.next()
	u.mustSay("Waiting for your trusted device")

	u = atJoining(t, &device{}, scanner{text: pairLink}, wide)
	u.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI(file)})
	u.next()
	u.next()
	u.mustSay("Waiting for your trusted device")
}

func TestWhatCannotBeReadIsToldInASentence(t *testing.T) {
	for err, want := range map[error]string{
		scan.ErrNone:          "There is no code to be read in it. Come closer, or take it straight from the front.",
		scan.ErrNoScreen:      "Your system does not let this app see the screen. Open a screenshot instead.",
		errors.New("unheard"): "There is no code to be read in it. Come closer, or take it straight from the front.",
	} {
		u := atJoining(t, &device{}, scanner{err: err}, phone)
		u.tap("Read it from the screen")
		u.next()
		u.mustSay(want)
	}
	u := atJoining(t, &device{}, scanner{}, phone)
	u.tap("Paste the link")
	u.mustSay(say("trouble.offer"))
	for err, want := range map[error]string{
		app.ErrOffer: say("trouble.offer"), app.ErrPairOver{State: "stopped"}: say("trouble.stopped"), app.ErrSetUp: say("trouble.set-up"),
	} {
		u := atJoining(t, &device{fails: map[string]error{"join": err}}, scanner{text: "anything"}, phone)
		u.tap("Read it from the screen")
		u.next()
		u.next()
		u.mustSay(want, "Pair this device")
	}
}

func TestWithoutACameraNoneIsOffered(t *testing.T) {
	u := atJoining(t, &device{}, scanner{}, phone)
	u.mustNotSay("Scan with the camera")
}

func TestEveryEndOfAJoiningHasItsSentence(t *testing.T) {
	for step, ends := range map[string]map[error]string{
		"digits": {app.ErrPairOver{State: "open"}: say("trouble.too-late"), app.ErrPairing: say("trouble.pairing")},
		"finish": {app.ErrPairOver{State: "digits"}: say("trouble.digits"), app.ErrPairOver{State: "stopped"}: say("trouble.stopped")},
	} {
		for err, want := range ends {
			u := atJoining(t, &device{fails: map[string]error{step: err}}, scanner{text: pairLink}, phone)
			u.tap("Read it from the screen")
			for len(u.later) > 0 {
				u.next()
			}
			u.mustSay("Nothing was added", want)
			u.tap("Start again")
			u.mustSay("Name of this device")
		}
	}
}

func TestLeavingStopsTheJoining(t *testing.T) {
	u := atJoining(t, &device{}, scanner{text: pairLink}, phone)
	u.tap("Read it from the screen")
	u.next()
	u.next()
	u.next()
	u.mustSay("480 917")
	u.tap("Stop pairing")
	u.mustSay("Set up an account")
	u.later = u.later[1:] // the wait for the trusted device ends with its context
	u.next()
	if want := []string{"join", "digits", "stop"}; !slices.Equal(u.device.calls, want) {
		t.Errorf("the device did %q, want %q", u.device.calls, want)
	}
}

// The camera's light must not stay on when the person looks elsewhere.
func TestLeavingTurnsTheCameraOff(t *testing.T) {
	u := atJoining(t, &device{}, scanner{text: pairLink, camera: true}, phone)
	u.tap("Scan with the camera")
	u.press(fyne.KeyEscape)
	u.mustSay("Read it from the screen")
	u.next()
	if len(u.device.calls) > 0 || len(u.later) > 0 {
		t.Errorf("what the camera still saw was used: %q", u.device.calls)
	}
}
