package ui

import (
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
)

// The ways back that tests and gallery show.

// waiting is a way back with 17 hours and 36 minutes to go.
func waiting() app.Regaining {
	return app.Regaining{
		Name: "Anna Lindqvist", Server: "https://id.lindqvist.example", State: app.RegainWaits,
		Since: noon.Add(-6*time.Hour - 24*time.Minute), Until: noon.Add(17*time.Hour + 36*time.Minute),
	}
}

// onTheWay is the view of a device that comes back.
func onTheWay(change ...func(r *app.Regaining)) app.View {
	r := waiting()
	for _, c := range change {
		c(&r)
	}
	return app.View{Regaining: &r, Link: app.Link{State: app.Online}}
}

func ready(r *app.Regaining) { r.State, r.Until = app.RegainReady, noon.Add(-time.Minute) }

func stopped(by string) func(r *app.Regaining) {
	return func(r *app.Regaining) { r.State, r.By = app.RegainStopped, by }
}

// lostOnes are the devices of the account that is come back to.
func lostOnes() []app.Member {
	return []app.Member{
		{ID: trust.DeviceID{2}, Name: "Pixel 9", Kind: trust.Phone, Since: noon.Add(-100 * 24 * time.Hour)},
		{ID: trust.DeviceID{3}, Name: "Office PC", Kind: trust.Desktop, Since: noon.Add(-500 * 24 * time.Hour)},
	}
}

// passwordWait is what this device has asked for with itself alone.
func passwordWait() app.Wait {
	return app.Wait{ID: trust.WaitID{7}, Kind: waitPassword, Device: here, Name: "Anna’s ThinkPad", This: true, Since: noon.Add(-time.Hour), Until: noon.Add(71 * time.Hour)}
}

func withWait(v app.View, w app.Wait) app.View {
	v.Waits = []app.Wait{w}
	return v
}

func over(w app.Wait) app.Wait {
	w.Since, w.Until, w.Over = noon.Add(-72*time.Hour), noon.Add(-time.Minute), true
	return w
}
