package verify

import (
	"io"
	"time"

	"github.com/countersign/countersign/trust"
)

// OpenDoor lets one sign-in from a new browser pass L1, L2, L4, L5 and L6 within
// DoorFor, after the password was typed on a trusted device. It gives the letters
// that the page shows when it passes, so that the owner knows the door was used
// by her own page. An open door is replaced. It fails only if rand does.
func (l Limits) OpenDoor(now time.Time, rand io.Reader) (Limits, string, error) {
	var h trust.Hash
	if _, err := io.ReadFull(rand, h[:]); err != nil {
		return l, "", err
	}
	d := door{Letters: trust.Letters(h), Until: unix(now.Add(DoorFor))}
	l.row.Door = &d
	return l, d.Letters, nil
}

// Door gives the open door's letters and end.
func (l Limits) Door(now time.Time) (letters string, until time.Time, open bool) {
	if d := l.row.Door; d.open(now) {
		return d.Letters, time.Unix(int64(d.Until), 0), true
	}
	return "", time.Time{}, false
}

// UseDoor takes the open door's pass and gives its letters. Prompt does this by
// itself where a limit would refuse.
func (l Limits) UseDoor(now time.Time) (Limits, string, bool) {
	letters, _, ok := l.Door(now)
	if !ok {
		return l, "", false
	}
	l.row.Door = nil
	return l, letters, true
}

// Knock lets one password try pass L1 through the open door, and counts it: after
// DoorGuesses the door no longer helps against L1, because the page in front of it
// is open to everybody. To be stored before the password is compared.
func (l Limits) Knock(now time.Time) (Limits, bool) {
	if !l.row.Door.open(now) || l.row.Door.Guesses >= DoorGuesses {
		return l, false
	}
	d := *l.row.Door
	d.Guesses++
	l.row.Door = &d
	return l, true
}

// open reports whether the door, which may be nil, is open. A door from a future
// farther than its life is one whose clock was set back: closed.
func (d *door) open(now time.Time) bool {
	return d != nil && unix(now) < d.Until && d.Until-unix(now) <= uint64(DoorFor/time.Second)
}

// Confirm lifts the pauses and the switch of L4 and L5, after the password was
// typed on a trusted device. The caller drops the Tries of the name's unknown
// browsers with it. It grants an attacker who has the password OffAtWrong more
// guesses, which is why nothing less will do. That the password is known to
// others stays.
func (l Limits) Confirm() Limits {
	l.row.Off, l.row.Paused, l.row.NotMe, l.row.Ignored, l.row.Wrong = false, 0, 0, 0, nil
	return l
}

// PasswordChanged lifts everything: the attacker has to begin anew. The caller
// drops the name's Tries with it.
func (l Limits) PasswordChanged() Limits {
	l, _ = l.Confirm().OfflineConfirmed()
	l, _ = l.TextConfirmed()
	l.row.Change = false
	return l
}

// Opened says that the app was opened: devices ring again (L6).
func (l Limits) Opened() Limits {
	l.row.Ignored, l.row.Refused = 0, nil
	return l
}
