package trust

// Regain is what a recovery key signs beside chain entries: that its holder asks
// for one thing, once. The origin stops a fake backend from passing it on.
// Fields are numbered for ever; do not reorder or reuse.
type Regain struct {
	Version uint64    `cbor:"1,keyasint"` // 1
	Account AccountID `cbor:"2,keyasint"`
	Purpose Purpose   `cbor:"3,keyasint"`
	Subject Hash      `cbor:"4,keyasint"` // what it is asked for, see HashDevice and HashWait
	Nonce   [32]byte  `cbor:"5,keyasint"` // the backend's
	Origin  string    `cbor:"6,keyasint"`
}

// Purpose says what a Regain asks for. Numbered for ever.
type Purpose uint64

// The purposes.
const (
	RegainDevice Purpose = 1 // let the device Subject join, after the wait
	RegainLook   Purpose = 2 // show the waits; Subject is zero
	RegainStop   Purpose = 3 // stop the wait Subject
)

// Sign signs the request with the recovery key's keys.
func (r Regain) Sign(k Keys) (Signature, error) {
	body, err := Marshal(r)
	if err != nil {
		return Signature{}, err
	}
	return k.Sign(ContextRecovery, body), nil
}

// Verify reports whether sig is the recovery key's signature over the request.
func (r Regain) Verify(key SignKey, sig Signature) bool {
	body, err := Marshal(r)
	return err == nil && key.Verify(ContextRecovery, body, sig)
}

// HashDevice names a device record as the Subject of a Regain. It fails only for
// a record that cannot be encoded.
func HashDevice(d Device) (Hash, error) {
	raw, err := Marshal(d)
	if err != nil {
		return Hash{}, err
	}
	return Hash(contextHash("td/1 regain device", raw)), nil
}

// HashWait names a wait as the Subject of a Regain.
func HashWait(id WaitID) Hash { return Hash(contextHash("td/1 regain wait", id[:])) }
