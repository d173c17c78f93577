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
	out    []byte
	toTLS  bool // what is in out is the last without TLS
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
		raw, err := c.next()
		if err == nil {
			err = c.work(raw)
		}
		if errors.Is(err, errMessage) {
			c.f.metrics.count("malformed")
		}
		if !c.flush() || err != nil || c.toTLS && !c.startTLS() {
			return
		}
		c.heard.Store(time.Now().UnixNano())
	}
}

// next waits for a message, which then has to arrive in time.
func (c *conn) next() ([]byte, error) {
	idle := c.f.o.Idle
	if !c.asked {
		idle = c.f.o.Patience
	}
	c.net.SetReadDeadline(time.Now().Add(idle))
	if _, err := c.r.Peek(1); err != nil {
		return nil, err
	}
	c.net.SetReadDeadline(time.Now().Add(c.f.o.Patience))
	return readMessage(c.r)
}

// errOver ends a connection: the client leaves, or waited in vain for its turn.
var errOver = errors.New("over")

// work answers a message, in its turn, into out. Nothing is sent meanwhile: a client that
// does not read keeps nobody else waiting.
func (c *conn) work(raw []byte) error {
	ctx, cancel := context.WithTimeout(c.f.ctx, c.f.o.Patience)
	defer cancel()
	select {
	case c.f.working <- struct{}{}:
		defer func() { <-c.f.working }()
	case <-ctx.Done():
		c.f.metrics.count("busy")
		return errOver
	}
	q, err := parseRequest(raw)
	if err != nil {
		return err
	}
	return c.do(ctx, q)
}

// do answers a request.
func (c *conn) do(ctx context.Context, q request) error {
	switch q.op {
	case opUnbind:
		return errOver
	case opAbandon:
		return nil
	}
	reply := answerTo(q.op)
	switch {
	case reply == 0:
		return errMessage
	case q.critical:
		c.end(q, reply, criticalExtension, "no controls are known here")
	case q.op == opBind:
		c.bind(ctx, q)
	case q.op == opSearch:
		c.search(q)
	case q.op == opExtend:
		return c.extend(q)
	default:
		c.end(q, reply, unwilling, "nothing can be changed or compared here")
	}
	return nil
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

// flush sends what is answered.
func (c *conn) flush() bool {
	if len(c.out) == 0 {
		return true
	}
	c.net.SetWriteDeadline(time.Now().Add(c.f.o.Patience))
	_, err := c.net.Write(c.out)
	c.out = nil
	return err == nil
}

// end answers with the result of an operation.
func (c *conn) end(q request, op ber.Tag, code result, words string) {
	c.out = append(c.out, answer(q.id, op, code, words)...)
}

// bind compares a name and a password. One that fails leaves the client anonymous.
func (c *conn) bind(ctx context.Context, q request) {
	begun := time.Now()
	c.bound = name{}
	code, words := c.tryBind(ctx, q.body)
	if code == success {
		c.asked = true
	}
	c.f.metrics.seconds.Observe(time.Since(begun).Seconds())
	c.end(q, opBindAnswer, code, words)
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

func (c *conn) extend(q request) error {
	oid := ""
	if len(q.body.Children) > 0 {
		oid, _ = text(q.body.Children[0])
	}
	switch oid {
	case oidStartTLS:
		return c.askTLS(q)
	case oidWhoAmI:
		who := ""
		if c.bound != (name{}) {
			who = "dn:" + c.bound.String()
		}
		c.out = append(c.out, answer(q.id, opExtendAnswer, success, "", ber.NewString(ber.ClassContext, ber.TypePrimitive, 11, who, ""))...)
		return nil
	}
	c.end(q, opExtendAnswer, protocolError, "unknown")
	return nil
}

// askTLS has TLS started. What the client sent before that is never taken for said within.
func (c *conn) askTLS(q request) error {
	switch {
	case c.f.tls == nil:
		c.end(q, opExtendAnswer, unavailable, "no certificate is configured")
	case c.net != c.raw:
		c.end(q, opExtendAnswer, operationsError, "TLS is spoken already")
	case c.r.Buffered() > 0:
		return errMessage
	default:
		c.toTLS = true
		c.end(q, opExtendAnswer, success, "")
	}
	return nil
}

func (c *conn) startTLS() bool {
	secure := tls.Server(c.raw, c.f.tls)
	secure.SetDeadline(time.Now().Add(c.f.o.Patience))
	if err := secure.HandshakeContext(c.f.ctx); err != nil {
		c.f.metrics.count("no TLS")
		return false
	}
	secure.SetDeadline(time.Time{})
	c.toTLS = false
	c.net, c.secure, c.bound = secure, true, name{}
	c.r = bufio.NewReaderSize(secure, 512)
	return true
}
