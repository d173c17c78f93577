package app_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mrand "math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/verify"
)

func TestOfflineAndBack(t *testing.T) {
	inWorld(t, func(w *world) {
		w.b.cut()
		w.settle()
		v := w.d.View()
		if v.Link.State != app.Offline || v.Link.Since.IsZero() || !v.Link.Next.After(time.Now()) || v.Link.Heard.IsZero() {
			t.Errorf("cut off, the link is %+v", v.Link)
		}
		since := v.Link.Since
		w.pass(10 * time.Minute)
		if v = w.d.View(); !v.Link.Since.Equal(since) || time.Until(v.Link.Next) > 61*time.Second {
			t.Errorf("after ten minutes the link is %+v", v.Link)
		}
		if n := w.b.called("Status"); n > 40 {
			t.Errorf("%d tries in ten minutes", n)
		}
		w.b.mend()
		id := w.b.ask()
		w.pass(61 * time.Second)
		v = w.d.View()
		if v.Link.State != app.Online || !v.Link.Next.IsZero() || len(v.Requests) != 1 || v.Requests[0].ID != id {
			t.Errorf("back again, the view is %+v", v)
		}
	})
}

func TestCheckNowDoesNotWaitForTheNextTry(t *testing.T) {
	inWorld(t, func(w *world) {
		w.b.cut()
		w.pass(10 * time.Minute)
		if err := w.d.CheckNow(w.ctx); app.TroubleOf(err) != app.TroubleUnreachable {
			t.Errorf("CheckNow without a backend gives %v", err)
		}
		w.settle()
		w.b.mend()
		w.b.ask()
		if err := w.d.CheckNow(w.ctx); err != nil {
			t.Errorf("CheckNow gives %v", err)
		}
		w.settle()
		if v := w.d.View(); v.Link.State != app.Online || len(v.Requests) != 1 {
			t.Errorf("view is %+v", v)
		}
	})
}

// The first tries come quickly, later ones ever slower, never more than a minute
// apart.
func TestBackOff(t *testing.T) {
	inWorld(t, func(w *world) {
		w.b.cut()
		w.settle()
		began := w.b.called("Status") + w.b.called("Nonce")
		tries := func() int { return w.b.called("Status") + w.b.called("Nonce") - began }
		w.pass(5 * time.Second)
		if n := tries(); n < 3 || n > 6 {
			t.Errorf("%d tries in the first five seconds", n)
		}
		w.pass(time.Hour)
		if n := tries(); n < 60 || n > 140 {
			t.Errorf("%d tries in an hour", n)
		}
	})
}

// A session ends every quarter of an hour: nothing is lost, and nobody sees it.
func TestSessionsAreRenewedUnseen(t *testing.T) {
	inWorld(t, func(w *world) {
		offline := false
		stop := w.d.Watch(func(v app.View) { offline = offline || v.Link.State != app.Online })
		defer stop()
		w.pass(2 * time.Hour)
		if n := w.b.called("Session"); n < 8 || n > 12 {
			t.Errorf("%d sessions in two hours", n)
		}
		if offline {
			t.Error("the device was seen offline")
		}
		w.b.set(func() { clear(w.b.tokens) }) // the backend forgot them all
		w.settle()
		if r := w.ask(); r.Service != "Example" {
			t.Errorf("request is %+v", r)
		}
	})
}

// What the computer's own clock says does not matter, before or during a sign-in.
func TestClocks(t *testing.T) {
	for _, wrong := range []time.Duration{-24 * time.Hour, 24 * time.Hour, -40 * time.Minute} {
		t.Run(wrong.String(), func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.wall = wrong
				w.restart()
				r := w.ask()
				here := time.Now().Add(wrong)
				if left := r.Expires.Sub(here); left < 110*time.Second || left > 121*time.Second {
					t.Errorf("by this clock the request lives %s more", left)
				}
				if line := w.d.View().Activity[0]; line.At.Sub(here).Abs() > 2*time.Second {
					t.Errorf("by this clock it was asked %s ago", here.Sub(line.At))
				}
				shown := w.allow(r)
				if left := shown.Until.Sub(here); left < 115*time.Second || left > 121*time.Second {
					t.Errorf("by this clock the code lives %s more", left)
				}
				w.wall = -wrong // somebody sets the date
				w.pass(60 * time.Second)
				if v := w.d.View(); v.Shown == nil {
					t.Error("setting the date ended the code")
				}
				if got := w.b.typeCode(r.ID, shown.Code); got != verify.Right {
					t.Errorf("the code is %s", got)
				}
			})
		})
	}
}

func TestRequestsOutliveNoDateChange(t *testing.T) {
	inWorld(t, func(w *world) {
		w.ask()
		w.wall = -24 * time.Hour
		w.pass(121 * time.Second)
		if v := w.d.View(); len(v.Requests) != 0 {
			t.Error("turning the date back kept a request alive")
		}
	})
}

func TestBackendsClockSteps(t *testing.T) {
	inWorld(t, func(w *world) {
		w.b.set(func() { w.b.offset = -5 * time.Minute })
		if err := w.d.CheckNow(w.ctx); err != nil {
			t.Fatal(err)
		}
		r := w.ask()
		if left := time.Until(r.Expires); left < 110*time.Second || left > 121*time.Second {
			t.Errorf("the request lives %s more", left)
		}
		if got := w.b.typeCode(r.ID, w.allow(r).Code); got != verify.Right {
			t.Errorf("the code is %s", got)
		}
	})
}

// A device that was off hears what happened, but old requests do not ring.
func TestCatchingUp(t *testing.T) {
	inWorld(t, func(w *world) {
		w.d.Close()
		w.b.set(func() {
			for range 1200 {
				w.b.event(api.EventRefused, api.EventData{Count: 1})
			}
		})
		old := w.b.ask()
		time.Sleep(10 * time.Minute)
		w.hears = nil
		w.open()
		v := w.d.View()
		if len(v.Requests) != 0 || len(v.Activity) != 1000 || v.Activity[0].Request != old || v.Refused != 999 {
			t.Errorf("%d requests, %d lines, %d refused, newest %+v", len(v.Requests), len(v.Activity), v.Refused, v.Activity[0])
		}
		if len(w.hears) != 1201 || w.hears[1200].Request != nil {
			t.Errorf("%d events were heard", len(w.hears))
		}
		w.pass(24 * time.Hour)
		if v := w.d.View(); v.Refused != 0 {
			t.Errorf("%d refused in the last day", v.Refused)
		}
	})
}

func TestPausesAndDoors(t *testing.T) {
	inWorld(t, func(w *world) {
		until := time.Now().Add(time.Hour)
		w.b.set(func() {
			w.b.status = func(s *api.Status) { s.Paused, s.Off, s.MustReset = &until, true, true }
			w.b.event(api.EventPaused, api.EventData{Until: &until})
		})
		w.settle()
		v := w.d.View()
		if !v.Paused.Equal(until) || !v.Off || v.Notice != app.NoticePassword {
			t.Errorf("view is %+v", v)
		}
		if err := w.d.Resume(w.ctx, "not the password"); app.TroubleOf(err) != app.TroublePassword {
			t.Errorf("Resume with a wrong password gives %v", err)
		}
		door, err := w.d.OpenDoor(w.ctx, password)
		if err != nil || door.Letters != "BCD" || time.Until(door.Until) < 9*time.Minute || w.d.View().Door == nil {
			t.Errorf("door is %+v, %v", door, err)
		}
		w.b.set(func() { w.b.status = nil })
		if err := w.d.Resume(w.ctx, password); err != nil {
			t.Error(err)
		}
		w.settle()
		if v := w.d.View(); !v.Paused.IsZero() || v.Off || v.Notice != app.NoticeNone {
			t.Errorf("view is %+v", v)
		}
	})
}

// addDevice lets the device under test pair another, and gives its identity.
func (w *world) addDevice(name string) (trust.DeviceID, trust.Keys) {
	w.t.Helper()
	keys := must(must(trust.NewKeySeed(rand.Reader)).Keys())
	d := trust.Device{ID: must(trust.NewDeviceID(rand.Reader)), Name: name, Kind: trust.Phone, Sign: keys.SignKey(), KEM: keys.KEMKey()}
	author := chain.AsDevice(w.d.View().This, w.deviceKeys())
	body := must(w.b.st.DeviceBody(author, d, time.Now()))
	entry := must(w.b.st.AddDevice(author, body, must(chain.Possess(body, w.b.st.Account(), d, keys))))
	w.b.grow(entry)
	w.settle()
	return d.ID, keys
}

func TestTheChainGrows(t *testing.T) {
	inWorld(t, func(w *world) {
		phone, keys := w.addDevice("Phone")
		v := w.d.View()
		if len(v.Devices) != 2 || v.Devices[1].Name != "Phone" || v.Devices[1].This {
			t.Fatalf("devices are %+v", v.Devices)
		}
		r := w.ask()
		raw := w.b.signIn(r.ID).Challenge
		approval, code, err := must(verify.Read(raw, w.b.st)).Allow(w.b.st, phone, keys, time.Now(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		token := must(w.b.Session(w.ctx, w.proof(phone, keys))).Token
		if err := w.b.Answer(w.ctx, token, approval); err != nil {
			t.Fatal(err)
		}
		w.settle()
		if v := w.d.View(); len(v.Requests) != 0 || v.Shown != nil {
			t.Errorf("after the phone allowed it the view is %+v", v)
		}
		w.b.typeCode(r.ID, code)
		w.settle()
		if line := w.d.View().Activity[1]; line.Kind != "done" || line.Doubt || line.Device != "Phone" {
			t.Errorf("line is %+v", line)
		}
		w.restart()
		if n := len(w.d.View().Devices); n != 2 {
			t.Errorf("after a restart there are %d devices", n)
		}
	})
}

func (w *world) proof(id trust.DeviceID, keys trust.Keys) api.SessionProof {
	nonce := must(w.b.Nonce(w.ctx, w.b.st.Account(), id))
	proof := trust.Proof{Account: w.b.st.Account(), Device: id, Nonce: [32]byte(nonce), Origin: w.b.origin}
	sig := must(proof.Sign(keys))
	return api.SessionProof{Account: proof.Account, Device: id, Nonce: nonce, Signature: sig[:]}
}

func TestARemovedDeviceSaysSo(t *testing.T) {
	inWorld(t, func(w *world) {
		phone, keys := w.addDevice("Phone")
		me := w.d.View().This
		w.b.grow(must(w.b.st.RemoveDevice(chain.AsDevice(phone, keys), me, time.Now())))
		w.b.set(func() { clear(w.b.tokens) })
		w.pass(2 * time.Minute)
		if v := w.d.View(); v.Notice != app.NoticeRemoved || v.Link.State != app.Offline {
			t.Errorf("view is %+v", v)
		}
	})
}

// A day of bad weather: the connection drops, answers get lost, programs are
// restarted, somebody signs in again and again. Every sign-in that is allowed
// ends with the right code, and the log has every event once.
func TestWeather(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			inWorld(t, func(w *world) { w.storm(mrand.New(mrand.NewPCG(seed, 1)), 40) })
		})
	}
}

func (w *world) storm(dice *mrand.Rand, rounds int) {
	done := 0
	for range rounds {
		switch dice.IntN(5) {
		case 0:
			w.b.cut()
			w.pass(time.Duration(dice.IntN(90)) * time.Second)
			w.b.mend()
		case 1:
			w.restart()
		case 2:
			w.b.set(func() {
				w.b.lose[[]string{"Answer", "Status", "Events", "Watch", "Session"}[dice.IntN(5)]] = 1 + dice.IntN(2)
			})
		case 3:
			w.b.set(func() { clear(w.b.tokens) })
		case 4:
			w.wall = time.Duration(dice.IntN(48)-24) * time.Hour
		}
		w.pass(61 * time.Second)
		done += w.tryOnce()
	}
	if done < rounds/2 {
		w.t.Errorf("%d of %d sign-ins succeeded", done, rounds)
	}
	w.pass(2 * time.Minute)
	w.everyEventOnce()
}

func (w *world) tryOnce() int {
	id := w.b.ask()
	w.pass(20 * time.Second)
	shown, err := w.d.Allow(w.ctx, id)
	if err != nil {
		w.t.Logf("allowing: %v", err)
		return 0
	}
	if got := w.b.typeCode(id, shown.Code); got != verify.Right {
		w.t.Errorf("the code is %s", got)
	}
	w.pass(time.Second)
	return 1
}

func (w *world) everyEventOnce() {
	lines := w.d.View().Activity
	if n := len(w.b.events); len(lines) != n {
		w.t.Errorf("%d lines for %d events", len(lines), n)
	}
	slices.Reverse(lines)
	for i, a := range lines {
		if a.Seq != uint64(i+1) || a.Doubt {
			w.t.Errorf("line %d is %+v", i, a)
		}
	}
}

func TestAllowWaitsForABackendThatComesBack(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.ask()
		w.b.cut()
		go func() {
			time.Sleep(20 * time.Second)
			w.b.mend()
		}()
		shown, err := w.d.Allow(w.ctx, r.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.b.typeCode(r.ID, shown.Code); got != verify.Right {
			t.Errorf("the code is %s", got)
		}
	})
}

func TestCancelledAllow(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.ask()
		w.b.cut()
		ctx, cancel := context.WithCancel(w.ctx)
		cancel()
		if _, err := w.d.Allow(ctx, r.ID); err == nil || errors.Is(err, app.ErrGone) {
			t.Errorf("Allow gives %v", err)
		}
		w.b.mend()
		w.pass(2 * time.Second)
		if got := w.b.typeCode(r.ID, w.allow(r).Code); got != verify.Right {
			t.Errorf("the code is %s", got)
		}
	})
}
