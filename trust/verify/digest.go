package verify

import (
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/apppass"
)

// OpenDigest gives the digest that a device sealed to this verifier in an app
// password's credential. trust.ErrMalformed if there is none.
func (v *Verifier) OpenDigest(account trust.AccountID, c trust.Credential) (apppass.Digest, error) {
	return apppass.OpenDigest(account, c, v.keys)
}
