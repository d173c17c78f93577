//go:build linux

package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/countersign/countersign/sync/api"
)

const (
	idleDevices = 10_000
	ringSamples = 500 // for each number of devices; each rings another account
	idleFor     = time.Minute
)

// BenchmarkRinging measures how long after the right password a device has the
// request: from the end of the password's hash in the server's process to the
// first byte of the event at a device's TCP connection in this one. It prints the
// tables of docs/performance.md.
func BenchmarkRinging(b *testing.B) {
	idle := idleDevices
	if most := descriptors(b); most < idle+200 {
		idle = 0
		fmt.Printf("only one device: %d descriptors are allowed at most, %d devices need %d\n", most, idleDevices, idleDevices+200)
	}
	r := startRinging(b)
	r.order(order{Do: "settle", To: max(idle, 2*ringSamples) + 1})
	few := r.ringOne(0, ringSamples/2)
	var many []time.Duration
	if idle > 0 {
		many = r.ringMany(idle)
	}
	few = append(few, r.ringOne(ringSamples/2, ringSamples)...) // before and after, so that both met one machine
	fmt.Printf("\n| devices connected | p50 | p99 | p50 against one device's |\n|---|---|---|---|\n")
	fmt.Printf("| 1 | %s | 1 |\n", quantiles(few))
	if idle > 0 {
		ratio := float64(quantile(many, 50)) / float64(quantile(few, 50))
		fmt.Printf("| %d | %s | %.2f |\n\n", idle, quantiles(many), ratio)
		b.ReportMetric(ratio, "p50/one-device")
	}
	b.ReportMetric(float64(quantile(few, 50))/1e6, "p50-ms")
	b.ReportMetric(0, "ns/op")
}

// descriptors is how many this process may have; Go has raised it to the most.
func descriptors(b *testing.B) int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		b.Fatal(err)
	}
	return int(min(limit.Max, 1<<30))
}

func quantile(all []time.Duration, percent int) time.Duration {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)*percent/100]
}

func quantiles(all []time.Duration) string {
	return fmt.Sprintf("%.2f ms | %.2f ms", quantile(all, 50).Seconds()*1e3, quantile(all, 99).Seconds()*1e3)
}

// ringer orders the server about and holds the devices' connections.
type ringer struct {
	b       *testing.B
	in      *json.Encoder
	out     *json.Decoder
	address string
	heard   chan ringHeard
	devices sync.WaitGroup
}

// ringHeard is the moment at which a device heard of an event.
type ringHeard struct {
	device int
	at     int64
}

func startRinging(b *testing.B) *ringer {
	dir := b.TempDir()
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		b.Fatal(err)
	}
	if fs.Type == unix.TMPFS_MAGIC {
		b.Fatalf("%s is in memory; set TMPDIR to a folder on a disk", dir)
	}
	cmd := exec.Command(must(os.Executable()))
	cmd.Env, cmd.Stderr = append(os.Environ(), ringingFolder+"="+dir), os.Stderr
	in, out := must(cmd.StdinPipe()), must(cmd.StdoutPipe())
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			b.Error(err)
		}
	})
	r := &ringer{b: b, in: json.NewEncoder(in), out: json.NewDecoder(out), heard: make(chan ringHeard, 64)}
	r.address = r.answer().Address
	return r
}

func (r *ringer) order(o order) outcome {
	r.b.Helper()
	if err := r.in.Encode(o); err != nil {
		r.b.Fatal(err)
	}
	return r.answer()
}

func (r *ringer) answer() (o outcome) {
	r.b.Helper()
	if err := r.out.Decode(&o); err != nil || o.Err != "" {
		r.b.Fatalf("the server says %q, %v", o.Err, err)
	}
	return o
}

// ringOne rings devices that are alone, each in its turn.
func (r *ringer) ringOne(from, to int) (took []time.Duration) {
	sessions := r.order(order{Do: "session", From: from, To: to}).Sessions
	for i, s := range sessions {
		conn := r.connect(from+i, s)
		took = append(took, r.ring(from+i))
		conn.Close()
		r.devices.Wait()
	}
	return took
}

// ringMany connects so many devices, leaves them alone for a while, and rings some.
func (r *ringer) ringMany(n int) (took []time.Duration) {
	sessions := r.order(order{Do: "session", To: n}).Sessions
	before := r.order(order{Do: "measure"})
	conns := make([]net.Conn, n)
	for i, s := range sessions {
		conns[i] = r.connect(i, s)
	}
	idle := r.order(order{Do: "measure"})
	time.Sleep(idleFor) // nothing is waited for: being idle is what is measured
	after := r.order(order{Do: "measure"})
	perDevice := float64(after.Resident-before.Resident) / float64(n) / 1024
	fmt.Printf("\n| %d idle devices | |\n|---|---|\n", n)
	fmt.Printf("| the server's resident memory before | %d MiB |\n| with them | %d MiB |\n", before.Resident>>20, after.Resident>>20)
	fmt.Printf("| for each device | %.1f KiB |\n", perDevice)
	fmt.Printf("| processor time, of one processor | %.1f %% |\n", 100*(after.Busy-idle.Busy).Seconds()/idleFor.Seconds())
	r.b.ReportMetric(perDevice, "KiB/device")
	for i := range ringSamples {
		took = append(took, r.ring(n-1-i*(n/2/ringSamples))) // none that rang before
	}
	for _, c := range conns {
		c.Close()
	}
	r.devices.Wait()
	return took
}

// ring begins a sign-in and waits until its device has the request.
func (r *ringer) ring(device int) time.Duration {
	r.b.Helper()
	accepted := r.order(order{Do: "ring", From: device}).Accepted
	deadline := time.After(30 * time.Second)
	for {
		select {
		case h := <-r.heard:
			if h.device == device {
				return time.Duration(h.at - accepted)
			}
		case <-deadline:
			r.b.Fatalf("device %d heard nothing", device)
		}
	}
}

// connect opens a device's stream and returns when the server has greeted it.
func (r *ringer) connect(device int, s ringSession) net.Conn {
	r.b.Helper()
	conn, err := net.Dial("tcp", r.address)
	if err != nil {
		r.b.Fatal(err)
	}
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nAuthorization: %s\r\nLast-Event-ID: %d\r\n\r\n", api.PathWatch, r.address, api.Bearer(s.Token), s.After)
	greeting := make([]byte, 512)
	n := 0
	for !bytes.HasSuffix(greeting[:n], []byte(": hello\n\n")) {
		m, err := conn.Read(greeting[n:])
		if err != nil {
			r.b.Fatalf("greeted with %q, %v", greeting[:n], err)
		}
		n += m
	}
	if !strings.HasPrefix(string(greeting[:n]), "HTTP/1.1 200 ") {
		r.b.Fatalf("greeted with %q", greeting[:n])
	}
	first := fmt.Appendf(nil, "id: %d\n", s.After+1)
	r.devices.Go(func() { r.listen(conn, device, first) })
	return conn
}

// listen notes when the first event comes. Comments before it come by themselves.
func (r *ringer) listen(conn io.Reader, device int, first []byte) {
	part := make([]byte, 512)
	for done := false; ; {
		n, err := conn.Read(part)
		at := monotonic()
		if err != nil {
			return
		}
		if !done && bytes.Contains(part[:n], first) {
			done = true
			r.heard <- ringHeard{device, at}
		}
	}
}
