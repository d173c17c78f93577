package app

import (
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// Stage says how far this device has come.
type Stage int

// The stages, in order.
const (
	StageNew   Stage = iota // no account: Start
	StageTrial              // the account is made; the trial sign-in is still to do
	StageOn                 // two-step verification is on
)

// View is everything the screens show, as one immutable value. A new one is made
// whenever something changes; times are in this computer's clock.
type View struct {
	Stage Stage
	// Joining: in StageTrial the account was asked for and the backend has not
	// answered yet; in StageNew this device agreed to join one, and it is not known
	// yet whether it was let in.
	Joining    bool
	Name       string // the account's name
	Server     string // the verifier's origin, from the chain
	ServerName string
	Local      bool // the backend runs in this program
	This       trust.DeviceID
	Link       Link
	Requests   []Request // waiting for an answer, oldest first
	Shown      *Shown    // the code on display, if any
	Refused    int       // asks in the last day that were refused without ringing
	Devices    []Member
	Withheld   bool  // others see entries that the backend has not shown here for 10 minutes
	Fork       *Fork // the device list has two histories: nothing is signed any more
	Recovery   Recovery
	// Regaining: in StageNew this device waits for its way back into an account.
	Regaining *Regaining
	Waits     []Wait       // what was asked for and can still be stopped, oldest first
	News      bool         // something of it was not told yet: see TakeNews
	Contacts  []Contact    // where security mails and messages go
	Media     []api.Medium // by which the backend can reach people at all
	Text      bool         // and lets them sign in with a code sent to a number; see AllowText
	Light     Light        // whether the person would get back in without this device
	Offline   bool         // this device's offline codes are accepted
	Left      bool         // two-step verification was switched off
	// Services are what app passwords, or password and code, open, in the operator's
	// order; AppPasswords those that count, newest first, then those that do no more.
	Services     []Service
	AppPasswords []AppPassword
	Permits      []Permit // what was allowed on a page and is still to be made here
	Vault        VaultKind
	Notice       Notice     // at most one thing that wants attention
	Paused       time.Time  // new browsers are refused until then; zero = not
	Off          bool       // new browsers are refused until Resume
	Quiet        bool       // the backend stopped ringing after unanswered requests
	Door         *Door      // an opened door, until somebody passes or its time is over
	Activity     []Activity // newest first
}

// Link is the connection to the backend.
type Link struct {
	State LinkState
	Since time.Time // of this state
	Heard time.Time // last word from the backend; zero = never
	Next  time.Time // offline: when it tries again
}

// LinkState is one of Connecting, Online, Offline.
type LinkState int

// The states of the connection.
const (
	Connecting LinkState = iota
	Online
	Offline
)

// Request is one sign-in that waits for this person's answer.
type Request struct {
	ID      trust.ChallengeID
	Service string // its name
	// Action is what a browser that is signed in asks for; zero = to sign in.
	Action  api.Action
	Origin  string // where the code would be typed, from the chain
	Letters string // three letters
	Address string // browser's IP address
	Network string // "own", "another", "unknown"
	Agent   string // "Firefox on Linux"
	Known   bool   // browser that signed in here before
	Try     int    // which try in 15 minutes
	Refused int    // how many more were refused without ringing
	Asked   time.Time
	Expires time.Time
	Target  trust.DeviceID // the page chose one device to ring; zero = all
	PutAway bool           // Not now: still open, but no longer in front
}

// Shown is a code on display.
type Shown struct {
	Request Request
	Code    trust.Code
	Until   time.Time
}

// Member is one trusted device of the account.
type Member struct {
	ID     trust.DeviceID
	Name   string // as the person calls it here, else as it calls itself
	Own    string // as it calls itself, in the chain
	Kind   trust.Kind
	This   bool
	Online bool
	Since  time.Time
	Seen   time.Time // zero = never
	// Sight says what it last signed of the device list, and At when; it confirms
	// the list if that is what is seen here.
	Sight Sight
	At    time.Time
	Young time.Time // until then it may change nothing but leave; zero = not young
	Held  time.Time // until then it may not allow sign-ins either; zero = not held
}

// Sight is what a device sees of the list of devices, beside what is seen here.
type Sight int

// The sights.
const (
	SightNone    Sight = iota // it has not said yet
	SightSame                 // the same list
	SightOlder                // a list that came before the present one
	SightNewer                // entries that are not here yet
	SightAnother              // another history: see View.Fork
)

// Fork is the proof that somebody keeps two histories of this account.
type Fork struct {
	Seq   uint64 // of the first entry that differs
	Here  string // what the entry says that is known here: a sentence in English, for reports
	There string // what the other says, likewise
	Proof []byte // both, signed, as JSON that another program can examine
}

// Door is an opened door: until then one sign-in from a new browser passes the
// pauses, and its page shows the letters.
type Door struct {
	Letters string
	Until   time.Time
}

// Recovery is what is known here about the recovery key.
type Recovery struct {
	Set    bool
	Kept   bool      // a copy sealed under the password is in the vault
	Proved time.Time // when it was last typed in whole
	// Checked is when two of its groups were last typed.
	Checked time.Time
	// Copied is when the person said that a second copy of it is kept elsewhere;
	// zero = not said of this key.
	Copied time.Time
	// Next is when it is asked for again, in whole or two groups of it; past = it is due
	// now; zero = there is nothing to count from, as Light.Next says.
	Next time.Time
}

// Regaining is a new device's way back into an account, by password and recovery key.
type Regaining struct {
	Name   string // the account's
	Server string // the backend's origin
	State  RegainState
	Since  time.Time
	Until  time.Time // when the wait is over
	By     string    // stopped: by "device", "password", "key", "mail", because something was "replaced", or ByLost
}

// RegainState is how far it is.
type RegainState string

// The states.
const (
	RegainAsking  RegainState = "asking"  // the backend has not answered yet
	RegainWaits   RegainState = "waits"   // until Until
	RegainReady   RegainState = "ready"   // OpenRegain
	RegainStopped RegainState = "stopped" // somebody stopped it
)

// Wait is something that was asked for, waits, and can be stopped.
type Wait struct {
	ID      trust.WaitID
	Kind    api.WaitKind
	Device  trust.DeviceID // that joins, or that asked
	Name    string         // the device's; api.WaitRemove: of the one to be removed
	This    bool           // this device asked
	Since   time.Time
	Until   time.Time
	Over    bool   // its time has passed: what was asked for can be had
	Address string // from where it was asked for; "" = unknown
}

// Contact is an address of the account.
type Contact struct {
	ID        string
	Medium    api.Medium
	Address   string
	Confirmed bool
	SignIn    bool // codes sent to it let in who has the password
}

// Light says whether the person would get back in if this device were lost.
type Light struct {
	Yes bool
	// Ways are what would bring them back, the quickest first.
	Ways []Way
	// Next is the one thing to do now; "" = nothing.
	Next Advice
}

// Way is one way back in.
type Way struct {
	Kind   WayKind
	Device string    // WayDevice: its name
	Proved time.Time // WayKey: when it was last typed; WayDevice: when it was last seen
	Wait   time.Duration
}

// WayKind is one of WayDevice (another device, seen lately) and WayKey (password
// and recovery key, after the wait).
type WayKind string

// The ways.
const (
	WayDevice WayKind = "device"
	WayKey    WayKind = "key"
)

// Advice is one thing to do; screens have a sentence for each.
type Advice string

// The advices, the weightiest first.
const (
	AdviceNone    Advice = ""
	AdviceNewKey  Advice = "new-key"  // the recovery key is lost, was never set, or failed its check
	AdviceTypeKey Advice = "type-key" // it was never typed back, or not for half a year
	AdviceGroups  Advice = "groups"   // two groups of it are asked for again
	AdvicePair    Advice = "pair"     // there is no second device
	AdviceSeen    Advice = "seen"     // the others were not seen for a month
	AdviceCopy    Advice = "copy"     // nobody said that a second copy of the key is kept elsewhere
	AdviceContact Advice = "contact"  // no address is confirmed, and the server could send mail
)

// VaultKind says where this device keeps its secrets.
type VaultKind string

// The kinds of vault.
const (
	VaultKeyring VaultKind = "keyring"
	VaultFile    VaultKind = "file"
	VaultMemory  VaultKind = "memory"
)

// Notice is a condition that wants the person's attention; screens have a
// sentence for each.
type Notice string

// The notices.
const (
	NoticeNone          Notice = ""
	NoticeKeyringAbsent Notice = "keyring-absent" // there is no OS keyring: the vault is a file
	NoticeKeyringLocked Notice = "keyring-locked"
	NoticeKeyringSilent Notice = "keyring-silent" // it did not answer in time
	NoticeFrozen        Notice = "frozen"         // the device list was changed behind this device's back
	NoticeRestored      Notice = "restored"       // the backend came back older than this device
	NoticeRemoved       Notice = "removed"        // this device no longer belongs to the account
	NoticeUpdate        Notice = "update"         // the chain holds what this version does not know
	NoticePassword      Notice = "password"       // the password is known to others
	NoticeNotMade       Notice = "not-made"       // the account that was asked for was refused, or this device was not let in
)

// Activity is one line of what happened.
type Activity struct {
	Seq     uint64
	Kind    string // an api.EventKind, or one of the entries of the chain, see EntryAdded
	At      time.Time
	Request trust.ChallengeID // the sign-in it is about; zero = none
	Service string
	Agent   string
	Address string
	Known   bool
	Device  string // name of the device that answered, or that an entry is about
	By      string // who wrote an entry: name of the device; "" = the recovery key; else see api.EventData.By
	Who     string // wait-stop: name of the device that stopped it; "" = no device did; a removal that waits: of the one that asked
	Answer  trust.Answer
	Left    int // tries left after a wrong code
	Count   int
	Until   time.Time
	// Doubt: what the backend says does not match what devices of the account signed.
	// Somebody is in (done, offline) without a trusted device's signed approval of it, or
	// it does not say what came of an answer of this device (EntryUnaccounted).
	Doubt bool
	// Asked is what a wait is for; Device is then the one that joins, or that asked,
	// and Until its end.
	Asked api.WaitKind
	// Action is what a page asked for beside a sign-in; zero = nothing.
	Action api.Action `json:"Action,omitzero"`
	// Label is what an app password is called that the line is about.
	Label string
	// Asking is when the sign-in of EntryUnaccounted asked.
	Asking time.Time
}
