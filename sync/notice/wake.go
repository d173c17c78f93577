package notice

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

// wakeTime is how long a wake-up may take: who is not woken by then looks at the
// device anyway. Chosen arbitrarily.
const wakeTime = 3 * time.Second

// waker posts to ntfy topics. Their addresses come from people, so it goes nowhere
// where only this computer's neighbours should reach; and what it posts is read by
// whoever knows the topic, so it tells nothing of an account.
type waker struct {
	allow  []string // hosts that may be anywhere
	client *http.Client
	dialer net.Dialer
}

// errWake says nothing of the topic, which is a secret between the person and ntfy,
// and nothing of what the address led to, which could map the network here.
var errWake = errors.New("the wake-up could not be posted")

func newWaker(o WakeOptions) (*waker, error) {
	config, err := clientTLS("", o.CAFile)
	if err != nil {
		return nil, fmt.Errorf("ca_file: %w", err)
	}
	w := &waker{}
	for _, host := range o.Allow {
		if _, err := netip.ParseAddr(host); err != nil && (host == "" || strings.ContainsAny(host, "/:* ")) {
			return nil, fmt.Errorf("allow names %q, which is no host", host)
		}
		w.allow = append(w.allow, strings.ToLower(host))
	}
	w.client = &http.Client{
		// No proxy: it would look the host up by itself.
		Transport:     &http.Transport{DialContext: w.dial, TLSClientConfig: config, DisableKeepAlives: true},
		CheckRedirect: stay,
		Timeout:       wakeTime,
	}
	return w, nil
}

// Send implements Sender.
func (s *waker) Send(ctx context.Context, m Message) error {
	topic, err := topicOf(m.Address)
	if err != nil {
		return err
	}
	w, err := readWords(m.Language)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, topic, strings.NewReader(w["wake.body"]))
	if err != nil {
		return ErrRefused
	}
	r.Header.Set("Title", mime.BEncoding.Encode("utf-8", own(m.Server)))
	r.Header.Set("Click", m.Origin)
	r.Header.Set("User-Agent", "countersign")
	resp, err := s.client.Do(r)
	if errors.Is(err, ErrRefused) {
		return ErrRefused
	}
	if err != nil {
		return errWake
	}
	drain(resp)
	return woken(resp.StatusCode)
}

// IsTopic reports whether an address can be posted to: https, a host, a path, and
// nothing else.
func IsTopic(address string) bool {
	_, err := topicOf(address)
	return err == nil
}

func topicOf(address string) (string, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil,
		strings.ContainsAny(address, "?#"), strings.Trim(u.Path, "/") == "":
		return "", ErrRefused
	}
	return u.String(), nil
}

// woken says what an answer means.
func woken(status int) error {
	switch {
	case status/100 == 2:
		return nil
	case status == http.StatusTooManyRequests || status == http.StatusRequestTimeout || status/100 == 5:
		return fmt.Errorf("the wake-up was answered with %d", status)
	}
	return fmt.Errorf("%w: the wake-up was answered with %d", ErrRefused, status)
}

// dial looks a host up once and connects to one of the very addresses that it has
// looked at, so that a name cannot lead elsewhere a moment later.
func (s *waker) dial(ctx context.Context, _, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, ErrRefused
	}
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(s.allow, strings.ToLower(host)) {
		found = slices.DeleteFunc(found, func(a netip.Addr) bool { return !isPublic(a) })
	}
	if len(found) == 0 {
		return nil, ErrRefused
	}
	for _, a := range found {
		var conn net.Conn
		if conn, err = s.dialer.DialContext(ctx, "tcp", net.JoinHostPort(a.Unmap().String(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// isPublic reports whether an address is one of the internet at large. Source: the
// IANA registries of special-purpose addresses, as of RFC 6890 and its updates.
func isPublic(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.Zone() != "" {
		return false
	}
	if a.Is6() && !netip.MustParsePrefix("2000::/3").Contains(a) {
		return false // unassigned, or the way to IPv4 by translation
	}
	special := []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
	}
	return !slices.ContainsFunc(special, func(p string) bool { return netip.MustParsePrefix(p).Contains(a) })
}
