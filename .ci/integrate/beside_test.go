package integrate_test

import (
	"fmt"
	"sort"
	"sync"
	"testing"
	"time"
)

// side is one of two that are measured in turns in one run.
type side struct {
	name string
	// client gives what one client does again and again: one log-in.
	client func() (once func() error, done func())
}

const (
	clients = 8
	rounds  = 7
	turn    = time.Second
)

// beside lets two sides do the same for a second each, in turns, and reports the median
// of each, and how many times the first is the second.
func beside(b *testing.B, sides [2]side) {
	b.Helper()
	for b.Loop() {
		var rates [2][]float64
		for round := range rounds {
			for i := range sides {
				at := (i + round) % 2 // who begins changes
				rates[at] = append(rates[at], sides[at].rate(b))
			}
		}
		ours, theirs := median(rates[0]), median(rates[1])
		b.ReportMetric(ours, sides[0].name+"/s")
		b.ReportMetric(theirs, sides[1].name+"/s")
		b.ReportMetric(ours/theirs, "times")
	}
}

// rate gives how many log-ins a second all clients together have.
func (s side) rate(b *testing.B) float64 {
	b.Helper()
	var all sync.WaitGroup
	var mu sync.Mutex
	n, end := 0, time.Now().Add(turn)
	begun := time.Now()
	for range clients {
		all.Go(func() {
			once, done := s.client()
			defer done()
			mine := 0
			for ; time.Now().Before(end); mine++ {
				if err := once(); err != nil {
					b.Errorf("%s: %v", s.name, err)
					return
				}
			}
			mu.Lock()
			defer mu.Unlock()
			n += mine
		})
	}
	all.Wait()
	return float64(n) / time.Since(begun).Seconds()
}

func median(all []float64) float64 {
	sort.Float64s(all)
	return all[len(all)/2]
}

// plainly is a configuration with one service that app passwords open.
func plainly(id, more string) string {
	return fmt.Sprintf("[[service]]\nid = %q\ntitle = \"It\"\n\n%s", id, more)
}
