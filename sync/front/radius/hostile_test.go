package radius

import (
	"bytes"
	"math/rand/v2"
	"net/netip"
	"testing"

	"layeh.com/radius"
	"layeh.com/radius/rfc2865"
	"layeh.com/radius/rfc2869"
)

// corpus are packets from which hostile ones are made.
func corpus(t testing.TB) [][]byte {
	state := request("ssh", "alice", theCode)
	state.Add(rfc2865.State_Type, []byte(theState))
	state.Add(rfc2865.ProxyState_Type, []byte("proxy"))
	eap := request("wifi", "alice", "\x00")
	eap.Add(rfc2869.EAPMessage_Type, []byte{2, 1, 0, 10, 1, 'a'})
	return [][]byte{
		signed(t, request("wifi", "alice", appWord)), plain(t, request("ssh", "alice", account)), signed(t, state),
		plain(t, state), signed(t, eap), signed(t, radius.New(radius.CodeStatusServer, []byte(shared))),
		plain(t, request("wifi", "", "")), {}, make([]byte, 4096),
	}
}

// lax takes unsigned packets, so that mutated ones come as far as they can.
func lax(t testing.TB) *Front {
	off := false
	return open(t, &door{}, func(o *Options) { o.Clients[0].MessageAuthenticator, o.Remember = &off, 1<<20 })
}

// survive hands a packet over; whatever it is, an answer is one that clients believe.
func survive(t testing.TB, f *Front, raw []byte) {
	before := bytes.Clone(raw)
	answer, _ := f.handle(raw, here)
	if !bytes.Equal(before, raw) {
		t.Fatal("the datagram was written to")
	}
	if answer != nil {
		examine(t, answer, raw)
	}
}

func FuzzHandle(f *testing.F) {
	for _, raw := range corpus(f) {
		f.Add(raw)
	}
	front := lax(f)
	f.Fuzz(func(t *testing.T, raw []byte) { survive(t, front, raw) })
}

// A fixed share of what the fuzzing plays, in every run.
func TestMutatedPackets(t *testing.T) {
	const rounds = 60_000
	f, base := lax(t), corpus(t)
	r := rand.New(rand.NewPCG(5, 1812)) // any fixed seed
	for range rounds {
		survive(t, f, mutate(r, base[r.IntN(len(base))], base[r.IntN(len(base))]))
	}
	if got := ask(t, f, request("wifi", "alice", appWord)).Code; got != radius.CodeAccessAccept {
		t.Errorf("afterwards an app password gets %v", got)
	}
}

// mutate changes a packet in a few places.
func mutate(r *rand.Rand, raw, other []byte) []byte {
	raw = bytes.Clone(raw)
	for range 1 + r.IntN(6) {
		if len(raw) == 0 {
			return append(raw, other...)
		}
		at := r.IntN(len(raw))
		switch r.IntN(5) {
		case 0:
			raw[at] = byte(r.Uint32())
		case 1:
			raw[at] ^= 1 << r.IntN(8)
		case 2:
			raw = raw[:at]
		case 3:
			raw = append(raw[:at:at], other[min(at, len(other)):]...)
		case 4: // a length that fits, so that the attributes are read
			if len(raw) >= header {
				raw[2], raw[3] = byte(len(raw)>>8), byte(len(raw))
			}
		}
	}
	return raw
}

// A flood of strangers costs neither memory nor answers.
func TestStrangersLeaveNoTrace(t *testing.T) {
	f := open(t, &door{}, nil)
	raw := signed(t, request("wifi", "alice", appWord))
	for i := range 10_000 {
		from := netip.AddrPortFrom(netip.AddrFrom4([4]byte{198, 51, byte(i >> 8), byte(i)}), 1812)
		if answer, o := f.handle(raw, from); answer != nil || o != unknown {
			t.Fatalf("%v: %q", from, o)
		}
	}
	if len(f.seen.known) != 0 {
		t.Errorf("%d are kept", len(f.seen.known))
	}
}
