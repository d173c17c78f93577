package terminal

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// status prints what is known, also when the backend does not answer; the exit
// code then says so.
func status(ctx context.Context, c *call) error {
	d, err := c.open(ctx, false, nil)
	if err != nil {
		return err
	}
	defer d.Close()
	if v := d.View(); v.Stage == app.StageNew && !v.Joining && v.Regaining == nil {
		return c.print(statusLine(d.View()), func(w io.Writer) { fmt.Fprintln(w, "No account is set up here.") })
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	missed := d.CheckNow(ctx)
	v := d.View()
	if err := c.print(statusLine(v), func(w io.Writer) { writeStatus(w, v) }); err != nil {
		return err
	}
	return missed
}

func writeStatus(w io.Writer, v app.View) {
	fmt.Fprintf(w, "Account %s at %s (%s)\n", v.Name, v.Server, v.ServerName)
	if v.Regaining != nil {
		writeRegaining(w, *v.Regaining)
		return
	}
	if v.Stage == app.StageNew {
		fmt.Fprintln(w, "This device agreed to join it and waits to be let in.")
		return
	}
	fmt.Fprintf(w, "Two-step verification: %s\n", stageText(v))
	fmt.Fprintf(w, "Connection: %s\n", linkName(v.Link.State))
	now := time.Now()
	for _, m := range v.Devices {
		mark := ""
		if m.This {
			mark = ", this one"
		}
		fmt.Fprintf(w, "Trusted device: %s (%s%s)\n", m.Name, m.Kind, mark)
	}
	writeSights(w, v, now)
	writeProbation(w, v, now)
	if v.Notice != app.NoticeRemoved {
		writeCare(w, v)
	}
	if !v.Paused.IsZero() {
		fmt.Fprintf(w, "New browsers are kept out until %s\n", clock(v.Paused))
	}
	if v.Off {
		fmt.Fprintln(w, "New browsers are kept out until you run countersignctl resume")
	}
	if v.Notice != app.NoticeNone {
		fmt.Fprintln(w, noticeText(v.Notice))
	}
	if v.Fork != nil {
		fmt.Fprintf(w, "Entry %d here: %s\nEntry %d there: %s\n", v.Fork.Seq, v.Fork.Here, v.Fork.Seq, v.Fork.There)
	}
	if len(v.Requests) == 0 {
		fmt.Fprintln(w, "Nobody is asking to sign in.")
	}
	for _, r := range v.Requests {
		fmt.Fprintf(w, "Somebody is asking: %s\n", describe(r))
	}
}

func stageText(v app.View) string {
	switch {
	case v.Left:
		return "off"
	case v.Stage == app.StageTrial:
		return "one trial sign-in is still to do"
	}
	return "on"
}

// writeCare says what is to be looked after.
func writeCare(w io.Writer, v app.View) {
	if len(v.Waits) > 0 {
		writeWaits(w, v.Waits)
	}
	writeRecovery(w, v.Recovery)
	writeLight(w, v.Light)
}

// writeLight says whether the person would get back in if this device were lost.
func writeLight(w io.Writer, l app.Light) {
	if !l.Yes {
		fmt.Fprintln(w, "If this device were lost, you would NOT get back in.")
	}
	switch l.Next {
	case app.AdviceNewKey:
		fmt.Fprintln(w, "Make a recovery key: countersignctl recovery change")
	case app.AdviceTypeKey:
		fmt.Fprintln(w, "Find out whether you still have the recovery key: countersignctl recovery check")
	case app.AdviceGroups:
		fmt.Fprintln(w, "Find out whether you still have the recovery key: countersignctl recovery groups")
	case app.AdvicePair:
		fmt.Fprintln(w, "Pair a second device: countersignctl pair")
	case app.AdviceSeen:
		fmt.Fprintln(w, "Your other devices were not seen for a month. Do you still have them?")
	case app.AdviceCopy:
		fmt.Fprintln(w, "Keep a second copy of the recovery key elsewhere, then say so: countersignctl recovery copied")
	case app.AdviceContact:
		fmt.Fprintln(w, "Give an address that is told what happens: countersignctl contacts add mail ADDRESS")
	}
}

// outOfFreeze leads out of a freeze; docs/protocol.md §4.4 says why nothing shorter does.
const outOfFreeze = "If one device's word is all there is, remove that device: countersignctl remove DEVICE.\n" +
	"Else keep the proof: countersignctl status --json. Then remove this device on another one, erase it here: countersignctl forget,\n" +
	"and join anew, or come back with password and recovery key: countersignctl recover, with --lost for what this device was."

func noticeText(n app.Notice) string {
	switch n {
	case app.NoticeFrozen:
		return "There are two histories of this account. This device allows and changes nothing any more.\n" + outOfFreeze
	case app.NoticeRestored:
		return "The backend came back older than this device, as after a restored backup."
	case app.NoticeRemoved:
		return "This device no longer belongs to the account."
	case app.NoticeUpdate:
		return "The account holds what this version does not know. Update this program."
	case app.NoticePassword:
		return "Your password is known to somebody else. Change it."
	case app.NoticeNotMade:
		return "The account that was asked for was refused, or this device was not let in."
	}
	return "Notice: " + string(n)
}

func activity(ctx context.Context, c *call) error {
	if c.count < 0 {
		return usageError{"-n is how many lines"}
	}
	d, err := c.account(ctx, false, nil)
	if err != nil {
		return err
	}
	defer d.Close()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	missed := d.CheckNow(ctx)
	lines := d.View().Activity
	if c.count > 0 && len(lines) > c.count {
		lines = lines[:c.count]
	}
	for _, a := range lines {
		if err := c.print(activityLine(a), func(w io.Writer) { fmt.Fprintln(w, sentence(a)) }); err != nil {
			return err
		}
	}
	return missed
}

// sentence is a line of activity for people.
func sentence(a app.Activity) string {
	text := a.At.Format("2006-01-02 15:04:05") + "  " + happened(a)
	switch {
	case a.Kind == app.EntryUnaccounted:
		text += "  THE SERVER DOES NOT SAY WHAT CAME OF IT"
	case a.Doubt:
		text += "  WITHOUT AN ANSWER OF YOUR TRUSTED DEVICES"
	}
	return text
}

func happened(a app.Activity) string {
	from := fmt.Sprintf("%s from %s", a.Agent, a.Address)
	if action := a.Action.Sentence(); action != "" {
		return stepped(a, action, from)
	}
	switch api.EventKind(a.Kind) {
	case api.EventCreated:
		return "the account was made"
	case api.EventRequest:
		return "somebody asked to sign in: " + from
	case api.EventAnswered:
		return fmt.Sprintf("%s answered: %s", a.Device, map[trust.Answer]string{trust.Allow: "allow", trust.NotNow: "not now", trust.NotMe: "not me"}[a.Answer])
	case api.EventDone:
		if a.By == "password" {
			return "signed in with the password alone: " + from
		}
		return "signed in: " + from
	case api.EventOffline:
		return fmt.Sprintf("signed in with an offline code of %s: %s", a.Device, from)
	case api.EventText:
		return "signed in with a text message, and no trusted device: " + from
	case api.EventWrong:
		if a.By == "text" {
			return "a wrong code of a text message was typed: " + from
		}
		if a.By == "offline" {
			return "a wrong offline code was typed: " + from
		}
		return fmt.Sprintf("a wrong code was typed, %d tries left", a.Left)
	case api.EventBurned:
		return "three wrong codes: the sign-in is over"
	case api.EventDenied:
		return "not me: the sign-in is over"
	case api.EventExpired:
		return "a sign-in ran out of time"
	case api.EventStopped:
		return "a sign-in was stopped on its page"
	case api.EventRefused:
		return fmt.Sprintf("%d more asked and were refused without ringing", a.Count)
	case api.EventTwoStep:
		return "two-step verification is on"
	case api.EventPaused:
		return "new browsers are kept out until " + clock(a.Until)
	case api.EventOff:
		return "new browsers are kept out until you resume"
	case api.EventResumed:
		return "new browsers may sign in again"
	case api.EventPassword:
		return "password changed on " + a.Device
	case api.EventDoor:
		return "one sign-in from a new browser may pass until " + clock(a.Until)
	case api.EventChain:
		return "the account's devices or keys changed"
	case api.EventSignOut:
		return "signed out: " + from
	}
	return changed(a)
}

// stepped is a line about what a page asked for beside a sign-in.
func stepped(a app.Activity, action, from string) string {
	switch api.EventKind(a.Kind) {
	case api.EventRequest:
		return fmt.Sprintf("a browser that is signed in asks: %s: %s", action, from)
	case api.EventAnswered:
		return fmt.Sprintf("%s answered %s: %s", a.Device, map[trust.Answer]string{trust.Allow: "allow", trust.NotNow: "not now", trust.NotMe: "not me"}[a.Answer], action)
	case api.EventDone:
		return "allowed with its code: " + action
	case api.EventPermit:
		return fmt.Sprintf("may be made on %s now, for 5 minutes, in the app or with app-passwords: %s", a.Device, action)
	}
	return fmt.Sprintf("%s: %s", a.Kind, action)
}

// changed is a line about an entry of the chain.
func changed(a app.Activity) string {
	by := a.By
	if by == "" {
		by = "the recovery key"
	}
	switch a.Kind {
	case app.EntryAdded:
		return fmt.Sprintf("%s became a trusted device, let in by %s", a.Device, by)
	case app.EntryRemoved:
		return fmt.Sprintf("%s is no trusted device any more, removed by %s", a.Device, by)
	case app.EntryRecovery:
		return "another recovery key was set by " + by
	case app.EntryVerifier:
		return "a service's keys were set by " + by
	case app.EntryPolicy:
		return "the account's rules were set by " + by
	case app.EntryCred:
		return "an app password or offline codes were added by " + by
	case app.EntryRevoked:
		return "an app password or offline codes were ended by " + by
	}
	return befallen(a)
}
