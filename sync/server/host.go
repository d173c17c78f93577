package server

import (
	"net/url"
	"strings"
)

// hostOf gives the host of an origin, as people call a server without a name. Of
// one that is too long for a name, the end says more than the beginning.
func hostOf(origin string) string {
	host := origin
	if u, err := url.Parse(origin); err == nil && u.Host != "" {
		host = u.Host
	}
	for len(host) > 64 {
		_, rest, ok := strings.Cut(host, ".")
		if !ok {
			return host[len(host)-64:]
		}
		host = rest
	}
	return host
}
