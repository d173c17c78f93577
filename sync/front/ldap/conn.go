package ldap

import (
	"bufio"
	"context"
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"

	"github.com/countersign/countersign/sync/front"
)

// conn is one client. Its own goroutine does all but close it.
type conn struct {
	f      *Front
	raw    net.Conn // below TLS, if there is any
	net    net.Conn
	r      *bufio.Reader
	from   netip.Addr
	secure bool // passwords may come over it
	speaks bool // TLS from the start
	heard  atomic.Int64
	ousted atomic.Bool
	bound  name // zero: anonymous
	asked  bool // it made a request that counted
}

func newConn(f *Front, raw net.Conn, speaks bool) *conn {
	c := &conn{f: f, raw: raw, net: raw, speaks: speaks}
	if a, ok := raw.RemoteAddr().(*net.TCPAddr); ok {
		c.from = a.AddrPort().Addr().Unmap().WithZone("")
	}
	c.secure = f.o.Plain || c.from.IsLoopback()
	c.heard.Store(time.Now().UnixNano())
	return c
}

// serve answers until the client leaves, is silent for too long, or says something that
// is no LDAP.
func (c *conn) serve() {
	c.r = bufio.NewReaderSize(c.net, 512)
	if c.speaks && !c.startTLS() {
		return
	}
	for {
		q, err := c.next()
		if errors.Is(err, errMessage) {
			c.f.metrics.count("malformed")
		}
		if err != nil || !c.do(q) {
			return
		}
		c.heard.Store(time.Now().UnixNano())
	}
}

// next waits for a request, which then has to arrive in time.
func (c *conn) next() (request, error) {
	idle := c.f.o.Idle
	if !c.asked {
		idle = c.f.o.Patience
	}
	c.net.SetReadDeadline(time.Now().Add(idle))
	if _, err := c.r.Peek(1); err != nil {
		return request{}, err
	}
	c.net.SetReadDeadline(time.Now().Add(c.f.o.Patience))
	return readRequest(c.r)
}

// do answers a request, and reports whether the connection goes on.
func (c *conn) do(q request) bool {
	switch q.op {
	case opUnbind:
		return false
	case opAbandon:
		return true
	}
	select {
	case c.f.working <- struct{}{}:
		defer func() { <-c.f.working }()
	case <-c.f.ctx.Done():
		return false
	}
	ctx, cancel := context.WithTimeout(c.f.ctx, c.f.o.Patience)
	defer cancel()
	reply := answerTo(q.op)
	if reply == 0 {
		c.f.metrics.count("malformed")
		return false
	}
	if q.critical {
		return c.end(q, reply, criticalExtension, "no controls are known here")
	}
	switch q.op {
	case opBind:
		return c.bind(ctx, q)
	case opSearch:
		return c.search(q)
	case opExtend:
		return c.extend(q)
	}
	return c.end(q, reply, unwilling, "nothing can be changed or compared here")
}

// answerTo names the answer to an operation; zero for what is none.
func answerTo(op ber.Tag) ber.Tag {
	switch op {
	case opBind, opModify, opAdd, opDelete, opRename, opCompare, opExtend:
		return op + 1
	case opSearch:
		return opSearchDone
	}
	return 0
}

func (c *conn) send(raw []byte) bool {
	c.net.SetWriteDeadline(time.Now().Add(c.f.o.Patience))
	_, err := c.net.Write(raw)
	return err == nil
}

// end sends the result of an operation.
func (c *conn) end(q request, op ber.Tag, code result, words string) bool {
	return c.send(answer(q.id, op, code, words))
}

// bind compares a name and a password. One that fails leaves the client anonymous.
func (c *conn) bind(ctx context.Context, q request) bool {
	begun := time.Now()
	c.bound = name{}
	code, words := c.tryBind(ctx, q.body)
	if code == success {
		c.asked = true
	}
	c.f.metrics.seconds.Observe(time.Since(begun).Seconds())
	return c.end(q, opBindAnswer, code, words)
}

func (c *conn) tryBind(ctx context.Context, body *ber.Packet) (result, string) {
	if len(body.Children) != 3 {
		return protocolError, "not a bind"
	}
	version, ok := integer(body.Children[0])
	dn, isText := text(body.Children[1])
	if !ok || !isText || version != 3 {
		return protocolError, "only version 3 is spoken here"
	}
	method := body.Children[2]
	password, simple := text(method)
	if method.ClassType != ber.ClassContext || method.Tag != 0 || !simple {
		return authMethodNotSupported, "only simple binds are understood here"
	}
	switch {
	case dn == "" && password == "":
		c.f.metrics.count("anonymous")
		return success, ""
	case password == "": // RFC 4513 §5.1.2: programs take its success for a right password
		return unwilling, "a name without a password proves nothing"
	case !c.secure:
		return confidentiality, "passwords come over TLS only"
	}
	n, ok := parseName(dn)
	if !ok || n.service == "" {
		c.f.metrics.count("refused")
		return invalidCredentials, ""
	}
	return c.compare(ctx, n, password)
}

func (c *conn) compare(ctx context.Context, n name, password string) (result, string) {
	if n.reader {
		r, known := c.f.readers[n.service]
		if !known || subtle.ConstantTimeCompare(r.secret, []byte(password)) != 1 {
			c.f.metrics.count("refused")
			return invalidCredentials, ""
		}
		c.bound = n
		c.f.metrics.count("reader")
		return success, ""
	}
	opened, err := c.f.gate.Check(ctx, front.Try{Service: n.service, Name: n.user, Password: password, Protocol: "ldap"})
	switch {
	case err == nil:
		c.bound = name{user: opened.User, service: n.service}
		c.f.metrics.count("opened")
		return success, ""
	case errors.Is(err, front.ErrRefused), errors.Is(err, front.ErrService):
		c.f.metrics.count("refused")
		return invalidCredentials, ""
	case errors.Is(err, front.ErrBusy):
		c.f.metrics.count("busy")
		return busy, "come again"
	}
	c.f.metrics.count("failed")
	c.f.log.Error("answering an LDAP bind", "service", n.service, "err", err)
	return unavailable, "this cannot be found out now"
}

// The extended operations that are known.
const (
	oidStartTLS = "1.3.6.1.4.1.1466.20037"
	oidWhoAmI   = "1.3.6.1.4.1.4203.1.11.3"
)

func (c *conn) extend(q request) bool {
	oid := ""
	if len(q.body.Children) > 0 {
		oid, _ = text(q.body.Children[0])
	}
	switch oid {
	case oidStartTLS:
		return c.askTLS(q)
	case oidWhoAmI:
		message, body := envelope(q.id, opExtendAnswer)
		body.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, int64(success), ""))
		body.AppendChild(octets(""))
		body.AppendChild(octets(""))
		who := ""
		if c.bound != (name{}) {
			who = "dn:" + c.bound.String()
		}
		body.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 11, who, ""))
		message.AppendChild(body)
		return c.send(message.Bytes())
	}
	return c.end(q, opExtendAnswer, protocolError, "unknown")
}

// askTLS starts TLS. What the client sent before that is never taken for said within.
func (c *conn) askTLS(q request) bool {
	switch {
	case c.f.tls == nil:
		return c.end(q, opExtendAnswer, unavailable, "no certificate is configured")
	case c.net != c.raw:
		return c.end(q, opExtendAnswer, operationsError, "TLS is spoken already")
	case c.r.Buffered() > 0:
		return false
	}
	return c.end(q, opExtendAnswer, success, "") && c.startTLS()
}

func (c *conn) startTLS() bool {
	secure := tls.Server(c.raw, c.f.tls)
	secure.SetDeadline(time.Now().Add(c.f.o.Patience))
	if err := secure.HandshakeContext(c.f.ctx); err != nil {
		c.f.metrics.count("no TLS")
		return false
	}
	secure.SetDeadline(time.Time{})
	c.net, c.secure, c.bound = secure, true, name{}
	c.r = bufio.NewReaderSize(secure, 512)
	return true
}
