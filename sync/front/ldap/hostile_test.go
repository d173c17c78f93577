package ldap_test

import (
	"bytes"
	"flag"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/countersign/countersign/sync/front/ldap"
)

// talk sends bytes and reads what comes back until the front closes.
func talk(at string, raw []byte) error {
	c, err := net.Dial("tcp", at)
	if err != nil {
		return err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	c.Write(raw)
	c.(*net.TCPConn).CloseWrite()
	io.Copy(io.Discard, c)
	return nil
}

// honest binds in the midst of whatever else happens.
func (h *house) honest(text string) {
	h.t.Helper()
	begun := time.Now()
	if got := code(h.dial().Bind("uid=anna,ou=imap,dc=countersign", text)); got != goldap.LDAPResultSuccess {
		h.t.Errorf("an honest client gets result %d", got)
	}
	if took := time.Since(begun); took > 5*time.Second {
		h.t.Errorf("an honest client waited %s", took)
	}
}

func TestHostileBytes(t *testing.T) {
	h := newHouse(t, func(o *ldap.Options) { o.Patience = 500 * time.Millisecond })
	text, _ := h.make("imap")
	for what, raw := range map[string][]byte{
		"16 MB of nesting without lengths": bytes.Repeat([]byte{0x30, 0x80}, 8<<20),
		"nesting that fits":                append([]byte{0x30, 0x82, 0xff, 0x00}, bytes.Repeat([]byte{0x30, 0x80}, 0x7f80)...),
		"800 levels around 60 KB":          levels(800, 60_000),
		"30,000 elements":                  append([]byte{0x30, 0x82, 0xea, 0x60}, bytes.Repeat([]byte{0x05, 0x00}, 30_000)...),
		"a length of 4 GB":                 {0x30, 0x84, 0xff, 0xff, 0xff, 0xff},
		"a length of lengths":              {0x30, 0xff, 1, 1, 1},
		"the beginning of TLS":             {0x16, 0x03, 0x01, 0x02, 0x00, 0x01},
		"a web browser":                    []byte("GET / HTTP/1.1\r\n\r\n"),
		"nothing in it":                    {0x30, 0x00},
		"half a message":                   {0x30, 0x20, 0x02, 0x01},
		"an empty bind":                    {0x30, 0x05, 0x02, 0x01, 0x01, 0x60, 0x00},
		"a number that is none":            {0x30, 0x07, 0x02, 0x00, 0x60, 0x03, 0x02, 0x01, 0x03},
	} {
		h.ok(talk(h.at, raw))
		t.Log(what)
		h.honest(text)
	}
}

// levels nests sequences of definite length around so many bytes.
func levels(n, bytes int) []byte {
	out := append([]byte{0x04, 0x82, byte(bytes >> 8), byte(bytes)}, make([]byte, bytes)...)
	for range n {
		out = append([]byte{0x30, 0x82, byte(len(out) >> 8), byte(len(out))}, out...)
	}
	return out
}

// What is deep is refused before it costs memory: the decoder would take 60 KB for each
// of its levels.
func TestDepthCostsNothing(t *testing.T) {
	h := newHouse(t)
	raw := levels(800, 60_000)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 20 {
		h.ok(talk(h.at, raw))
	}
	runtime.ReadMemStats(&after)
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 20*1<<20 {
		t.Errorf("20 messages of %d bytes took %d bytes", len(raw), taken)
	}
}

// Clients that ask without end and read nothing hold no turn that others need.
func TestClientsThatDoNotRead(t *testing.T) {
	h := newHouse(t, func(o *ldap.Options) { o.UnderWay = 2; o.Patience = 3 * time.Second })
	text, _ := h.make("imap")
	many := bytes.Repeat(searchMessage(), 200_000)
	for range 8 {
		c, err := net.Dial("tcp", h.at)
		h.ok(err)
		defer c.Close()
		c.SetWriteDeadline(time.Now().Add(500 * time.Millisecond))
		c.Write(many) // until both sides' buffers are full
	}
	begun := time.Now()
	h.honest(text)
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("an honest client waited %s", took)
	}
}

// bindMessage is a simple bind as a client sends it.
func bindMessage(dn, password string) []byte {
	body := append([]byte{0x02, 0x01, 0x03, 0x04, byte(len(dn))}, dn...)
	body = append(append(body, 0x80, byte(len(password))), password...)
	op := append([]byte{0x60, byte(len(body))}, body...)
	return append([]byte{0x30, byte(3 + len(op)), 0x02, 0x01, 0x01}, op...)
}

func searchMessage() []byte {
	filter := []byte{0xa3, 0x0b, 0x04, 0x03, 'u', 'i', 'd', 0x04, 0x04, 'a', 'n', 'n', 'a'}
	body := append([]byte{0x04, 0x00, 0x0a, 0x01, 0x02, 0x0a, 0x01, 0x00, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00, 0x01, 0x01, 0x00}, filter...)
	body = append(body, 0x30, 0x00)
	op := append([]byte{0x63, byte(len(body))}, body...)
	return append([]byte{0x30, byte(3 + len(op)), 0x02, 0x01, 0x02}, op...)
}

// mutate changes some bytes, drops some, and doubles some.
func mutate(r *rand.Rand, raw []byte) []byte {
	out := bytes.Clone(raw)
	for range 1 + r.IntN(6) {
		if len(out) == 0 {
			break
		}
		at := r.IntN(len(out))
		switch r.IntN(4) {
		case 0:
			out[at] = byte(r.Uint32())
		case 1:
			out[at] ^= 1 << r.IntN(8)
		case 2:
			out = append(out[:at], out[at+1:]...)
		case 3:
			out = append(out[:at], append([]byte{out[at]}, out[at:]...)...)
		}
	}
	return out
}

// door is a listener whose clients are in this program, so that many come and go fast.
type door struct {
	clients chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

func (d *door) Accept() (net.Conn, error) {
	select {
	case c := <-d.clients:
		return c, nil
	case <-d.closed:
		return nil, net.ErrClosed
	}
}

func (d *door) Close() error   { d.once.Do(func() { close(d.closed) }); return nil }
func (d *door) Addr() net.Addr { return &net.UnixAddr{} }

// newDoor opens a door of the house.
func (h *house) newDoor() *door {
	d := &door{clients: make(chan net.Conn), closed: make(chan struct{})}
	ended := make(chan error, 1)
	go func() { ended <- h.f.Serve(d) }()
	h.t.Cleanup(func() {
		h.ok(h.f.Close())
		h.ok(<-ended)
	})
	return d
}

// throw has a client say something and leave at once.
func (d *door) throw(raw []byte) {
	here, there := net.Pipe()
	d.clients <- there
	read := make(chan struct{})
	go func() { defer close(read); io.Copy(io.Discard, here) }()
	here.Write(raw)
	here.Close()
	<-read
}

func plain(o *ldap.Options) { o.Plain = true }

// Each comes over a connection of its own, so that each is judged. The fuzz target plays
// it without end.
func TestMutatedMessages(t *testing.T) {
	h := newHouse(t, plain)
	text, _ := h.make("imap")
	d := h.newDoor()
	r := rand.New(rand.NewPCG(5, 27))
	kinds := [][]byte{bindMessage(anna, text), bindMessage("cn=reader,ou=imap,dc=countersign", secret), searchMessage()}
	for range *mutations {
		raw := mutate(r, kinds[r.IntN(len(kinds))])
		d.throw(append(slices.Clone(kinds[1]), raw...)) // as a reader, who may search
	}
	h.honest(text)
}

var mutations = flag.Int("mutations", 20_000, "how many mutated messages are played")

func TestACrowdOfSilentConnections(t *testing.T) {
	h := newHouse(t, func(o *ldap.Options) { o.Connections, o.EachAddress = 64, 32 })
	text, _ := h.make("imap")
	for range 300 {
		c, err := net.Dial("tcp", h.at)
		h.ok(err)
		defer c.Close()
	}
	h.honest(text)
}

func TestSlowClients(t *testing.T) {
	h := newHouse(t, func(o *ldap.Options) { o.Patience, o.UnderWay = 300*time.Millisecond, 2 })
	text, _ := h.make("imap")
	for range 50 {
		c, err := net.Dial("tcp", h.at)
		h.ok(err)
		defer c.Close()
		c.Write([]byte{0x30, 0x40, 0x02})
	}
	h.honest(text)
}

func FuzzMessages(f *testing.F) {
	f.Add(bindMessage(anna, "x"))
	f.Add(searchMessage())
	h := newHouse(f, plain)
	d := h.newDoor()
	f.Fuzz(func(t *testing.T, raw []byte) {
		d.throw(append(bindMessage("cn=reader,ou=imap,dc=countersign", secret), raw...))
	})
}
