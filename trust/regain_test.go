package trust

import (
	"encoding/hex"
	"slices"
	"testing"
)

// regainVectors is testdata/regain.json: what a recovery key signs beside entries.
type regainVectors struct {
	About  string         `json:"about"`
	Key    string         `json:"key"` // as it is written
	Sign   string         `json:"sign"`
	Device string         `json:"device"` // a device record
	Wait   string         `json:"wait"`
	Signed []regainSigned `json:"signed"`
}

type regainSigned struct {
	Purpose   Purpose `json:"purpose"`
	Subject   string  `json:"subject"`
	Body      string  `json:"body"`
	Signature string  `json:"signature"`
}

func TestRegainVectors(t *testing.T) {
	key, err := RecoveryKeyFromSeed([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := key.Keys()
	if err != nil {
		t.Fatal(err)
	}
	device, err := KeySeed{Sign: [32]byte{1}, KEM: [32]byte{2}}.Keys()
	if err != nil {
		t.Fatal(err)
	}
	d := Device{ID: DeviceID{3}, Name: "New phone", Kind: Phone, Sign: device.SignKey(), KEM: device.KEMKey()}
	raw, err := Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	wait := WaitID{4}
	v := regainVectors{
		About: "Requests of a recovery key: for this device to join, to see the waits, to stop this wait.",
		Key:   key.Text(), Device: hex.EncodeToString(raw), Wait: wait.String(),
	}
	sign := keys.SignKey()
	v.Sign = hex.EncodeToString(sign[:])
	joins, err := HashDevice(d)
	if err != nil {
		t.Fatal(err)
	}
	for purpose, subject := range map[Purpose]Hash{RegainDevice: joins, RegainLook: {}, RegainStop: HashWait(wait)} {
		r := Regain{Version: 1, Account: AccountID{5}, Purpose: purpose, Subject: subject, Nonce: [32]byte{6}, Origin: "https://id.example.org"}
		sig, err := r.Sign(keys)
		if err != nil || !r.Verify(keys.SignKey(), sig) {
			t.Fatalf("signing purpose %d: %v", purpose, err)
		}
		body, err := Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		v.Signed = append(v.Signed, regainSigned{purpose, subject.String(), hex.EncodeToString(body), hex.EncodeToString(sig[:])})
	}
	slices.SortFunc(v.Signed, func(a, b regainSigned) int { return int(a.Purpose) - int(b.Purpose) })
	golden(t, "testdata/regain.json", v)
}

// A signature is good for exactly what it was made for.
func TestRegainIsForOneThing(t *testing.T) {
	keys, err := KeySeed{Sign: [32]byte{1}, KEM: [32]byte{2}}.Keys()
	if err != nil {
		t.Fatal(err)
	}
	r := Regain{Version: 1, Account: AccountID{5}, Purpose: RegainStop, Subject: Hash{7}, Nonce: [32]byte{6}, Origin: "https://id.example.org"}
	sig, err := r.Sign(keys)
	if err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(*Regain){
		"version": func(r *Regain) { r.Version = 2 }, "account": func(r *Regain) { r.Account[0]++ }, "purpose": func(r *Regain) { r.Purpose = RegainDevice },
		"subject": func(r *Regain) { r.Subject[0]++ }, "nonce": func(r *Regain) { r.Nonce[31]++ }, "origin": func(r *Regain) { r.Origin += "x" },
	} {
		other := r
		change(&other)
		if other.Verify(keys.SignKey(), sig) {
			t.Errorf("a signature counts with another %s", what)
		}
	}
	body, err := Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if keys.SignKey().Verify(ContextEntry, body, sig) {
		t.Error("a signature counts for a chain entry")
	}
}
