package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/countersign/countersign/sync/api"
)

// The cookies. Each holds one secret of 32 bytes and nothing else.
const (
	cookieSignIn  = "countersign-sign-in" // a sign-in that began here
	cookieSession = "countersign-session" // who is in
	cookieBrowser = "countersign-browser" // signed in here before
	cookieStep    = "countersign-step"    // what who is in asked the devices for
)

// name is a cookie's name: under TLS with the prefix that keeps other hosts and
// plain http from setting it.
func (p *Pages) name(cookie string) string {
	if p.https {
		return "__Host-" + cookie
	}
	return cookie
}

func (p *Pages) set(w http.ResponseWriter, cookie string, secret api.Secret, lasts time.Duration) {
	c := &http.Cookie{
		Name: p.name(cookie), Value: base64.RawURLEncoding.EncodeToString(secret), Path: "/",
		HttpOnly: true, Secure: p.https, SameSite: http.SameSiteLaxMode,
	}
	if lasts > 0 {
		c.MaxAge = int(lasts / time.Second)
	}
	http.SetCookie(w, c)
}

func (p *Pages) drop(w http.ResponseWriter, cookie string) {
	http.SetCookie(w, &http.Cookie{Name: p.name(cookie), Path: "/", MaxAge: -1, HttpOnly: true, Secure: p.https, SameSite: http.SameSiteLaxMode})
}

// secret reads a cookie; nil if there is none that could be one of ours.
func (p *Pages) secret(r *http.Request, cookie string) api.Secret {
	c, err := r.Cookie(p.name(cookie))
	if err != nil {
		return nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(c.Value)
	if err != nil || len(raw) != 32 {
		return nil
	}
	return raw
}

// formToken ties a form to the cookie it was made for: only a page that was
// shown to this browser knows it.
func formToken(secret api.Secret) string {
	sum := sha256.Sum256(append([]byte("countersign form\x00"), secret...))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// ours reports whether a form was made for this browser's cookie. A program that
// is no browser (it sends neither Origin nor Sec-Fetch-Site) cannot be misled by
// a page of others and needs only its cookie.
func ours(r *http.Request, secret api.Secret) bool {
	if r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") == "" {
		return true
	}
	return subtle.ConstantTimeCompare([]byte(r.PostFormValue("form")), []byte(formToken(secret))) == 1
}
