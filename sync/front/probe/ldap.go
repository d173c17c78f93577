package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"

	ber "github.com/go-asn1-ber/asn1-ber"
)

// ldap binds (RFC 4511), as the name in the address's path, in which {user} stands for the
// person: "ldap://localhost:3890/uid={user},ou=imap,dc=countersign".
func ldap(ctx context.Context, u *url.URL, t Try) error {
	c, err := dial(ctx, u, t, u.Scheme == "ldaps")
	if err != nil {
		return err
	}
	defer func() { c.Close() }()
	if u.Scheme == "ldap" && !loopback(u.Hostname()) {
		start := ber.Encode(ber.ClassApplication, ber.TypeConstructed, 23, nil, "")
		start.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, "1.3.6.1.4.1.1466.20037", ""))
		if code, err := exchange(c, start); err != nil || code != 0 {
			return errors.Join(fmt.Errorf("the directory starts no TLS (%d)", code), err)
		}
		c = tls.Client(c, t.config(u))
	}
	bind := ber.Encode(ber.ClassApplication, ber.TypeConstructed, 0, nil, "")
	bind.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, int64(3), ""))
	dn := strings.ReplaceAll(strings.Trim(u.Path, "/"), "{user}", t.Name)
	bind.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, dn, ""))
	bind.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, t.Password, ""))
	switch code, err := exchange(c, bind); {
	case err != nil:
		return err
	case code == 0:
		return nil
	case code == 49:
		return ErrClosed
	default:
		return fmt.Errorf("the directory answered with result %d", code)
	}
}

// exchange sends an operation and gives the result code of its answer.
func exchange(c io.ReadWriter, op *ber.Packet) (int64, error) {
	message := ber.NewSequence("")
	message.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, int64(1), ""))
	message.AppendChild(op)
	if _, err := c.Write(message.Bytes()); err != nil {
		return 0, err
	}
	answer, err := ber.ReadPacket(io.LimitReader(c, 64<<10))
	if err != nil {
		return 0, err
	}
	if len(answer.Children) < 2 || len(answer.Children[1].Children) < 1 {
		return 0, errors.New("not an answer of a directory")
	}
	code, ok := answer.Children[1].Children[0].Value.(int64)
	if !ok {
		return 0, errors.New("not an answer of a directory")
	}
	return code, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
