package web

import (
	"net/http"
	"strings"

	"github.com/countersign/countersign/sync/api"
)

// pairPaths are where pairing links lead: in QR pictures they are in upper case.
func pairPaths() []string { return []string{api.PathPair, strings.ToUpper(api.PathPair)} }

// pair says what a pairing link is for. The offer in it stays in the browser: it
// stands behind "#", and the policy lets no script of this page send anything.
func (p *Pages) pair(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", policyOf("'none'"))
	p.show(w, r, http.StatusOK, "pair", view{})
}
