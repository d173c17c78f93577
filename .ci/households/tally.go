package main

import "sync"

// tally counts what became of households under one set of rules.
type tally struct {
	Homes   int            `json:"homes"`
	Ends    [endCount]int  `json:"ends"` // in use, locked out, taken over
	Why     map[string]int `json:"why"`
	Outages int            `json:"outages"` // times of being shut out that ended well
	Hours   float64        `json:"hours"`   // of all of them together
	Anew    int            `json:"anew"`    // accounts that the operator began anew
	Entries int            `json:"entries"` // strangers signed in for a while
	Stops   stops          `json:"stops"`
}

// add counts one household.
func (t *tally) add(h *house) {
	t.Homes++
	t.Ends[h.end]++
	if h.end != inUse {
		t.Why[h.why]++
	}
	for _, o := range h.outages {
		t.Outages++
		t.Hours += float64(o)
	}
	t.Anew += h.anew
	t.Entries += h.entries
	t.Stops.add(h.stopped)
}

// join adds another tally.
func (t *tally) join(o tally) {
	t.Homes += o.Homes
	for i := range o.Ends {
		t.Ends[i] += o.Ends[i]
	}
	for why, n := range o.Why {
		t.Why[why] += n
	}
	t.Outages += o.Outages
	t.Hours += o.Hours
	t.Anew += o.Anew
	t.Entries += o.Entries
	t.Stops.add(o.Stops)
}

func (s *stops) add(o stops) {
	s.Begun += o.Begun
	s.Mistake += o.Mistake
	s.Thief += o.Thief
	s.Stranger += o.Stranger
}

// study is what to play.
type study struct {
	rates rates
	rules []rules
	seeds []uint64
	homes int
	years float64
}

// chunk is how many households one worker plays at a time. The sums are made in
// the order of the chunks, so they do not depend on how many workers there are.
const chunk = 500

// run plays every household's life under every set of rules: a tally for each
// seed and, in it, for each set of rules.
func (s study) run(workers int) [][]tally {
	chunks := (s.homes + chunk - 1) / chunk
	parts := make([][]tally, len(s.seeds)*chunks)
	jobs := make(chan int)
	var crew sync.WaitGroup
	for range workers {
		crew.Go(func() {
			for job := range jobs {
				parts[job] = s.play(s.seeds[job/chunks], job%chunks)
			}
		})
	}
	for job := range parts {
		jobs <- job
	}
	close(jobs)
	crew.Wait()
	out := make([][]tally, len(s.seeds))
	for i := range out {
		out[i] = s.empty()
		for _, part := range parts[i*chunks : (i+1)*chunks] {
			for k := range part {
				out[i][k].join(part[k])
			}
		}
	}
	return out
}

// play plays one chunk of households.
func (s study) play(seed uint64, nth int) []tally {
	out := s.empty()
	for home := nth * chunk; home < min((nth+1)*chunk, s.homes); home++ {
		l := draw(s.rates, luck{seed, uint64(home)}, s.years)
		for k, r := range s.rules {
			out[k].add(settle(r, s.rates, l.luck).live(l, hours(s.years)*year))
		}
	}
	return out
}

func (s study) empty() []tally {
	out := make([]tally, len(s.rules))
	for i := range out {
		out[i].Why = map[string]int{}
	}
	return out
}
