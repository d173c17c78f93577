package notice

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/countersign/countersign/sync/notice/noticetest"
)

// office is the other end: a message centre that lets one client in and, like a real
// one, asks things of its own in between. It reads bodies by the standard's tables
// and not by what the client has to write them.
type office struct {
	t        *testing.T
	listener net.Listener
	work     sync.WaitGroup
	mu       sync.Mutex
	status   uint32 // what a submission is answered
	rude     []byte // what it sends in place of an answer to one
	sent     []submitted
	parted   int
}

// submitted is what the office was handed.
type submitted struct {
	from, to         string
	fromKind, toKind [2]byte
	coding           byte
	octets           []byte
	payload          bool
}

func newOffice(t *testing.T, config *tls.Config) *office {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if config != nil {
		l = tls.NewListener(l, config)
	}
	o := &office{t: t, listener: l}
	o.work.Go(o.open)
	t.Cleanup(func() {
		l.Close()
		o.work.Wait()
	})
	return o
}

func (o *office) open() {
	for {
		conn, err := o.listener.Accept()
		if err != nil {
			return
		}
		o.work.Go(func() {
			defer conn.Close()
			o.serve(conn)
		})
	}
}

func (o *office) serve(conn net.Conn) {
	for {
		p, err := readPDU(conn)
		if err != nil {
			return
		}
		answer := pdu{command: p.command | 0x80000000, sequence: p.sequence}
		switch p.command {
		case 9:
			answer.status, answer.body = o.letIn(p.body), []byte("centre\x00")
		case 4:
			if !o.take(conn, p.body) {
				return
			}
			o.mu.Lock()
			answer.status, answer.body = o.status, []byte("17\x00")
			o.mu.Unlock()
		case 6:
			o.mu.Lock()
			o.parted++
			o.mu.Unlock()
		}
		if answer.write(conn) != nil {
			return
		}
	}
}

// letIn reads a bind: who, password, type, version, and a range of addresses.
func (o *office) letIn(body []byte) uint32 {
	r := bufio.NewReader(bytes.NewReader(body))
	name, password, kind := cstring(r), cstring(r), cstring(r)
	rest := make([]byte, 4)
	if n, err := r.Read(rest); err != nil || n != 4 || rest[0] != 0x34 || kind != "login" {
		return 0x0d
	}
	if name != "countersign" || password != "geheim" {
		return 0x0e
	}
	return 0
}

// take reads a submission, and asks two things before it is answered.
func (o *office) take(conn net.Conn, body []byte) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.rude != nil {
		if _, err := conn.Write(o.rude); err != nil {
			o.t.Error(err)
		}
		return false
	}
	r := bufio.NewReader(bytes.NewReader(body))
	var s submitted
	cstring(r)
	s.fromKind, s.from = pair(r), cstring(r)
	s.toKind, s.to = pair(r), cstring(r)
	octets(r, 3)
	cstring(r)
	cstring(r)
	s.coding = octets(r, 4)[2]
	s.octets = octets(r, int(octets(r, 1)[0]))
	if tag, err := r.Peek(4); err == nil && binary.BigEndian.Uint16(tag) == 0x0424 {
		octets(r, 4)
		s.payload, s.octets = true, octets(r, int(binary.BigEndian.Uint16(tag[2:])))
	}
	if r.Buffered() > 0 {
		o.t.Errorf("a submission has %d octets too many", r.Buffered())
	}
	o.sent = append(o.sent, s)
	return o.asks(conn, 0x15) && o.asks(conn, 5)
}

// asks wants an answer to a command of its own.
func (o *office) asks(conn net.Conn, command uint32) bool {
	if (pdu{command: command, sequence: 1}).write(conn) != nil {
		return false
	}
	p, err := readPDU(conn)
	if err != nil || p.command != command|0x80000000 || p.sequence != 1 || p.status != 0 {
		o.t.Errorf("%#x is answered with %+v, %v", command, p, err)
	}
	return err == nil
}

func cstring(r *bufio.Reader) string {
	s, _ := r.ReadString(0) // what is missing shows in what is compared
	return strings.TrimSuffix(s, "\x00")
}

func octets(r *bufio.Reader, n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i], _ = r.ReadByte() // as above
	}
	return out
}

func pair(r *bufio.Reader) [2]byte { return [2]byte(octets(r, 2)) }

func (o *office) options(t *testing.T) TextOptions {
	return TextOptions{Via: "smpp", SMPP: SMPPOptions{
		Address: o.listener.Addr().String(), SystemID: "countersign", PasswordFile: fileWith(t, "geheim\n"), SystemType: "login", From: "Example", TLS: "none",
	}}
}

func (o *office) last(t *testing.T) submitted {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.sent) == 0 {
		t.Fatal("nothing was submitted")
	}
	return o.sent[len(o.sent)-1]
}

func TestSMPPSubmits(t *testing.T) {
	o := newOffice(t, nil)
	if err := textTo(t, o.options(t), ringing()); err != nil {
		t.Fatal(err)
	}
	got := o.last(t)
	// ü is 0x7e and ä 0x7b in the alphabet of telephones.
	want := strings.NewReplacer("ü", "\x7e", "ä", "\x7b").Replace(rings)
	if string(got.octets) != want || got.coding != 0 || got.payload || got.to != "4915112345678" || got.toKind != [2]byte{1, 1} || got.from != "Example" || got.fromKind != [2]byte{5, 0} {
		t.Errorf("submitted was %+v: %q", got, got.octets)
	}
	if o.parted != 1 {
		t.Error("the client went without a word")
	}
}

func TestSMPPSubmitsWhatIsNotInTheAlphabet(t *testing.T) {
	o := newOffice(t, nil)
	m, options := ringing(), o.options(t)
	m.Server, m.Account, options.SMPP.From = "鍵", "анна", "+15005550006"
	if err := textTo(t, options, m); err != nil {
		t.Fatal(err)
	}
	got := o.last(t)
	if text := fromUCS2(t, hex.EncodeToString(got.octets)); !strings.HasPrefix(text, "鍵: 01234567 ist") || !strings.Contains(text, "анна") {
		t.Errorf("submitted was %q", text)
	}
	if got.coding != 8 || !got.payload || got.from != "15005550006" || got.fromKind != [2]byte{1, 1} {
		t.Errorf("submitted was %+v", got)
	}
}

func TestSMPPOverTLS(t *testing.T) {
	certificate, key := noticetest.SelfSigned(t)
	loaded, err := tls.X509KeyPair([]byte(certificate), []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	o := newOffice(t, &tls.Config{Certificates: []tls.Certificate{loaded}})
	options := o.options(t)
	options.SMPP.TLS = ""
	if err := textTo(t, options, ringing()); err == nil || errors.Is(err, ErrRefused) {
		t.Errorf("a certificate nobody vouches for gives %v", err)
	}
	options.SMPP.CAFile = fileWith(t, certificate)
	if err := textTo(t, options, ringing()); err != nil {
		t.Error(err)
	}
	if o.last(t); len(o.sent) != 1 {
		t.Errorf("%d messages went through", len(o.sent))
	}
}

func TestSMPPAnswers(t *testing.T) {
	o := newOffice(t, nil)
	for status, refused := range map[uint32]bool{0x01: true, 0x0b: true, 0x08: false, 0x14: false, 0x45: false, 0x58: false} {
		o.mu.Lock()
		o.status = status
		o.mu.Unlock()
		err := textTo(t, o.options(t), ringing())
		if err == nil || errors.Is(err, ErrRefused) != refused || !strings.Contains(err.Error(), fmt.Sprintf("%#x", status)) {
			t.Errorf("%#x gives %v", status, err)
		}
		discreet(t, err)
	}
}

func TestSMPPWithTheWrongPassword(t *testing.T) {
	o := newOffice(t, nil)
	options := o.options(t)
	options.SMPP.PasswordFile = fileWith(t, "falsch")
	if err := textTo(t, options, ringing()); err == nil || errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "0xe") {
		t.Errorf("sending gives %v", err)
	}
	if len(o.sent) != 0 {
		t.Error("the message was submitted all the same")
	}
}

// A peer that says something else ends the try, not the program.
func TestSMPPWithAPeerThatSpeaksSomethingElse(t *testing.T) {
	for _, rude := range [][]byte{
		[]byte("220 mx.example.org ESMTP\r\n"), {0, 0, 0, 15}, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, {0xff, 0xff, 0xff, 0xff, 0x80, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 2},
		{0, 0, 0, 17, 0x80, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 2}, {},
		{0, 0, 0, 16, 0x80, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 2}, {0, 0, 0, 16, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 9},
	} {
		o := newOffice(t, nil)
		o.rude = rude
		if err := textTo(t, o.options(t), ringing()); err == nil || errors.Is(err, ErrRefused) {
			t.Errorf("%q gives %v", rude, err)
		}
	}
}

func TestAlphabetOfTelephones(t *testing.T) {
	if places := []rune(basic); len(places) != 128 {
		t.Fatalf("the alphabet has %d places", len(places))
	}
	for text, want := range map[string]string{
		"@Aa0 ": "\x00Aa0 ", "ÄÖÑÜ§¿äöñüà": "\x5b\x5c\x5d\x5e\x5f\x60\x7b\x7c\x7d\x7e\x7f", "€[]{}\\~|^": "\x1be\x1b<\x1b>\x1b(\x1b)\x1b/\x1b=\x1b@\x1b\x14", "_": "\x11", "¤": "\x24", "Éß": "\x1f\x1e",
	} {
		if got, ok := toGSM(text); !ok || string(got) != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{"“", "ё", "\x1b", "`", "\x00", "鍵"} {
		if got, ok := toGSM(text); ok {
			t.Errorf("%q is %q", text, got)
		}
	}
}
