package verify

import (
	"crypto/hmac"
	"io"
	"time"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/offline"
)

// L8, codes by text message. Wrong ones are counted like offline codes, beside them.
const (
	TextsQuarter = 3 // sent, in 15 minutes
	TextsDay     = 5
	TextTries    = 3 // wrong ones in one sign-in
	TextSlowAt   = OfflineSlowAt
	TextSlow     = OfflineSlow
	TextOffAt    = OfflineOffAt // off until TextConfirmed
)

// The reasons to refuse a code by text message, beside Paused and Off.
const (
	TextsOften Reason = "texts often" // L8: none is sent until Verdict.Until
	TextOften  Reason = "text often"  // L8: none is compared until Verdict.Until
	TextSpent  Reason = "text spent"  // L8: none counts in this sign-in any more
	TextOff    Reason = "text off"    // L8: until TextConfirmed
)

// textRow is what became of an account's codes by text message.
// Fields are numbered for ever; do not reorder or reuse.
type textRow struct {
	Wrong uint64   `cbor:"1,keyasint"`           // in a row
	Last  uint64   `cbor:"2,keyasint"`           // unix seconds, of the last wrong one
	Sent  []uint64 `cbor:"3,keyasint,omitempty"` // unix seconds, within a day, oldest first
}

// AskText counts a code by text message before it is sent. The first one gives a
// sign-in that no device has allowed CodeFor from now, which is the time to read a
// message and to type; devices may allow it for no longer than before. What it gives
// must be stored, in the transaction in which s and l were read. A verdict that
// refuses says that none may be sent.
//
// ErrSession if the browser is another one, ErrLate if the sign-in is over.
func (v *Verifier) AskText(l Limits, s SignIn, session trust.SessionHash, now time.Time) (SignIn, Limits, Verdict, error) {
	if session != s.Session {
		return s, l, Verdict{}, ErrSession
	}
	if !s.Open() || s.over(now) {
		return s, l, Verdict{}, ErrLate
	}
	if verdict := l.textVerdict(s, now); !verdict.Allowed {
		return s, l, verdict, nil
	}
	row := l.text()
	row.Sent = within(row.Sent, 24*time.Hour, now)
	for _, b := range []struct {
		n      int
		window time.Duration
	}{{TextsDay, 24 * time.Hour}, {TextsQuarter, 15 * time.Minute}} {
		if until, spent := budget(row.Sent, b.n, b.window, now); spent {
			return s, l, Verdict{Reason: TextsOften, Until: until}, nil
		}
	}
	row.Sent = appendLast(row.Sent, unix(now), TextsDay)
	if s.TextAt == 0 {
		s.TextAt = unix(now)
	}
	s.TextCode = nil // the one before counts no more
	return s, l.withText(row), Verdict{Allowed: true}, nil
}

// DrawText draws the code for a message that is sent now, and gives the row that
// knows its MAC; the one drawn before counts no more. ErrLate if the sign-in is over
// or no code was asked for.
func (v *Verifier) DrawText(s SignIn, now time.Time, random io.Reader) (SignIn, string, error) {
	if !s.Open() || s.over(now) || s.TextAt == 0 {
		return s, "", ErrLate
	}
	code, err := drawDigits(random, offline.Digits)
	if err != nil {
		return s, "", err
	}
	s.TextCode = v.textMAC(s, offline.Code(code))
	return s, code, nil
}

// drawDigits draws digits that are all as likely.
func drawDigits(random io.Reader, n int) (string, error) {
	var out []byte
	for b := []byte{0}; len(out) < n; {
		if _, err := io.ReadFull(random, b); err != nil {
			return "", err
		}
		if b[0] < 250 { // 250 = 25*10: the rest would favour small digits
			out = append(out, '0'+b[0]%10)
		}
	}
	return string(out), nil
}

// CheckText compares a typed code with the last one that was sent for this sign-in. A
// wrong one is counted in the row and the limits it gives, the right one ends the
// sign-in. Both must be stored, in the transaction in which s and l were read, before
// anybody learns the result. A verdict that refuses says that nothing was compared;
// NotYet, that no code has been sent.
//
// ErrSession if the browser is another one, trust.ErrCode if the text cannot be a
// code (not a guess, so not counted).
func (v *Verifier) CheckText(l Limits, s SignIn, session trust.SessionHash, typed string, now time.Time) (SignIn, Limits, Result, Verdict, error) {
	allowed := Verdict{Allowed: true}
	if session != s.Session {
		return s, l, Result{}, Verdict{}, ErrSession
	}
	if s, _ = v.Expire(s, now); !s.Open() {
		return s, l, Result{Outcome: Over}, allowed, nil
	}
	guess, err := offline.ParseCode(typed)
	if err != nil {
		return s, l, Result{}, Verdict{}, err
	}
	if verdict := l.textVerdict(s, now); !verdict.Allowed {
		return s, l, Result{}, verdict, nil
	}
	if len(s.TextCode) == 0 {
		return s, l, Result{Outcome: NotYet}, allowed, nil
	}
	row := l.text()
	if !hmac.Equal(s.TextCode, v.textMAC(s, guess)) {
		s.TextWrong++
		row.Wrong, row.Last = row.Wrong+1, unix(now)
		left := min(TextTries-int(s.TextWrong), TextOffAt-int(row.Wrong))
		return s, l.withText(row), Result{Outcome: Wrong, Left: left}, allowed, nil
	}
	row.Wrong, row.Last = 0, 0
	s.State, s.TextCode, s.Device = Done, nil, trust.DeviceID{}
	return s, l.withText(row).giveBack(s, int(s.Tries)), Result{Outcome: Right}, allowed, nil
}

func (v *Verifier) textMAC(s SignIn, code offline.Code) []byte {
	sum := v.mac(codeText, s.ID[:], []byte(code))
	return sum[:]
}

// textVerdict tells whether a code may be sent or compared in this sign-in.
func (l Limits) textVerdict(s SignIn, now time.Time) Verdict {
	if verdict := l.heldBack(s, now); !verdict.Allowed {
		return verdict
	}
	if verdict := l.TextVerdict(now); !verdict.Allowed {
		return verdict
	}
	if s.TextWrong >= TextTries {
		return Verdict{Reason: TextSpent}
	}
	return Verdict{Allowed: true}
}

// TextVerdict tells what L8 says to a further code by text message.
func (l Limits) TextVerdict(now time.Time) Verdict {
	row := l.text()
	switch {
	case row.Wrong >= TextOffAt:
		return Verdict{Reason: TextOff}
	case row.Wrong == TextSlowAt && !ago(row.Last, TextSlow, now):
		return Verdict{Reason: TextOften, Until: time.Unix(int64(row.Last), 0).Add(TextSlow)}
	}
	return Verdict{Allowed: true}
}

// TextHeld reports whether no code by text message counts in a sign-in now, for
// whatever reason.
func (l Limits) TextHeld(s SignIn, now time.Time) bool { return !l.textVerdict(s, now).Allowed }

// TextConfirmed begins the count of wrong codes by text message anew, because the
// password was typed on a trusted device. What was sent stays counted. It reports
// whether that changed anything.
func (l Limits) TextConfirmed() (Limits, bool) {
	row := l.text()
	if row.Wrong == 0 {
		return l, false
	}
	row.Wrong, row.Last = 0, 0
	return l.withText(row), true
}

func (l Limits) text() textRow {
	if l.row.Text == nil {
		return textRow{}
	}
	return *l.row.Text
}

func (l Limits) withText(row textRow) Limits {
	l.row.Text = &row
	return l
}
