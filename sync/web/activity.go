package web

import (
	"strings"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// line is one line of activity.
type line struct {
	Icon, Text, Second string
	At                 moment
	Alarm              bool
}

// lineOf says an event in a sentence; false for those that say nothing to a
// person.
func lineOf(w words, e api.Event, names map[trust.DeviceID]string) (line, bool) {
	l := line{Icon: iconOf(e), At: momentOf(e.At), Alarm: alarms(e)}
	key := "activity." + happened(e)
	if _, ok := w[key]; !ok {
		key = "activity." + string(e.Kind) // however it was done
	}
	if _, ok := w[key]; !ok {
		return l, false
	}
	device := names[e.Data.Device]
	if device == "" {
		device = w["device.gone"]
	}
	l.Text, _ = w.say(key, "device", device, "count", e.Data.Count, "name", e.Data.Name, "service", e.Data.Service, "address", e.Data.Address, "asked", askedFor(w, e.Data.Wait))
	l.Second = strings.Join(beneath(w, e, device), ", ")
	return l, true
}

// happened names an event's sentence: some kinds have several.
func happened(e api.Event) string {
	kind := string(e.Kind)
	switch {
	case e.Data.Action != "":
		return "step-" + kind
	case ofAppPassword(e) && e.Kind == api.EventChain:
		return "app-" + string(e.Data.Op)
	case e.Kind == api.EventChain:
		return kind + "-" + string(e.Data.Op)
	case e.Data.By != "" && e.Kind != api.EventStop:
		return kind + "-" + e.Data.By
	}
	return kind
}

// ofAppPassword reports whether an event is about one app password.
func ofAppPassword(e api.Event) bool {
	made := e.Kind == api.EventChain && (e.Data.Op == api.ChangeCredential || e.Data.Op == api.ChangeRevoked)
	return e.Kind == api.EventUsed || e.Kind == api.EventStale || e.Data.Action != "" || made && e.Data.Count == 1
}

// askedFor says what a wait is for; "" of none.
func askedFor(w words, wait *api.Wait) string {
	if wait == nil {
		return ""
	}
	key := "asked." + string(wait.Kind)
	if _, known := w[key]; !known {
		key = "asked.other"
	}
	s, _ := w.say(key, "device", wait.Name)
	return s
}

// beneath says by whom and from where.
func beneath(w words, e api.Event, device string) (all []string) {
	if action, ok := api.ParseAction(e.Data.Action); ok {
		all = append(all, actionSaid(w, action))
	}
	switch {
	case e.Kind == api.EventStop:
		if s, err := w.say("stopped."+e.Data.By, "device", device); err == nil {
			all = append(all, s)
		}
	case e.Kind == api.EventChain && e.Data.Device.IsZero():
		all = append(all, w["activity.with-key"])
	case e.Kind == api.EventChain:
		s, _ := w.say("activity.on", "device", device)
		all = append(all, s)
	}
	if e.Data.Agent != "" {
		all = append(all, w.agent(e.Data.Agent))
	}
	if e.Data.Address != "" && e.Kind != api.EventContact {
		all = append(all, e.Data.Address)
	}
	return all
}

func iconOf(e api.Event) string {
	if ofAppPassword(e) && !alarms(e) {
		return "apps"
	}
	switch e.Kind {
	case api.EventDone, api.EventTwoStep, api.EventOffline, api.EventText:
		return "signin"
	case api.EventDenied, api.EventBurned, api.EventOff, api.EventPaused, api.EventLeft, api.EventReset, api.EventRegained:
		return "warning"
	case api.EventExpired, api.EventStopped, api.EventWait, api.EventHalf, api.EventReady:
		return "clock"
	case api.EventStop:
		return "stop"
	case api.EventContact:
		return "mail"
	case api.EventChain:
		if e.Data.Op == api.ChangeRecovery {
			return "recovery"
		}
		return "devices"
	}
	return "info"
}

// alarms reports whether somebody should look at it who did not do it.
func alarms(e api.Event) bool {
	switch e.Kind {
	case api.EventDenied, api.EventBurned, api.EventOff, api.EventPaused, api.EventLeft, api.EventReset, api.EventRegained, api.EventWait, api.EventReady:
		return true
	}
	return false
}
