package radius

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"layeh.com/radius"
)

// BenchmarkPAP plays eight clients over loopback, each with one request under way;
// the time is that of one request, and the clients' own work is in it.
func BenchmarkPAP(b *testing.B) {
	address := start(b, open(b, &door{}, nil))
	var left atomic.Int64
	left.Store(int64(b.N))
	var clients sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	for range 8 {
		clients.Go(func() {
			conn, err := net.Dial("udp", address)
			if err != nil {
				b.Error(err)
				return
			}
			defer conn.Close()
			answer := make([]byte, radius.MaxPacketLength)
			for left.Add(-1) >= 0 {
				raw := signed(b, request("wifi", "alice", appWord))
				if _, err := conn.Write(raw); err != nil {
					b.Error(err)
					return
				}
				n, err := conn.Read(answer)
				if err != nil || n < header || radius.Code(answer[0]) != radius.CodeAccessAccept {
					b.Errorf("answer of %d bytes: %v", n, err)
					return
				}
			}
		})
	}
	clients.Wait()
}

// BenchmarkHandle is one request without the network.
func BenchmarkHandle(b *testing.B) {
	f := open(b, &door{}, nil)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		raw := signed(b, request("wifi", "alice", appWord))
		b.StartTimer()
		if answer, _ := f.handle(raw, here); answer == nil {
			b.Fatal("no answer")
		}
	}
}
