package probe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// web asks for a page with a name and a password (RFC 7617). What is not refused is let in.
func web(ctx context.Context, u *url.URL, t Try) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return err
	}
	r.SetBasicAuth(t.Name, t.Password)
	client := &http.Client{
		Transport:     &http.Transport{TLSClientConfig: t.config(u), DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	back, err := client.Do(r)
	if err != nil {
		return err
	}
	back.Body.Close()
	switch {
	case back.StatusCode == http.StatusUnauthorized || back.StatusCode == http.StatusForbidden:
		return ErrClosed
	case back.StatusCode >= 500:
		return fmt.Errorf("the web server says %s", back.Status)
	case back.StatusCode >= 300 && back.StatusCode < 400:
		return errors.New("the web server sends on to somewhere else: name that address")
	}
	return nil
}
