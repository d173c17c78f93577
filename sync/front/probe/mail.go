package probe

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	netsmtp "net/smtp"
	"net/textproto"
	"net/url"
	"strings"
)

// imap logs in with LOGIN (RFC 3501), after STARTTLS where the server offers it.
func imap(ctx context.Context, u *url.URL, t Try) error {
	c, err := dial(ctx, u, t, u.Scheme == "imaps")
	if err != nil {
		return err
	}
	defer func() { c.Close() }()
	said := bufio.NewReader(c)
	if _, err := until(said, "* OK"); err != nil {
		return err
	}
	if u.Scheme == "imap" {
		fmt.Fprint(c, "a1 STARTTLS\r\n")
		if answer, err := until(said, "a1 "); err != nil {
			return err
		} else if strings.HasPrefix(answer, "a1 OK") {
			c = tls.Client(c, t.config(u))
			said = bufio.NewReader(c)
		}
	}
	fmt.Fprintf(c, "a2 LOGIN %s %s\r\n", quote(t.Name), quote(t.Password))
	answer, err := until(said, "a2 ")
	switch {
	case err != nil:
		return err
	case strings.HasPrefix(answer, "a2 OK"):
		fmt.Fprint(c, "a3 LOGOUT\r\n")
		return nil
	case strings.HasPrefix(answer, "a2 NO"):
		return ErrClosed
	}
	return fmt.Errorf("the mail server said %q", answer)
}

// until reads lines up to one that begins so.
func until(r *bufio.Reader, begins string) (string, error) {
	for range 100 {
		line, err := r.ReadString('\n')
		if err != nil {
			return "", err
		}
		if strings.HasPrefix(line, begins) {
			return strings.TrimSpace(line), nil
		}
	}
	return "", errors.New("the server talks without end")
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", "", "\n", "").Replace(s) + `"`
}

// smtp authenticates with PLAIN (RFC 4954), after STARTTLS where it is offered.
func smtp(ctx context.Context, u *url.URL, t Try) error {
	c, err := dial(ctx, u, t, u.Scheme == "submissions" || u.Scheme == "smtps")
	if err != nil {
		return err
	}
	defer c.Close()
	s, err := netsmtp.NewClient(c, u.Hostname())
	if err != nil {
		return err
	}
	if ok, _ := s.Extension("STARTTLS"); ok {
		if err := s.StartTLS(t.config(u)); err != nil {
			return err
		}
	}
	if ok, how := s.Extension("AUTH"); !ok || !strings.Contains(how, "PLAIN") {
		return errors.New("the server takes no passwords (AUTH PLAIN) here")
	}
	err = s.Auth(plain(t))
	var refused *textproto.Error
	if errors.As(err, &refused) && refused.Code == 535 {
		return ErrClosed
	}
	if err == nil {
		s.Quit()
	}
	return err
}

// plain is AUTH PLAIN wherever the server takes it: to find that out is what this is for.
type plain Try

func (p plain) Start(*netsmtp.ServerInfo) (string, []byte, error) {
	return "PLAIN", []byte("\x00" + p.Name + "\x00" + p.Password), nil
}

func (plain) Next([]byte, bool) ([]byte, error) { return nil, nil }
