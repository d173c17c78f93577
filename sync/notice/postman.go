package notice

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/countersign/countersign/sync/api"
)

const (
	// abreast is how many messages of one medium are under way at a time: a burst does
	// not look like an attack to the gateway.
	abreast = 2
	// abreastWakes is the same for wake-ups, each of which may go to another server:
	// some that hang hold up few others.
	abreastWakes = 8
	// firstPause doubles with each try, up to longestPause.
	firstPause   = time.Minute
	longestPause = time.Hour
	// patience is how long after its time a message is tried. docs/protocol.md §12
	// wants a day at least; half a day more outlasts a gateway's bad night.
	patience = 36 * time.Hour
	// look is how often the Source is asked although it said nothing: messages that
	// were put off become due without a word.
	look = 20 * time.Second
	// bookTime is how long the Source may take to note an end, even while Run is to
	// end: a message that was sent and not noted would be sent again.
	bookTime = 3 * time.Second
)

// Postman sends what a Source has. Fields are set before Run and left alone then.
type Postman struct {
	Source  Source
	Senders map[api.Medium]Sender // a medium without sender reaches nobody
	Log     *slog.Logger          // is told of no address, code or link
	Now     func() time.Time
}

// Run sends messages as they become due, until ctx is done. Each medium has a round
// of its own: a gateway that hangs holds up only what goes through it. A message
// counts as sent once the Source has noted it: killed in between, it is sent once more
// at the next start. Call it once.
func (p *Postman) Run(ctx context.Context) {
	var work sync.WaitGroup
	defer work.Wait()
	var rounds []*round
	for _, m := range []api.Medium{api.MediumMail, api.MediumText, api.MediumWake} {
		r := &round{Postman: p, medium: m, abreast: abreast, ended: make(map[int64]bool), news: make(chan struct{}, 1)}
		if m == api.MediumWake {
			r.abreast = abreastWakes
		}
		rounds = append(rounds, r)
		work.Go(func() { r.run(ctx) })
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.Source.Due():
		}
		for _, r := range rounds {
			select {
			case r.news <- struct{}{}:
			default:
			}
		}
	}
}

// round is what a Postman remembers of one medium while it runs.
type round struct {
	*Postman
	medium  api.Medium
	abreast int
	news    chan struct{} // has a value when there may be messages
	mu      sync.Mutex
	ended   map[int64]bool // what the Source did not note yet
}

func (r *round) run(ctx context.Context) {
	ticks := time.NewTicker(look)
	defer ticks.Stop()
	for {
		for ctx.Err() == nil && r.walk(ctx) {
		}
		select {
		case <-ctx.Done():
			return
		case <-r.news:
		case <-ticks.C:
		}
	}
}

// walk sends what fits at a time, and reports whether there may be more right away.
func (r *round) walk(ctx context.Context) bool {
	messages, err := r.Source.Messages(ctx, r.abreast, r.medium)
	if err != nil {
		if ctx.Err() == nil {
			r.Log.Error("reading messages to send", "err", err)
		}
		return false
	}
	var work sync.WaitGroup
	noted := make([]bool, len(messages))
	for i, m := range messages {
		work.Go(func() { noted[i] = r.deliver(ctx, m) })
	}
	work.Wait()
	for _, ok := range noted {
		if !ok {
			return false // the Source would give the same again at once
		}
	}
	return len(messages) > 0
}

// deliver sends one message, and reports whether the Source noted what became of it.
func (r *round) deliver(ctx context.Context, m Message) bool {
	sender := r.Senders[m.Medium]
	if sender == nil || r.over(m.ID) {
		return r.end(ctx, m)
	}
	err := sender.Send(ctx, m)
	switch {
	case err == nil:
		return r.end(ctx, m)
	case ctx.Err() != nil:
		return false // nobody's fault: it is tried again after the next start
	}
	due := r.Now().Add(pause(m.Tries))
	if errors.Is(err, ErrRefused) || due.After(m.Created.Add(patience)) {
		r.Log.Warn("gave a message up", r.facts(m, err)...)
		return r.end(ctx, m)
	}
	r.Log.Info("put a message off", r.facts(m, err)...)
	return r.booked(ctx, m, func(ctx context.Context) error { return r.Source.Retry(ctx, m.ID, due) })
}

// facts are what the log may know of a message.
func (r *round) facts(m Message, err error) []any {
	return []any{"message", m.ID, "medium", m.Medium, "tries", m.Tries + 1, "err", err}
}

// end has the Source forget a message. Should it fail to, the message is not sent a
// second time.
func (r *round) end(ctx context.Context, m Message) bool {
	ok := r.booked(ctx, m, func(ctx context.Context) error { return r.Source.Sent(ctx, m.ID) })
	r.mu.Lock()
	defer r.mu.Unlock()
	if ok {
		delete(r.ended, m.ID)
	} else {
		r.ended[m.ID] = true
	}
	return ok
}

func (r *round) over(id int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ended[id]
}

// booked has the Source note something, even if ctx is done by now.
func (r *round) booked(ctx context.Context, m Message, note func(context.Context) error) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), bookTime)
	defer cancel()
	err := note(ctx)
	if err != nil {
		r.Log.Error("noting what became of a message", r.facts(m, err)...)
	}
	return err == nil
}

// pause is how long a message waits after a number of tries before this one.
func pause(tries int) time.Duration {
	p := firstPause
	for ; tries > 0 && p < longestPause; tries-- {
		p *= 2
	}
	return min(p, longestPause)
}
