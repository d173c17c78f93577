package offline

import "github.com/countersign/countersign/trust"

// announcement is what a device signs: whose seed this is, for which verifier, and
// in which credential it stands. Whoever may add credentials to an account thus
// still cannot give another device a seed, nor this one's seed to another account.
// Fields are numbered for ever; do not reorder or reuse.
type announcement struct {
	Version    uint64           `cbor:"1,keyasint"` // 1
	Account    trust.AccountID  `cbor:"2,keyasint"`
	Credential [16]byte         `cbor:"3,keyasint"`
	Device     trust.DeviceID   `cbor:"4,keyasint"`
	Verifier   trust.VerifierID `cbor:"5,keyasint"`
	Box        []byte           `cbor:"6,keyasint"` // the seed, sealed to the verifier's KEM key
}

// Owner is whose offline codes a credential announces.
type Owner struct {
	Account trust.AccountID
	Device  trust.DeviceID
}

// Announce makes the credential by which a device tells the verifier its seed. Its
// Label is the device's identifier and its Service the verifier's, both in
// hexadecimal: names can be equal, and change. id is 16 random bytes that no
// credential had before. It fails only if the verifier's key is none.
func Announce(of Owner, keys trust.Keys, to trust.Verifier, id [16]byte, s Seed) (trust.Credential, error) {
	c := trust.Credential{ID: id, Kind: trust.OfflineCode, Service: to.ID.String(), Label: of.Device.String()}
	box, err := to.KEM.Seal(sealInfo(of, c.ID), s[:])
	if err != nil {
		return trust.Credential{}, err
	}
	body, err := trust.Marshal(announcement{Version: 1, Account: of.Account, Credential: c.ID, Device: of.Device, Verifier: to.ID, Box: box})
	if err != nil {
		return trust.Credential{}, err
	}
	c.Verifier, err = trust.Marshal(trust.Signed{Body: body, Sig: keys.Sign(trust.ContextOffline, body)})
	return c, err
}

// DeviceOf gives the device that a credential's Label names, false for one that
// announces no offline codes. That the device says so itself, Sealed finds out.
func DeviceOf(c trust.Credential) (id trust.DeviceID, ok bool) {
	if c.Kind != trust.OfflineCode || id.UnmarshalText([]byte(c.Label)) != nil {
		return trust.DeviceID{}, false
	}
	return id, !id.IsZero()
}

// Sealed is a seed that a device announced, still sealed.
type Sealed struct {
	info, box []byte
}

// Read gives what a credential announces to a verifier, signed by the device that
// its Label names; trust.ErrMalformed for all else.
func Read(c trust.Credential, account trust.AccountID, by trust.Device, to trust.VerifierID) (Sealed, error) {
	id, ok := DeviceOf(c)
	var signed trust.Signed
	if !ok || id != by.ID || c.Service != to.String() || trust.Unmarshal(c.Verifier, &signed) != nil {
		return Sealed{}, trust.ErrMalformed
	}
	var a announcement
	if !by.Sign.Verify(trust.ContextOffline, signed.Body, signed.Sig) || trust.Unmarshal(signed.Body, &a) != nil {
		return Sealed{}, trust.ErrMalformed
	}
	if a.Version != 1 || a.Account != account || a.Credential != c.ID || a.Device != by.ID || a.Verifier != to {
		return Sealed{}, trust.ErrMalformed
	}
	return Sealed{info: sealInfo(Owner{Account: account, Device: by.ID}, c.ID), box: a.Box}, nil
}

// Open gives the seed to the verifier's keys; trust.ErrMalformed if it is not sealed
// to them.
func (s Sealed) Open(keys trust.Keys) (Seed, error) {
	plain, err := keys.Open(s.info, s.box)
	if err != nil || len(plain) != len(Seed{}) {
		return Seed{}, trust.ErrMalformed
	}
	return Seed(plain), nil
}

// sealInfo binds a box to its use: all parts but the first have a fixed length.
func sealInfo(of Owner, credential [16]byte) []byte {
	info := append([]byte("td/1 offline seed\x00"), of.Account[:]...)
	return append(append(info, of.Device[:]...), credential[:]...)
}
