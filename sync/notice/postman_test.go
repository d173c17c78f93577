package notice

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/countersign/countersign/sync/api"
)

// ledger is a Source that is kept in memory.
type ledger struct {
	mu      sync.Mutex
	open    []Message
	due     map[int64]time.Time
	ends    map[int64]int
	puts    map[int64][]time.Time
	codes   int
	asked   int
	broken  error // what each note fails with
	blind   error // what each reading fails with
	changed chan struct{}
}

func newLedger(all ...Message) *ledger {
	l := &ledger{due: make(map[int64]time.Time), ends: make(map[int64]int), puts: make(map[int64][]time.Time), changed: make(chan struct{}, 1)}
	l.put(all...)
	return l
}

func (l *ledger) put(all ...Message) {
	l.mu.Lock()
	l.open = append(l.open, all...)
	l.mu.Unlock()
	select {
	case l.changed <- struct{}{}:
	default:
	}
}

func (l *ledger) Messages(_ context.Context, limit int, only ...api.Medium) ([]Message, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if slices.Contains(only, api.MediumMail) {
		l.asked++
	}
	var out []Message
	for i, m := range l.open {
		if len(out) == limit || l.blind != nil {
			break
		}
		if l.due[m.ID].After(time.Now()) || len(only) > 0 && !slices.Contains(only, m.Medium) {
			continue
		}
		if m.Code != "" {
			l.codes++
			l.open[i].Code = fmt.Sprintf("%08d", l.codes)
		}
		out = append(out, l.open[i])
	}
	return out, l.blind
}

func (l *ledger) Sent(ctx context.Context, id int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := errors.Join(ctx.Err(), l.broken); err != nil {
		return err
	}
	l.ends[id]++
	l.open = slices.DeleteFunc(l.open, func(m Message) bool { return m.ID == id })
	return nil
}

func (l *ledger) Retry(ctx context.Context, id int64, due time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := errors.Join(ctx.Err(), l.broken); err != nil {
		return err
	}
	l.due[id], l.puts[id] = due, append(l.puts[id], due)
	for i := range l.open {
		if l.open[i].ID == id {
			l.open[i].Tries++
		}
	}
	return nil
}

func (l *ledger) ended(id int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ends[id] > 0
}

func (l *ledger) Due() <-chan struct{} { return l.changed }

// gateway is a sender that does as it is told and keeps what it was given.
type gateway struct {
	mu   sync.Mutex
	send func(ctx context.Context, m Message) error
	took []Message
	at   []time.Time
	now  int
	most int
}

func (g *gateway) Send(ctx context.Context, m Message) error {
	g.mu.Lock()
	g.took, g.at = append(g.took, m), append(g.at, time.Now())
	g.now++
	g.most = max(g.most, g.now)
	g.mu.Unlock()
	defer func() {
		g.mu.Lock()
		g.now--
		g.mu.Unlock()
	}()
	if g.send == nil {
		return nil
	}
	return g.send(ctx, m)
}

// post runs a postman for some time, and gives what the log says.
func post(t *testing.T, l *ledger, g *gateway, d time.Duration) string {
	t.Helper()
	var log bytes.Buffer
	p := &Postman{Source: l, Senders: map[api.Medium]Sender{api.MediumMail: g}, Log: slog.New(slog.NewJSONHandler(&log, nil)), Now: time.Now}
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	p.Run(ctx)
	for _, secret := range []string{"example.org", "anna", "secret", "0000000"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log tells %q:\n%s", secret, log.String())
		}
	}
	return log.String()
}

func letters(n int) []Message {
	var all []Message
	for i := range n {
		m := told(api.EventPassword, api.EventData{})
		m.ID, m.Created, m.Stop = int64(i+1), time.Now(), "https://id.example.org/stop#secret"
		all = append(all, m)
	}
	return all
}

func TestPostmanSendsTwoAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, g := newLedger(letters(7)...), &gateway{send: func(context.Context, Message) error { time.Sleep(time.Second); return nil }}
		post(t, l, g, time.Minute)
		if len(g.took) != 7 || g.most != 2 || len(l.open) != 0 || len(l.ends) != 7 {
			t.Errorf("%d were sent, %d at a time; %d are left", len(g.took), g.most, len(l.open))
		}
		if took := g.at[6].Sub(g.at[0]); took != 3*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestPostmanHearsOfNewMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, g := newLedger(), &gateway{}
		begun := time.Now()
		time.AfterFunc(1500*time.Millisecond, func() { l.put(letters(1)...) })
		post(t, l, g, time.Minute)
		if len(g.at) != 1 || g.at[0].Sub(begun) != 1500*time.Millisecond {
			t.Errorf("it was sent at %v, begun at %v", g.at, begun)
		}
	})
}

func TestPostmanTriesForADayAndAHalf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		l, g := newLedger(letters(1)...), &gateway{send: func(context.Context, Message) error { return errors.New("not now") }}
		log := post(t, l, g, 48*time.Hour)
		var pauses []time.Duration
		for i, due := range l.puts[1] {
			pauses = append(pauses, due.Sub(g.at[i]).Round(time.Minute)/time.Minute)
		}
		if want := []time.Duration{1, 2, 4, 8, 16, 32, 60, 60}; !slices.Equal(pauses[:8], want) || pauses[len(pauses)-1] != 60 {
			t.Errorf("the pauses are %v minutes", pauses)
		}
		last := g.at[len(g.at)-1].Sub(begun)
		if last < 35*time.Hour || last > 36*time.Hour || l.ends[1] != 1 {
			t.Errorf("the last try was after %v, and it ended %d times", last, l.ends[1])
		}
		if strings.Count(log, "gave a message up") != 1 || !strings.Contains(log, `"medium":"mail"`) {
			t.Errorf("the log says\n%s", log)
		}
	})
}

// The server was off for a week: what waited gets its one chance.
func TestPostmanTriesWhatIsOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, g := newLedger(letters(2)...), &gateway{send: func(_ context.Context, m Message) error {
			if m.ID == 1 {
				return errors.New("not now")
			}
			return nil
		}}
		time.Sleep(7 * 24 * time.Hour)
		post(t, l, g, time.Hour)
		if len(g.took) != 2 || l.ends[1] != 1 || l.ends[2] != 1 {
			t.Errorf("%d tries, ends %v", len(g.took), l.ends)
		}
	})
}

func TestPostmanGivesUpWhatIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, g := newLedger(letters(1)...), &gateway{send: func(context.Context, Message) error { return fmt.Errorf("%w: 550", ErrRefused) }}
		log := post(t, l, g, time.Hour)
		if len(g.took) != 1 || l.ends[1] != 1 || !strings.Contains(log, "gave a message up") {
			t.Errorf("%d tries, ended %d times:\n%s", len(g.took), l.ends[1], log)
		}
	})
}

func TestPostmanDropsWhatNobodySends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := letters(1)
		m[0].Medium = api.MediumText
		l, g := newLedger(m...), &gateway{}
		post(t, l, g, time.Minute)
		if len(g.took) != 0 || l.ends[1] != 1 {
			t.Errorf("%d sent, ended %d times", len(g.took), l.ends[1])
		}
	})
}

// A Source that cannot write must not make a flood of one message.
func TestPostmanSendsOnceThoughItIsNotNoted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, g := newLedger(letters(1)...), &gateway{}
		l.broken = errors.New("disk full")
		time.AfterFunc(10*time.Minute, func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.broken = nil
		})
		post(t, l, g, time.Hour)
		if len(g.took) != 1 || l.ends[1] != 1 || l.asked > 200 {
			t.Errorf("%d sent, ended %d times, asked %d times", len(g.took), l.ends[1], l.asked)
		}
	})
}

func TestPostmanOutlivesASourceThatCannotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, g := newLedger(letters(1)...), &gateway{}
		l.blind = errors.New("disk gone")
		time.AfterFunc(10*time.Minute, func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.blind = nil
		})
		log := post(t, l, g, 11*time.Minute)
		if len(g.took) != 1 || l.asked > 40 || !strings.Contains(log, "disk gone") {
			t.Errorf("%d sent, asked %d times", len(g.took), l.asked)
		}
	})
}

// Killed between the gateway's answer and the note, a message is sent twice at most.
func TestPostmanRepeatsOnceAfterAKill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, g := newLedger(letters(1)...), &gateway{}
		l.broken = errors.New("killed")
		post(t, l, g, time.Second)
		l.broken = nil
		post(t, l, g, time.Hour)
		if len(g.took) != 2 || l.ends[1] != 1 {
			t.Errorf("%d sent, ended %d times", len(g.took), l.ends[1])
		}
	})
}

// A code is made anew each time it is asked for, so each that is asked for is sent.
func TestPostmanSendsTheLastCode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := letters(5)
		for i := range all {
			all[i].Code = "to be made"
		}
		l, g := newLedger(all...), &gateway{}
		g.send = func(_ context.Context, m Message) error {
			if m.Tries == 0 && m.ID == 3 {
				return errors.New("not now")
			}
			return nil
		}
		post(t, l, g, time.Hour)
		if len(g.took) != 6 || l.codes != 6 || g.took[5].ID != 3 || g.took[5].Code != "00000006" {
			t.Errorf("%d codes were made, and %d sent, last %+v", l.codes, len(g.took), g.took[len(g.took)-1])
		}
	})
}

// A gateway that hangs holds up only what goes through it.
func TestPostmanHasARoundForEachMedium(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := letters(8)
		for i := range all[4:] {
			all[4+i].Medium = []api.Medium{api.MediumText, api.MediumWake}[i%2]
		}
		l, g := newLedger(all...), &gateway{}
		g.send = func(ctx context.Context, m Message) error {
			if m.Medium == api.MediumMail {
				<-ctx.Done()
			}
			return ctx.Err()
		}
		p := &Postman{Source: l, Senders: map[api.Medium]Sender{api.MediumMail: g, api.MediumText: g, api.MediumWake: g}, Log: slog.New(slog.DiscardHandler), Now: time.Now}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		p.Run(ctx)
		if len(l.ends) != 4 || len(l.open) != 4 || g.most < 2 {
			t.Errorf("while mail hung, %v were sent", l.ends)
		}
	})
}

// A gateway that is down for 20 hours has everything soon after; what it refuses for
// good ends alone.
func TestPostmanOutlivesANightWithoutGateway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		l, g := newLedger(letters(5)...), &gateway{}
		g.send = func(_ context.Context, m Message) error {
			switch {
			case time.Since(begun) < 20*time.Hour:
				return errors.New("connection refused")
			case m.ID == 3:
				return fmt.Errorf("%w: 550", ErrRefused)
			}
			return nil
		}
		log := post(t, l, g, 21*time.Hour+time.Minute)
		if len(l.open) != 0 || len(l.ends) != 5 {
			t.Errorf("an hour after it came back %d are left", len(l.open))
		}
		if n := strings.Count(log, "gave a message up"); n != 1 {
			t.Errorf("%d were given up", n)
		}
	})
}

// A stop in the middle of a sending ends it, and counts as no try.
func TestPostmanStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, g := newLedger(letters(2)...), &gateway{send: func(ctx context.Context, m Message) error {
			if m.ID == 1 {
				<-ctx.Done() // its gateway hangs
				return ctx.Err()
			}
			time.Sleep(2 * time.Second) // its gateway takes it, though too late to hear of the stop
			return nil
		}}
		begun := time.Now()
		post(t, l, g, time.Second)
		if took := time.Since(begun); took != 2*time.Second {
			t.Errorf("stopping took %v", took)
		}
		if l.ends[1] != 0 || len(l.puts[1]) != 0 || l.ends[2] != 1 {
			t.Errorf("ended %v, put off %v", l.ends, l.puts)
		}
	})
}
