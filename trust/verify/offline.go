package verify

import (
	"slices"
	"time"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/offline"
)

// L7, wrong offline codes in a row, of all the account's devices together.
const (
	OfflineSlowAt = 5
	OfflineSlow   = 15 * time.Minute // after OfflineSlowAt
	OfflineOffAt  = 10               // off until OfflineConfirmed
)

// The reasons to refuse an offline code, beside Paused and Off.
const (
	OfflineOften Reason = "offline often" // L7: wait until Verdict.Until
	OfflineOff   Reason = "offline off"   // L7: until OfflineConfirmed
)

// offlineRow is what became of an account's offline codes.
// Fields are numbered for ever; do not reorder or reuse.
type offlineRow struct {
	Wrong uint64    `cbor:"1,keyasint"` // in a row
	Last  uint64    `cbor:"2,keyasint"` // unix seconds, of the last wrong one
	Used  []usedRow `cbor:"3,keyasint,omitempty"`
}

// usedRow says up to which step a credential's codes are used up.
// Fields are numbered for ever; do not reorder or reuse.
type usedRow struct {
	Credential [16]byte     `cbor:"1,keyasint"`
	Step       offline.Step `cbor:"2,keyasint"`
}

// announced is a credential whose codes count.
type announced struct {
	device     trust.DeviceID
	credential [16]byte
	sealed     offline.Sealed
}

// Offline gives the devices whose offline codes this verifier can check: those that
// belong to the account now and have themselves announced a seed to it. What a
// removed device announced counts no more, though the chain still lists it.
func (v *Verifier) Offline(st chain.State) []trust.DeviceID {
	var out []trust.DeviceID
	for _, a := range v.announced(st) {
		out = append(out, a.device)
	}
	return out
}

// announced gives the newest credential of each device, in order of their making.
func (v *Verifier) announced(st chain.State) (out []announced) {
	for _, c := range st.Credentials() {
		id, ok := offline.DeviceOf(c)
		if !ok {
			continue
		}
		by, member := st.Device(id)
		if !member {
			continue
		}
		sealed, err := offline.Read(c, st.Account(), by, v.record.ID)
		if err != nil {
			continue
		}
		out = slices.DeleteFunc(out, func(a announced) bool { return a.device == id })
		out = append(out, announced{device: id, credential: c.ID, sealed: sealed})
	}
	return out
}

// CheckOffline compares a typed code with those that a device shows by itself. A
// wrong one is counted in the limits it gives, the right one ends the sign-in like a
// code that the device was asked for, and uses its step and all before it up. What
// it gives must be stored, in the transaction in which s and l were read, before
// anybody learns the result. A verdict that refuses says that nothing was compared.
//
// ErrSession if the browser is another one, ErrNotMember if no codes of the device
// count here, trust.ErrCode if the text cannot be a code (not a guess, so not
// counted).
func (v *Verifier) CheckOffline(l Limits, s SignIn, st chain.State, session trust.SessionHash, device trust.DeviceID, typed string, now time.Time) (SignIn, Limits, Result, Verdict, error) {
	if session != s.Session {
		return s, l, Result{}, Verdict{}, ErrSession
	}
	if s, _ = v.Expire(s, now); !s.Open() {
		return s, l, Result{Outcome: Over}, Verdict{Allowed: true}, nil
	}
	seed, credential, err := v.seedOf(s, st, device)
	if err != nil {
		return s, l, Result{}, Verdict{}, err
	}
	guess, err := offline.ParseCode(typed)
	if err != nil {
		return s, l, Result{}, Verdict{}, err
	}
	if verdict := l.offlineVerdict(s, now); !verdict.Allowed {
		return s, l, Result{}, verdict, nil
	}
	l = l.trim(now).keepUsed(st)
	step, right := seed.Match(guess, l.usedUp(credential), now)
	if !right {
		l, left := l.wrongOffline(now)
		return s, l, Result{Outcome: Wrong, Left: left}, Verdict{Allowed: true}, nil
	}
	s.State, s.Device = Done, device
	return s, l.rightOffline(s, credential, step), Result{Outcome: Right}, Verdict{Allowed: true}, nil
}

// seedOf opens the seed that a device announced.
func (v *Verifier) seedOf(s SignIn, st chain.State, device trust.DeviceID) (offline.Seed, [16]byte, error) {
	all := v.announced(st)
	at := slices.IndexFunc(all, func(a announced) bool { return a.device == device })
	if at < 0 || s.Account != st.Account() {
		return offline.Seed{}, [16]byte{}, ErrNotMember
	}
	seed, err := all[at].sealed.Open(v.keys)
	if err != nil {
		return offline.Seed{}, [16]byte{}, ErrNotMember
	}
	return seed, all[at].credential, nil
}

// offlineVerdict tells whether a code may be compared. Pauses hold for all browsers
// and doors: while somebody seems to know the password, no code counts that its
// owner did not show for this very sign-in.
func (l Limits) offlineVerdict(s SignIn, now time.Time) Verdict {
	if verdict := l.heldBack(s, now); !verdict.Allowed {
		return verdict
	}
	return l.OfflineVerdict(now)
}

// heldBack tells whether L4 and L5 let a code count that no device gave for this very
// sign-in.
func (l Limits) heldBack(s SignIn, now time.Time) Verdict {
	if l.row.Off || s.Known && l.known(s.Browser).Gone {
		return Verdict{Reason: Off}
	}
	if until, ok := l.PausedUntil(now); ok {
		return Verdict{Reason: Paused, Until: until}
	}
	return Verdict{Allowed: true}
}

// OfflineVerdict tells what L7 says to a further offline code.
func (l Limits) OfflineVerdict(now time.Time) Verdict {
	o := l.offline()
	switch {
	case o.Wrong >= OfflineOffAt:
		return Verdict{Reason: OfflineOff}
	case o.Wrong == OfflineSlowAt && !ago(o.Last, OfflineSlow, now):
		return Verdict{Reason: OfflineOften, Until: time.Unix(int64(o.Last), 0).Add(OfflineSlow)}
	}
	return Verdict{Allowed: true}
}

// OfflineConfirmed begins the count of wrong offline codes anew, because the
// password was typed on a trusted device. What is used up stays used up. It reports
// whether that changed anything.
func (l Limits) OfflineConfirmed() (Limits, bool) {
	o := l.offline()
	if o.Wrong == 0 {
		return l, false
	}
	o.Wrong, o.Last = 0, 0
	return l.withOffline(o), true
}

func (l Limits) offline() offlineRow {
	if l.row.Offline == nil {
		return offlineRow{}
	}
	return *l.row.Offline
}

func (l Limits) withOffline(o offlineRow) Limits {
	l.row.Offline = &o
	return l
}

// usedUp gives the newest step that a credential's codes were used of.
func (l Limits) usedUp(credential [16]byte) offline.Step {
	for _, u := range l.offline().Used {
		if u.Credential == credential {
			return u.Step
		}
	}
	return 0
}

// keepUsed forgets what the chain no longer lists: its identifiers never come back.
func (l Limits) keepUsed(st chain.State) Limits {
	o := l.offline()
	if len(o.Used) == 0 {
		return l
	}
	listed := st.Credentials()
	o.Used = slices.DeleteFunc(slices.Clone(o.Used), func(u usedRow) bool {
		return !slices.ContainsFunc(listed, func(c trust.Credential) bool { return c.ID == u.Credential })
	})
	return l.withOffline(o)
}

// wrongOffline counts a wrong code and says how many may follow.
func (l Limits) wrongOffline(now time.Time) (Limits, int) {
	o := l.offline()
	o.Wrong, o.Last = o.Wrong+1, unix(now)
	return l.withOffline(o), OfflineOffAt - int(o.Wrong)
}

// rightOffline uses a step up. The person who typed it is the owner: wrong codes of
// this sign-in are given back, and devices ring again.
func (l Limits) rightOffline(s SignIn, credential [16]byte, step offline.Step) Limits {
	o := l.offline()
	o.Wrong, o.Last = 0, 0
	o.Used = slices.DeleteFunc(slices.Clone(o.Used), func(u usedRow) bool { return u.Credential == credential })
	o.Used = append(o.Used, usedRow{Credential: credential, Step: step})
	return l.withOffline(o).giveBack(s, int(s.Tries))
}
