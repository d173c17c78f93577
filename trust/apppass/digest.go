package apppass

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"

	"github.com/countersign/countersign/trust"
)

// DigestUser is for whom a digest counts: RFC 8760 hashes name and realm with the
// password.
type DigestUser struct {
	Name  string
	Realm string
}

// Digest is what a service with digest authentication compares with: HA1 of RFC 7616
// by either algorithm, in hexadecimal. It IS the secret for that realm.
// Fields are numbered for ever; do not reorder or reuse.
type Digest struct {
	Name   string `cbor:"1,keyasint"`
	Realm  string `cbor:"2,keyasint"`
	MD5    string `cbor:"3,keyasint"`
	SHA256 string `cbor:"4,keyasint"`
}

// digestOf hashes as the service will: the canonical form is what must be typed.
func digestOf(of DigestUser, p Password) Digest {
	text := []byte(of.Name + ":" + of.Realm + ":" + p.text)
	weak, strong := md5.Sum(text), sha256.Sum256(text)
	return Digest{Name: of.Name, Realm: of.Realm, MD5: hex.EncodeToString(weak[:]), SHA256: hex.EncodeToString(strong[:])}
}

func seal(spec Spec, of DigestUser, p Password, to trust.Verifier) ([]byte, error) {
	plain, err := trust.Marshal(digestOf(of, p))
	if err != nil {
		return nil, err
	}
	return to.KEM.Seal(sealInfo(spec.Account, spec.ID), plain)
}

// OpenDigest gives the digest that is sealed in a credential to the verifier's keys;
// trust.ErrMalformed if there is none.
func OpenDigest(account trust.AccountID, c trust.Credential, keys trust.Keys) (Digest, error) {
	var d Digest
	plain, err := keys.Open(sealInfo(account, c.ID), c.Sealed)
	if err != nil || trust.Unmarshal(plain, &d) != nil {
		return Digest{}, trust.ErrMalformed
	}
	return d, nil
}

// sealInfo binds a box to its use: all parts but the first have a fixed length.
func sealInfo(account trust.AccountID, id [16]byte) []byte {
	info := append([]byte("td/1 app password ha1\x00"), account[:]...)
	return append(info, id[:]...)
}
