package trust

import "time"

// lastSecond is the end of the year 9999, in unix seconds: the last that calendars
// and encodings of time agree on.
const lastSecond = 253402300799

// Clock gives another party's unix seconds as a time that can be shown and stored;
// what lies beyond the year 9999 is its end.
func Clock(seconds uint64) time.Time { return time.Unix(int64(min(seconds, lastSecond)), 0) }

// Sight is a device's signed word on which entry it sees newest in its account's
// chain. The account's other devices fetch it: where two disagree, somebody keeps
// two histories. Fields are numbered for ever; do not reorder or reuse.
type Sight struct {
	Version uint64    `cbor:"1,keyasint"` // 1
	Account AccountID `cbor:"2,keyasint"`
	Device  DeviceID  `cbor:"3,keyasint"`
	Seq     uint64    `cbor:"4,keyasint"`
	Head    Hash      `cbor:"5,keyasint"`
	Time    uint64    `cbor:"6,keyasint"` // device's clock, unix seconds: shown, never judged
}

// Seal signs the sight with the device's key and gives its bytes.
func (s Sight) Seal(k Keys) ([]byte, error) { return sealMessage(k, ContextSight, s) }

// OpenSight checks raw against the device's key and reads it. ErrMalformed or
// ErrSignature; nothing partial.
func OpenSight(raw []byte, key SignKey) (Sight, error) {
	var s Sight
	if err := openSigned(raw, key, ContextSight, &s); err != nil {
		return Sight{}, err
	}
	if s.Version != 1 || s.Time > lastSecond {
		return Sight{}, ErrMalformed
	}
	return s, nil
}
