package vault

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestWorkerGivesUpAtDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, hang := newWorker(), make(chan struct{})
		begin := time.Now()
		_, err := call(t.Context(), w, 3*time.Second, func(context.Context) (int, error) { <-hang; return 1, nil })
		wantError(t, err, ErrTimeout)
		if took := time.Since(begin); took != 3*time.Second {
			t.Errorf("gave up after %v", took)
		}
		close(hang)
	})
}

// A call that hangs leaves one goroutine, however many calls come after it.
func TestWorkerDoesNotPileUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, hang := newWorker(), make(chan struct{})
		var started atomic.Int32
		fn := func(context.Context) (int, error) { started.Add(1); <-hang; return 1, nil }
		_, err := call(t.Context(), w, time.Second, fn)
		wantError(t, err, ErrTimeout)
		for range 100 {
			begin := time.Now()
			_, err := call(t.Context(), w, time.Minute, fn)
			wantError(t, err, ErrTimeout)
			if took := time.Since(begin); took > stuckPatience {
				t.Fatalf("failed after %v, not at once", took)
			}
		}
		if n := started.Load(); n != 1 {
			t.Errorf("%d calls started behind a hanging one", n-1)
		}
		close(hang)
		synctest.Wait()
		got, err := call(t.Context(), w, time.Second, fn)
		if got != 1 || err != nil {
			t.Errorf("after the hang: %v, %v", got, err)
		}
	})
}

func TestWorkerQueuesBehindSlowCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, slow := newWorker(), make(chan struct{})
		go call(t.Context(), w, time.Minute, func(context.Context) (int, error) { <-slow; return 0, nil })
		synctest.Wait()
		time.AfterFunc(10*time.Second, func() { close(slow) })
		got, err := call(t.Context(), w, time.Minute, func(context.Context) (int, error) { return 2, nil })
		if got != 2 || err != nil {
			t.Errorf("behind a slow call: %v, %v", got, err)
		}
	})
}

// An obedient call that ends with its context is no hanging one.
func TestWorkerAfterObedientCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorker()
		for range 20 {
			_, err := call(t.Context(), w, time.Second, func(ctx context.Context) (int, error) {
				<-ctx.Done()
				return 0, interrupted(ctx)
			})
			wantError(t, err, ErrTimeout)
		}
		got, err := call(t.Context(), w, time.Second, func(context.Context) (int, error) { return 3, nil })
		if got != 3 || err != nil {
			t.Errorf("after obedient calls: %v, %v", got, err)
		}
	})
}
