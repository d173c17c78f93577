package app

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	firstWait   = 500 * time.Millisecond
	longestWait = 60 * time.Second
)

// backoff waits longer each time, and not at the same moments as others who lost
// the same backend.
type backoff struct{ next time.Duration }

func newBackoff() *backoff { return &backoff{next: firstWait} }

// step gives the next wait: between half and all of a span that doubles.
func (b *backoff) step() time.Duration {
	span := b.next
	b.next = min(2*b.next, longestWait)
	return span/2 + rand.N(span/2+1)
}

// reset begins again with short waits.
func (b *backoff) reset() { b.next = firstWait }

// sleep waits a step, or until kick. It reports whether ctx still lasts.
func (b *backoff) sleep(ctx context.Context, kick <-chan struct{}) bool {
	return pause(ctx, b.step(), kick)
}

func pause(ctx context.Context, wait time.Duration, kick <-chan struct{}) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-kick:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}
