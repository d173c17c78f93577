package app

import (
	"slices"
	"time"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// The kinds of Activity that come from the chain's entries, as every device of the
// account verifies them for itself: Device is the one it is about, By the author.
const (
	EntryAdded    = "device-added"
	EntryRemoved  = "device-removed"
	EntryRecovery = "recovery-set"     // a new recovery key
	EntryVerifier = "verifier-set"     // a service, or its new keys
	EntryPolicy   = "policy-set"       // the account's rules
	EntryCred     = "credential-added" // an app password or another key
	EntryRevoked  = "credential-revoked"
)

// history puts entries that follow st into lines. Times are the authors' clocks,
// but never later than now.
func history(st chain.State, entries [][]byte, called map[trust.DeviceID]string, now time.Time) (lines []Activity) {
	for _, raw := range entries {
		e, err := chain.Inspect(raw)
		after, applied := st.Apply(raw)
		if err != nil || applied != nil {
			return lines
		}
		a := Activity{Kind: entryKind(e.Op), At: earlier(trust.Clock(e.Time), now), By: nameIn(st, e.Author, called)}
		a.Device = concerned(st, after, called)
		a.Service, a.Label, a.Count = aboutAppPasswords(st, after)
		lines, st = append(lines, a), after
	}
	return lines
}

func entryKind(op chain.Op) string {
	switch op {
	case chain.OpAddDevice:
		return EntryAdded
	case chain.OpRemoveDevice:
		return EntryRemoved
	case chain.OpSetRecovery:
		return EntryRecovery
	case chain.OpSetVerifier:
		return EntryVerifier
	case chain.OpSetPolicy:
		return EntryPolicy
	case chain.OpAddCredential:
		return EntryCred
	}
	return EntryRevoked
}

// concerned gives the name of the device that came or went, "" if none did.
func concerned(before, after chain.State, called map[trust.DeviceID]string) string {
	for _, d := range after.Devices() {
		if _, was := before.Device(d.ID); !was {
			return nameIn(after, d.ID, called)
		}
	}
	for _, d := range before.Devices() {
		if _, is := after.Device(d.ID); !is {
			return nameIn(before, d.ID, called)
		}
	}
	return ""
}

// aboutAppPasswords gives the service and the name of the app password that was made
// or ended, and how many were; the names only if it was one.
func aboutAppPasswords(before, after chain.State) (service, label string, n int) {
	for _, h := range append(less(after, before), less(before, after)...) {
		service, label, n = h.Service, h.Label, n+1
	}
	if n > 1 {
		return "", "", n
	}
	return service, label, n
}

// less gives the app passwords of a that b has not.
func less(a, b chain.State) (out []chain.Held) {
	rest := b.Held()
	for _, h := range a.Held() {
		same := func(o chain.Held) bool { return o.ID == h.ID }
		if h.Kind == trust.AppPassword && !slices.ContainsFunc(rest, same) {
			out = append(out, h)
		}
	}
	return out
}

// nameIn gives what a device of st is called here, "" if it is none.
func nameIn(st chain.State, id trust.DeviceID, called map[trust.DeviceID]string) string {
	d, ok := st.Device(id)
	if !ok {
		return ""
	}
	if name := called[id]; name != "" {
		return name
	}
	return d.Name
}

// tellHistory tells of the entries after before, which are in the record.
func (c *core) tellHistory(before chain.State) {
	next := before.Head().Seq + 1
	if before.Account() == (trust.AccountID{}) || c.o.Happened == nil || next > uint64(len(c.rec.Entries)) {
		return
	}
	for _, a := range history(before, c.rec.Entries[next:], c.rec.Nicknames, c.now()) {
		c.o.Happened(Happening{Activity: c.localLine(a)})
	}
}
