package chain

import (
	"slices"
	"time"

	"github.com/countersign/countersign/trust"
)

// keepEnded is how many ended app passwords a state remembers, so that a program that
// still uses one can be named. Chosen arbitrarily.
const keepEnded = 64

// Held is a credential with what the chain says about its making.
type Held struct {
	trust.Credential
	Seq  uint64         // of the entry that added it
	By   trust.DeviceID // its author
	Made uint64         // the author's clock, unix seconds
}

// MadeAt gives the author's time of making, which is shown and never judged.
func (h Held) MadeAt() time.Time { return time.Unix(int64(h.Made), 0) }

// Ended is an app password that counts no more.
type Ended struct {
	Held
	At    uint64         // the clock of who ended it, unix seconds
	EndBy trust.DeviceID // zero: the recovery key
	All   bool           // all were ended at once
}

// EndedAt gives the author's time of the end, which is shown and never judged.
func (e Ended) EndedAt() time.Time { return time.Unix(int64(e.At), 0) }

// Credentials gives the credentials in order of their making.
func (s State) Credentials() []trust.Credential {
	out := make([]trust.Credential, len(s.creds))
	for i, c := range s.creds {
		out[i] = copyCredential(c.Credential)
	}
	return out
}

// Held gives the credentials with what the chain says about their making, in its order.
func (s State) Held() []Held {
	out := slices.Clone(s.creds)
	for i := range out {
		out[i].Credential = copyCredential(out[i].Credential)
	}
	return out
}

// Ended gives the newest of the app passwords that were ended, oldest end first.
func (s State) Ended() []Ended { return slices.Clone(s.ended) }

// end takes credentials out and remembers which app passwords there were. It reports
// whether there were any credentials to end.
func (s *State) end(b body, which func(Held) bool) bool {
	var rest []Held
	ended := slices.Clone(s.ended)
	for _, h := range s.creds {
		switch {
		case !which(h):
			rest = append(rest, h)
		case h.Kind == trust.AppPassword:
			ended = append(ended, Ended{Held: h, At: b.Time, EndBy: b.Author, All: endsAll(b)})
		}
	}
	if len(rest) == len(s.creds) {
		return false
	}
	s.creds, s.ended = rest, slices.Clip(ended[max(0, len(ended)-keepEnded):])
	return true
}

func endsAll(b body) bool {
	var id [16]byte
	return trust.Unmarshal(b.Arg, &id) == nil && id == [16]byte{}
}

func copyCredential(c trust.Credential) trust.Credential {
	c.Verifier, c.Sealed = slices.Clone(c.Verifier), slices.Clone(c.Sealed)
	return c
}
