package api

import (
	"encoding/base64"
	"strings"
)

const bearer = "Bearer "

// Bearer writes a session's token as the value of an Authorization header.
func Bearer(token Secret) string { return bearer + base64.RawURLEncoding.EncodeToString(token) }

// ParseBearer is the reverse of Bearer; false for anything else.
func ParseBearer(header string) (Secret, bool) {
	text, ok := strings.CutPrefix(header, bearer)
	if !ok {
		return nil, false
	}
	token, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(token) == 0 || len(token) > 64 {
		return nil, false
	}
	return token, true
}
