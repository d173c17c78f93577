package radius

import (
	"bytes"
	"net"
	"net/netip"
	"testing"
	"time"

	"layeh.com/radius"
)

// A client that hears nothing sends the same again: that is one try, with one answer.
func TestSentAgainIsOneTry(t *testing.T) {
	d := &door{}
	f := open(t, d, nil)
	asked := ask(t, f, request("ssh", "alice", account))
	raw := signed(t, answerTo(asked, "ssh", "alice", theCode))
	first, _ := f.handle(raw, here)
	second, o := f.handle(raw, here)
	if !bytes.Equal(first, second) || o != repeated || examine(t, second, raw).Code != radius.CodeAccessAccept {
		t.Errorf("%q, other answer: %v", o, !bytes.Equal(first, second))
	}
	if answer, _ := f.handle(raw, netip.AddrPortFrom(here.Addr(), here.Port()+1)); examine(t, answer, raw).Code != radius.CodeAccessReject {
		t.Error("a used code opens once more from another port")
	}
	if len(d.rung()) != 1 {
		t.Errorf("rung %d times", len(d.rung()))
	}
}

func TestSentAgainMeanwhile(t *testing.T) {
	d := &door{wait: make(chan struct{})}
	f := open(t, d, nil)
	raw := signed(t, request("wifi", "alice", appWord))
	done := make(chan []byte)
	go func() {
		answer, _ := f.handle(raw, here)
		done <- answer
	}()
	until(t, "the gate is asked", func() bool { return d.calls.Load() == 1 })
	if answer, o := f.handle(raw, here); answer != nil || o != repeated {
		t.Errorf("%q, answered %v", o, answer != nil)
	}
	close(d.wait)
	if answer := <-done; answer == nil || d.calls.Load() != 1 {
		t.Errorf("asked %d times", d.calls.Load())
	}
}

func TestAnswersAreForgotten(t *testing.T) {
	f := open(t, &door{}, nil)
	now := time.Now()
	f.seen.now = func() time.Time { return now }
	raw := signed(t, request("wifi", "alice", appWord))
	f.handle(raw, here)
	now = now.Add(keepFor - time.Second)
	if _, o := f.handle(raw, here); o != repeated {
		t.Errorf("after 29 s: %q", o)
	}
	now = now.Add(time.Second)
	if _, o := f.handle(raw, here); o != accepted {
		t.Errorf("after 30 s: %q", o)
	}
	now = now.Add(keepFor)
	f.seen.begin(key{})
	if len(f.seen.known) != 1 || f.seen.bytes != weight {
		t.Errorf("%d are kept, %d bytes", len(f.seen.known), f.seen.bytes)
	}
}

// However many come, no more is kept than was allowed.
func TestMemoryIsBounded(t *testing.T) {
	const limit = 64 << 10
	f := open(t, &door{}, func(o *Options) { o.Remember = limit })
	for i := range 10_000 {
		raw := signed(t, request("wifi", "alice", "wrong"))
		f.handle(raw, netip.AddrPortFrom(here.Addr(), uint16(i)))
	}
	if f.seen.bytes > limit+2*weight || len(f.seen.known) > limit/weight || len(f.seen.order) > 4*limit/weight || len(f.seen.underOf) != 0 {
		t.Errorf("%d bytes, %d known, %d in order, %d under way", f.seen.bytes, len(f.seen.known), len(f.seen.order), len(f.seen.underOf))
	}
}

// One address cannot take all the places: another is answered while it fills its own.
func TestEachAddressHasItsShare(t *testing.T) {
	d := &door{wait: make(chan struct{})}
	f := open(t, d, func(o *Options) { o.UnderWay, o.EachAddress = 4, 3 })
	address := start(t, f)
	conn, err := net.Dial("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for range 3 {
		if _, err := conn.Write(signed(t, request("wifi", "alice", appWord))); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "three are under way", func() bool { return d.calls.Load() == 3 })
	if answer, o := f.handle(signed(t, request("wifi", "alice", appWord)), here); answer != nil || o != busy {
		t.Errorf("%q, answered %v", o, answer != nil)
	}
	other := netip.MustParseAddrPort("127.0.0.2:1")
	if answer, o := f.handle(signed(t, radius.New(radius.CodeStatusServer, []byte(shared))), other); answer == nil || o != status {
		t.Errorf("another address: %q", o)
	}
	close(d.wait)
}

// However slow the gate is, no more are worked on than may be, and all of those are.
func TestUnderWay(t *testing.T) {
	d := &door{wait: make(chan struct{})}
	f := open(t, d, func(o *Options) { o.UnderWay, o.EachAddress = 5, 100 })
	address := start(t, f)
	conn, err := net.Dial("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for range 20 {
		if _, err := conn.Write(signed(t, request("wifi", "alice", appWord))); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "five are under way", func() bool { return d.calls.Load() == 5 })
	d.wait <- struct{}{} // one is done: the next is taken, and only that
	until(t, "the sixth is under way", func() bool { return d.calls.Load() == 6 })
	close(d.wait)
	until(t, "all are answered", func() bool { return d.calls.Load() == 20 })
}

// Close comes back although a request hangs in the gate.
func TestCloseEndsWhatIsUnderWay(t *testing.T) {
	d := &door{wait: make(chan struct{})}
	f := open(t, d, nil)
	address := start(t, f)
	conn, err := net.Dial("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write(signed(t, request("wifi", "alice", appWord))); err != nil {
		t.Fatal(err)
	}
	until(t, "it is under way", func() bool { return d.calls.Load() == 1 })
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}
