package notice

import (
	"encoding/binary"
	"errors"
	"io"
	"slices"
)

// pdu is what SMPP peers tell each other: a command, its status, its number and
// its fields. Source: SMPP 3.4 §3.2.
type pdu struct {
	command  uint32
	status   uint32
	sequence uint32
	body     []byte
}

// Commands; an answer has the highest bit set. Source: SMPP 3.4 §5.1.2.1.
const (
	smppBind    = 0x00000009 // bind_transceiver
	smppSubmit  = 0x00000004
	smppDeliver = 0x00000005
	smppUnbind  = 0x00000006
	smppEnquire = 0x00000015
	smppNack    = 0x80000000 // generic_nack
	smppAnswer  = 0x80000000
)

// longestPDU is how much is read of a peer at once, in bytes; chosen well above what
// a message centre has to say.
const longestPDU = 64 << 10

var errPDU = errors.New("the message centre does not speak SMPP")

func readPDU(r io.Reader) (pdu, error) {
	var head [16]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return pdu{}, err
	}
	size := binary.BigEndian.Uint32(head[:])
	if size < 16 || size > longestPDU {
		return pdu{}, errPDU
	}
	p := pdu{
		command:  binary.BigEndian.Uint32(head[4:]),
		status:   binary.BigEndian.Uint32(head[8:]),
		sequence: binary.BigEndian.Uint32(head[12:]),
		body:     make([]byte, size-16),
	}
	_, err := io.ReadFull(r, p.body)
	return p, err
}

func (p pdu) write(w io.Writer) error {
	raw := binary.BigEndian.AppendUint32(nil, uint32(16+len(p.body)))
	raw = binary.BigEndian.AppendUint32(raw, p.command)
	raw = binary.BigEndian.AppendUint32(raw, p.status)
	raw = binary.BigEndian.AppendUint32(raw, p.sequence)
	_, err := w.Write(append(raw, p.body...))
	return err
}

// field is one or more octets of a body.
type field []byte

// text is a field that ends with a zero.
func text(s string) field { return append(field(s), 0) }

// fields puts one after the other.
func fields(all ...field) []byte { return slices.Concat(all...) }
