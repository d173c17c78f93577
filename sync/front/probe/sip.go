package probe

import (
	"context"
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// sip registers a telephone with a digest (RFC 3261, RFC 2617), over UDP, and takes the
// registration back by the time it asks for: none.
func sip(ctx context.Context, u *url.URL, t Try) error {
	c, err := new(net.Dialer).DialContext(ctx, "udp", place(u))
	if err != nil {
		return err
	}
	defer c.Close()
	p := phone{c: c, u: u, t: t, call: rand.Text()}
	answer, err := p.register(ctx, 1, "")
	if err != nil {
		return err
	}
	if status(answer) != "401" {
		return fmt.Errorf("the telephone server said %q instead of asking for a password", first(answer))
	}
	answer, err = p.register(ctx, 2, p.digest(answer))
	switch {
	case err != nil:
		return err
	case status(answer) == "200":
		return nil
	case status(answer) == "401" || status(answer) == "403":
		return ErrClosed
	}
	return fmt.Errorf("the telephone server said %q", first(answer))
}

// phone is one that registers.
type phone struct {
	c    net.Conn
	u    *url.URL
	t    Try
	call string
}

// register sends the request, again every half second until there is an answer.
func (p phone) register(ctx context.Context, seq int, authorization string) (string, error) {
	user := url.PathEscape(p.t.Name)
	text := fmt.Sprintf("REGISTER sip:%[1]s SIP/2.0\r\nVia: SIP/2.0/UDP %[2]s;branch=z9hG4bK%[3]s%[4]d;rport\r\nFrom: <sip:%[5]s@%[1]s>;tag=%[3]s\r\n"+
		"To: <sip:%[5]s@%[1]s>\r\nCall-ID: %[3]s\r\nCSeq: %[4]d REGISTER\r\nContact: <sip:%[5]s@%[2]s>\r\nExpires: 0\r\nMax-Forwards: 5\r\n%[6]sContent-Length: 0\r\n\r\n",
		p.u.Hostname(), p.c.LocalAddr(), p.call, seq, user, authorization)
	buffer := make([]byte, 8<<10)
	for {
		if _, err := p.c.Write([]byte(text)); err != nil {
			return "", err
		}
		p.c.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
		n, err := p.c.Read(buffer)
		if answer := string(buffer[:n]); err == nil && strings.Contains(answer, fmt.Sprintf("%d REGISTER", seq)) && status(answer) >= "200" {
			return answer, nil
		}
		if ctx.Err() != nil {
			return "", fmt.Errorf("the telephone server does not answer: %w", ctx.Err())
		}
	}
}

var asked = regexp.MustCompile(`(realm|nonce|qop|opaque|algorithm)="?([^",\r\n]*)"?`)

// digest answers what the server asks with.
func (p phone) digest(answer string) string {
	f := make(map[string]string)
	for _, m := range asked.FindAllStringSubmatch(answer, -1) {
		f[m[1]] = m[2]
	}
	uri := "sip:" + p.u.Hostname()
	ha1, ha2 := sum(p.t.Name+":"+f["realm"]+":"+p.t.Password), sum("REGISTER:"+uri)
	extra, response := "", sum(ha1+":"+f["nonce"]+":"+ha2)
	if strings.Contains(f["qop"], "auth") {
		cnonce := rand.Text()
		extra = fmt.Sprintf(`, qop=auth, nc=00000001, cnonce="%s"`, cnonce)
		response = sum(ha1 + ":" + f["nonce"] + ":00000001:" + cnonce + ":auth:" + ha2)
	}
	return fmt.Sprintf("Authorization: Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", response=\"%s\", algorithm=MD5%s\r\n",
		p.t.Name, f["realm"], f["nonce"], uri, response, extra)
}

func sum(text string) string {
	h := md5.Sum([]byte(text))
	return hex.EncodeToString(h[:])
}

func status(answer string) string {
	words := strings.Fields(first(answer))
	if len(words) < 2 {
		return ""
	}
	return words[1]
}

func first(answer string) string {
	line, _, _ := strings.Cut(answer, "\r\n")
	return line
}
