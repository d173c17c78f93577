package notice

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"
)

// smpp hands text messages to a message centre, each over a connection of its own.
type smpp struct {
	options  SMPPOptions
	password string
	tls      *tls.Config // nil = none
}

func newSMPP(o SMPPOptions) (*smpp, error) {
	host, _, err := net.SplitHostPort(o.Address)
	if err != nil || host == "" {
		return nil, fmt.Errorf("address %q is not host:port", o.Address)
	}
	s := &smpp{options: o}
	if s.password, err = readSecret(o.PasswordFile); err != nil {
		return nil, fmt.Errorf("password_file: %w", err)
	}
	// Source: SMPP 3.4 §4.1.1; each ends with a zero, which counts there.
	switch {
	case o.SystemID == "" || !fits(o.SystemID, 15):
		return nil, errors.New("system_id has 1 to 15 letters")
	case !fits(s.password, 8):
		return nil, errors.New("password_file holds more than 8 letters")
	case !fits(o.SystemType, 12):
		return nil, errors.New("system_type has at most 12 letters")
	case !fits(o.From, 20):
		return nil, errors.New("from has at most 20 letters")
	}
	switch first(o.TLS, "tls") {
	case "none":
		return s, nil
	case "tls":
		if s.tls, err = clientTLS(host, o.CAFile); err != nil {
			return nil, fmt.Errorf("ca_file: %w", err)
		}
		return s, nil
	}
	return nil, fmt.Errorf(`tls is %q: it is "tls" or "none"`, o.TLS)
}

// fits reports whether a text is plain and at most max letters long.
func fits(text string, max int) bool {
	return len(text) <= max && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' })
}

// Send implements Sender.
func (s *smpp) Send(ctx context.Context, m Message) error {
	words, to, err := forTelephone(m)
	if err != nil || words == "" {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, gatewayTime)
	defer cancel()
	conn, err := s.dial(ctx)
	if err != nil {
		return fmt.Errorf("reaching the message centre: %w", err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	peer := &centre{conn: conn}
	bind := fields(text(s.options.SystemID), text(s.password), text(s.options.SystemType), field{0x34, 0, 0}, text(""))
	if err := peer.ask(smppBind, bind); err != nil {
		return fmt.Errorf("signing in at the message centre: %w", err)
	}
	if err := peer.ask(smppSubmit, submission(s.options.From, to, words)); err != nil {
		return submitFailure(err)
	}
	// The message is taken; how the parting goes changes nothing.
	_ = peer.ask(smppUnbind, nil)
	return nil
}

func (s *smpp) dial(ctx context.Context) (net.Conn, error) {
	if s.tls == nil {
		return new(net.Dialer).DialContext(ctx, "tcp", s.options.Address)
	}
	return (&tls.Dialer{Config: s.tls}).DialContext(ctx, "tcp", s.options.Address)
}

// centre is the other end.
type centre struct {
	conn     net.Conn
	sequence uint32
}

// statusError is what a message centre answered.
type statusError uint32

func (e statusError) Error() string { return fmt.Sprintf("the message centre answered %#x", uint32(e)) }

// ask sends a command and waits for its answer. What the other end asks meanwhile is
// answered: whether we are there, and that we took what it delivers.
func (c *centre) ask(command uint32, body []byte) error {
	c.sequence++
	if err := (pdu{command: command, sequence: c.sequence, body: body}).write(c.conn); err != nil {
		return err
	}
	for {
		p, err := readPDU(c.conn)
		if err != nil {
			return err
		}
		switch {
		case p.sequence == c.sequence && (p.command == command|smppAnswer || p.command == smppNack):
			if p.status != 0 || p.command == smppNack {
				return statusError(p.status)
			}
			return nil
		case p.command == smppEnquire:
			err = pdu{command: p.command | smppAnswer, sequence: p.sequence}.write(c.conn)
		case p.command == smppDeliver:
			err = pdu{command: p.command | smppAnswer, sequence: p.sequence, body: text("")}.write(c.conn)
		case p.command == smppUnbind:
			err = errors.New("the message centre ends the connection")
		}
		if err != nil {
			return err
		}
	}
}

// The kinds of number and the plan they are of. Source: SMPP 3.4 §5.2.5, §5.2.6.
const (
	tonUnknown, tonInternational, tonLetters = byte(0), byte(1), byte(5)
	npiUnknown, npiTelephone                 = byte(0), byte(1)
)

// Data codings. Source: SMPP 3.4 §5.2.19.
const (
	codingDefault = byte(0)
	codingUCS2    = byte(8)
)

// submission is the body of submit_sm: one part in the message itself, more in the
// payload, which the centre divides. Source: SMPP 3.4 §4.4.1, §5.3.2.32.
func submission(from, to, words string) []byte {
	coding, limit := codingDefault, 160
	coded, ok := toGSM(words)
	if !ok {
		coding, limit, coded = codingUCS2, 140, toUCS2(words)
	}
	ton, npi := sourceOf(from)
	head := fields(text(""), field{ton, npi}, text(strings.TrimPrefix(from, "+")),
		field{tonInternational, npiTelephone}, text(strings.TrimPrefix(to, "+")),
		field{0, 0, 0}, text(""), text(""), field{0, 0, coding, 0})
	if len(coded) <= limit {
		return append(append(head, byte(len(coded))), coded...)
	}
	head = append(head, 0)
	head = binary.BigEndian.AppendUint16(head, 0x0424) // message_payload
	head = binary.BigEndian.AppendUint16(head, uint16(len(coded)))
	return append(head, coded...)
}

// sourceOf says what kind of sender a name is.
func sourceOf(from string) (ton, npi byte) {
	switch {
	case from == "":
		return tonUnknown, npiUnknown
	case strings.HasPrefix(from, "+"):
		return tonInternational, npiTelephone
	case strings.Trim(from, "0123456789") == "":
		return tonUnknown, npiTelephone // a short number
	}
	return tonLetters, npiUnknown
}

// submitFailure sorts a refusal: statuses about the number or the text are final.
// Source: SMPP 3.4 §5.1.3.
func submitFailure(err error) error {
	final := []statusError{
		0x01, // the message's length
		0x0b, // the number
		0x33, // the number of numbers
		0x50, // the number's kind
		0x51, // the number's plan
	}
	var status statusError
	if errors.As(err, &status) && slices.Contains(final, status) {
		return fmt.Errorf("%w: %w", ErrRefused, status)
	}
	return fmt.Errorf("handing over to the message centre: %w", err)
}
