package server_test

import (
	"crypto/sha256"
	"encoding/base64"
)

func sha(b []byte) [32]byte { return sha256.Sum256(b) }

func base64url(b []byte) []byte { return []byte(base64.RawURLEncoding.EncodeToString(b)) }
