package ldap

import (
	"bufio"
	"errors"
	"io"

	ber "github.com/go-asn1-ber/asn1-ber"
)

// errMessage is the one answer to bytes that are no LDAP message.
var errMessage = errors.New("not an LDAP message")

// The operations, as RFC 4511 numbers them.
const (
	opBind         = 0
	opBindAnswer   = 1
	opUnbind       = 2
	opSearch       = 3
	opEntry        = 4
	opSearchDone   = 5
	opModify       = 6
	opAdd          = 8
	opDelete       = 10
	opRename       = 12
	opCompare      = 14
	opAbandon      = 16
	opExtend       = 23
	opExtendAnswer = 24
)

// result is a result code of RFC 4511, appendix A.
type result int64

const (
	success                result = 0
	operationsError        result = 1
	protocolError          result = 2
	sizeLimitExceeded      result = 4
	authMethodNotSupported result = 7
	criticalExtension      result = 12
	confidentiality        result = 13
	noSuchObject           result = 32
	invalidCredentials     result = 49
	insufficientAccess     result = 50
	busy                   result = 51
	unavailable            result = 52
	unwilling              result = 53
)

// request is a message of a client.
type request struct {
	id       int64
	op       ber.Tag
	body     *ber.Packet
	critical bool // it has a control that may not be passed over
}

// readMessage reads one message: a sequence of definite length, not longer than
// MaxMessage, of which nothing is decoded. io.EOF where the client ended, errMessage for
// bytes that are no message.
func readMessage(r *bufio.Reader) ([]byte, error) {
	tag, err := r.ReadByte()
	if err != nil {
		return nil, err
	}
	if tag != 0x30 {
		return nil, errMessage
	}
	head, n, err := readLength(r)
	if err != nil {
		return nil, err
	}
	raw := make([]byte, 1+len(head)+n)
	raw[0] = tag
	copy(raw[1:], head)
	if _, err := io.ReadFull(r, raw[1+len(head):]); err != nil {
		return nil, errMessage
	}
	return raw, nil
}

// readLength reads a definite length in any form that fits MaxMessage.
func readLength(r *bufio.Reader) (head []byte, n int, err error) {
	first, err := r.ReadByte()
	if err != nil {
		return nil, 0, errMessage
	}
	head = append(head, first)
	if first < 0x80 {
		return head, int(first), nil
	}
	more := int(first & 0x7f)
	if more == 0 || more > 4 {
		return nil, 0, errMessage
	}
	for range more {
		b, err := r.ReadByte()
		if err != nil {
			return nil, 0, errMessage
		}
		head, n = append(head, b), n<<8|int(b)
	}
	if n > MaxMessage {
		return nil, 0, errMessage
	}
	return head, n, nil
}

// parseRequest decodes a message. errMessage.
func parseRequest(raw []byte) (request, error) {
	if most := maxElements; !modest(raw, 0, &most) {
		return request{}, errMessage
	}
	p, err := ber.DecodePacketErr(raw)
	if err != nil || len(p.Children) < 2 || len(p.Children) > 3 {
		return request{}, errMessage
	}
	id, ok := integer(p.Children[0])
	op := p.Children[1]
	if !ok || id < 0 || id > 1<<31-1 || op.ClassType != ber.ClassApplication {
		return request{}, errMessage
	}
	q := request{id: id, op: op.Tag, body: op}
	if len(p.Children) == 3 {
		if q.critical, ok = critical(p.Children[2]); !ok {
			return request{}, errMessage
		}
	}
	return q, nil
}

// critical reports whether one of the controls may not be passed over: none is known
// here.
func critical(controls *ber.Packet) (yes, ok bool) {
	if controls.ClassType != ber.ClassContext || controls.Tag != 0 {
		return false, false
	}
	for _, c := range controls.Children {
		if len(c.Children) == 0 {
			return false, false
		}
		if len(c.Children) > 1 {
			b, isBool := c.Children[1].Value.(bool)
			yes = yes || isBool && b
		}
	}
	return yes, true
}

func integer(p *ber.Packet) (int64, bool) {
	n, ok := p.Value.(int64)
	return n, ok && p.ClassType == ber.ClassUniversal
}

// text gives the bytes of a primitive of any class, as octet strings are.
func text(p *ber.Packet) (string, bool) {
	switch {
	case p.TagType != ber.TypePrimitive:
		return "", false
	case p.ClassType != ber.ClassUniversal:
		return p.Data.String(), true
	}
	return string(p.ByteValue), p.Tag == ber.TagOctetString
}

// envelope starts an answer to a request.
func envelope(id int64, op ber.Tag) (message, body *ber.Packet) {
	message = ber.NewSequence("")
	message.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, id, ""))
	return message, ber.Encode(ber.ClassApplication, ber.TypeConstructed, op, nil, "")
}

// answer is the end of an operation.
func answer(id int64, op ber.Tag, code result, words string, more ...*ber.Packet) []byte {
	message, body := envelope(id, op)
	body.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, int64(code), ""))
	body.AppendChild(octets(""))
	body.AppendChild(octets(words))
	for _, p := range more {
		body.AppendChild(p)
	}
	message.AppendChild(body)
	return message.Bytes()
}

func octets(s string) *ber.Packet {
	return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, s, "")
}
