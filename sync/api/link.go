package api

import (
	"encoding/base32"
	"errors"
	"net/netip"
	"net/url"
	"strings"

	"github.com/countersign/countersign/trust/pair"
)

// InvitationSize is the length of an invitation's secret in bytes.
const InvitationSize = 16

// ErrLink says that a text is neither an invitation link nor a backend's address.
var ErrLink = errors.New("not an invitation link or an address")

// invitationText is Crockford's alphabet in lower case, without padding, so that
// an invitation can be read aloud and typed: 26 symbols.
var invitationText = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// Link gives the invitation link of a secret at a backend's origin. The secret
// stands in the fragment, which no browser sends to the server.
func Link(origin string, secret Secret) string {
	return origin + PathInvite + "#" + invitationText.EncodeToString(secret)
}

// ParseLink reads what a person pastes or types: an invitation link, or a
// backend's address with or without "https://". A missing scheme is https, on
// the loopback http. It gives the exact origin, and the secret of a link or nil.
// Anything else is ErrLink; so is http to another machine, see PlainAllowed.
func ParseLink(text string) (origin string, secret Secret, err error) {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "://") {
		text = scheme(text) + "://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Opaque != "" {
		return "", nil, ErrLink
	}
	if origin, err = exactOrigin(u); err != nil {
		return "", nil, err
	}
	if u.Path == PathInvite && u.Fragment != "" {
		if secret, err = parseInvitation(u.Fragment); err != nil {
			return "", nil, err
		}
		return origin, secret, nil
	}
	if strings.Trim(u.Path, "/") != "" && u.Path != PathInvite || u.Fragment != "" {
		return "", nil, ErrLink
	}
	return origin, nil, nil
}

// PairLink gives the link of a pairing at a backend's origin. The offer stands in
// the fragment, which no browser sends to the server. All of it is upper case:
// browsers read scheme and host in any case, and a QR picture of it is smaller.
func PairLink(origin string, o pair.Offer) string {
	upper := func(r rune) rune { // of ASCII only: others do not all come back
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}
	return strings.Map(upper, origin+PathPair) + "#" + o.Text()
}

// ParsePairLink reads a pairing link in any case. Anything else is ErrLink; so is
// http to another machine.
func ParsePairLink(text string) (origin string, o pair.Offer, err error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Opaque != "" || !strings.EqualFold(u.EscapedPath(), PathPair) {
		return "", pair.Offer{}, ErrLink
	}
	if o, err = pair.ParseOffer(u.EscapedFragment()); err != nil {
		return "", pair.Offer{}, ErrLink
	}
	if origin, err = exactOrigin(u); err != nil {
		return "", pair.Offer{}, err
	}
	return origin, o, nil
}

// PlainAllowed reports whether http, without encryption, is allowed to host: only
// on the loopback, where nobody is in between.
func PlainAllowed(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && addr.IsLoopback()
}

// exactOrigin gives scheme, host and port as browsers write an origin.
func exactOrigin(u *url.URL) (string, error) {
	name, port := strings.ToLower(u.Hostname()), u.Port()
	plain := u.Scheme == "http"
	if !plain && u.Scheme != "https" || name == "" || plain && !PlainAllowed(name) {
		return "", ErrLink
	}
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	if port != "" && !(plain && port == "80" || !plain && port == "443") {
		name += ":" + port
	}
	return u.Scheme + "://" + name, nil
}

// scheme guesses what was left out before a host.
func scheme(text string) string {
	host := text
	if i := strings.IndexAny(host, "/#"); i >= 0 {
		host = host[:i]
	}
	if u, err := url.Parse("//" + host); err == nil && PlainAllowed(strings.ToLower(u.Hostname())) {
		return "http"
	}
	return "https"
}

func parseInvitation(text string) (Secret, error) {
	read := strings.NewReplacer("o", "0", "i", "1", "l", "1", "-", "").Replace(strings.ToLower(text))
	secret, err := invitationText.DecodeString(read)
	if err != nil || len(secret) != InvitationSize || invitationText.EncodeToString(secret) != read {
		return nil, ErrLink
	}
	return Secret(secret), nil
}
