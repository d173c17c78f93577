package ui

import (
	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
)

// page is one screen. It keeps what the person typed, so that it can be drawn
// again at any time: after a new view, at another size, in another theme.
type page interface {
	draw(s shape) fyne.CanvasObject
}

// focused is a page with an object that wants the keyboard when it opens.
type focused interface{ focus() fyne.Focusable }

// leavable is a page that Escape leaves.
type leavable interface{ leave() }

// follower is a page that knows what comes after it when the device's stage changes.
type follower interface{ follow(v app.View) bool }

// parting is a page with something under way: before another page opens it ends
// that, or asks whether it may.
type parting interface{ part(then func()) }

// destination is a page of the rail and the bottom bar.
type destination interface{ destination() place }

// place is a destination.
type place int

const (
	placeHome place = iota
	placeDevices
	placeApps
	placeRecovery
	placeActivity
	placeSettings
)

// shape is what a page is drawn into.
type shape struct {
	wide    bool // rail and content side by side
	stacked bool // text so large that what stands side by side goes below each other
	narrow  bool // less than a phone
}
