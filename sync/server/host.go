package server

import "net/url"

// hostOf gives the host of an origin, as people call a server without a name.
func hostOf(origin string) string {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return origin
	}
	return u.Host
}
