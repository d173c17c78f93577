package app

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/offline"
)

const (
	recordVersion = 1
	// maxActivity is how many lines are kept, chosen arbitrarily: about a year of
	// daily use.
	maxActivity = 1000
	// maxOpen is how many sign-ins under way are remembered. A backend that never
	// ends one cannot make the state grow.
	maxOpen = 64
)

// record is the device's state as it is stored: JSON, sealed by the vault's
// State. All times are in the backend's clock. Members never change their
// meaning; a reader refuses a version above its own.
type record struct {
	Version    int           `json:"version"`
	Name       string        `json:"name"`
	Origin     string        `json:"origin"`
	ServerName string        `json:"server_name"`
	Local      bool          `json:"local,omitempty"`
	Join       *join         `json:"join,omitempty"` // until the backend confirmed the account
	TwoStep    bool          `json:"two_step"`
	Entries    [][]byte      `json:"entries"` // the pinned chain
	Cursor     uint64        `json:"cursor"`  // seq of the newest event applied
	Activity   []Activity    `json:"activity"`
	Logged     logged        `json:"logged,omitzero"`
	Open       []open        `json:"open,omitempty"`
	Intents    []intent      `json:"intents,omitempty"`
	Status     api.Status    `json:"status"` // as last heard
	Offset     time.Duration `json:"offset"` // backend's clock minus this one's, as last seen
	Proved     time.Time     `json:"proved"`
	Fork       *chain.Fork   `json:"fork,omitempty"` // frozen; the proof, if one was had
	Restored   bool          `json:"restored,omitempty"`
	Removed    bool          `json:"removed,omitempty"`
	Guest      *guest        `json:"guest,omitempty"`  // until it is known that this device was let in
	Regain     *regain       `json:"regain,omitempty"` // likewise, on its way back by password and recovery key
	Reset      *reset        `json:"reset,omitempty"`  // another password and recovery key under way
	Copies     copies        `json:"copies,omitzero"`  // of the recovery key, in the vault
	Drill      drill         `json:"drill,omitzero"`
	Typed      *drill        `json:"typed,omitempty"`   // of the next recovery key, where it was typed back
	Media      []api.Medium  `json:"media,omitempty"`   // by which the backend sends messages
	Text       bool          `json:"text,omitempty"`    // it lets people sign in by text message
	MediaAt    time.Time     `json:"media_at,omitzero"` // this computer's clock: when it said so
	Pending    *pending      `json:"pending,omitempty"` // an entry under way
	Receipt    *receipt      `json:"receipt,omitempty"`
	Sighted    *sighting     `json:"sighted,omitempty"` // what this device said last
	Sights     []sighting    `json:"sights,omitempty"`  // what others said last
	Ahead      time.Time     `json:"ahead,omitzero"`    // this computer's clock: since when others see more; zero = they do not
	Witness    *sighting     `json:"witness,omitempty"` // who sees another history than Fork's
	// Nicknames are what devices are called here.
	Nicknames map[trust.DeviceID]string `json:"nicknames,omitempty"`
	Copied    *copied                   `json:"copied,omitempty"` // what the person said of a second copy
	Told      []told                    `json:"told,omitempty"`   // waits that the person was told of
	// AppsKept says of idle app passwords when the person said that they need them.
	AppsKept map[string]time.Time `json:"apps_kept,omitempty"`
	Permits  []permit             `json:"permits,omitempty"` // changes of app passwords that were allowed on a page
	Update   bool                 `json:"update,omitempty"`
	// OfflineStep is the newest whose offline code was given, by the backend's clock.
	OfflineStep offline.Step `json:"offline_step,omitempty"`
}

// join is an account that was asked for. It is sent again, unchanged, until the
// backend answers; then it is erased, because it holds the password.
type join struct {
	Invitation api.Secret `json:"invitation"`
	Password   string     `json:"password"`
}

// open is a sign-in under way: what its end will be compared with.
type open struct {
	Challenge trust.ChallengeID `json:"challenge"`
	Request   *api.Request      `json:"request,omitempty"` // until it was answered
	Facts     Activity          `json:"facts"`
	Allowed   trust.DeviceID    `json:"allowed"` // who allowed it, as the backend says; zero = nobody
}

// entry gives the pinned entry at a place, nil if it is not here: what is stored may
// have been set aside as damaged, by another program, after this one read it.
func (r *record) entry(seq uint64) []byte {
	if seq >= uint64(len(r.Entries)) {
		return nil
	}
	return r.Entries[seq]
}

// outside reports whether the device waits to be let in.
func (r *record) outside() bool { return r.Guest != nil || r.Regain != nil }

func decodeRecord(data []byte) (record, error) {
	var r record
	if err := json.Unmarshal(data, &r); err != nil {
		return record{}, fmt.Errorf("reading state: %w", vault.ErrDamaged)
	}
	if r.Version > recordVersion {
		return record{}, fmt.Errorf("reading state of version %d: %w", r.Version, ErrNewer)
	}
	return r, nil
}

func (r record) encode() ([]byte, error) { return json.Marshal(r) }

// note adds a line of activity and forgets the oldest beyond maxActivity.
func (r *record) note(a Activity) {
	r.Activity = append(r.Activity, a)
	if n := len(r.Activity) - maxActivity; n > 0 {
		r.Activity = append([]Activity(nil), r.Activity[n:]...)
	}
}

// opened gives the sign-in under way, nil if it is not known.
func (r *record) opened(id trust.ChallengeID) *open {
	for i := range r.Open {
		if r.Open[i].Challenge == id {
			return &r.Open[i]
		}
	}
	return nil
}

func (r *record) begin(o open) {
	if r.opened(o.Challenge) != nil {
		return
	}
	r.Open = append(r.Open, o)
	if n := len(r.Open) - maxOpen; n > 0 {
		r.Open = append([]open(nil), r.Open[n:]...)
	}
}

// end forgets a sign-in that is over.
func (r *record) end(id trust.ChallengeID) {
	for i := range r.Open {
		if r.Open[i].Challenge == id {
			r.Open = append(r.Open[:i], r.Open[i+1:]...)
			return
		}
	}
}
