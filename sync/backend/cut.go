package backend

import (
	"context"
	"fmt"
	"log/slog"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/countersign/countersign/sync/front"
)

const (
	// cutFor is how long the program that ends sessions may run.
	cutFor = 10 * time.Second
	// cutAgain is when one that failed is tried once more: the service may be restarting.
	cutAgain = 2 * time.Second
	// cutQueue is how many may wait; chosen arbitrarily.
	cutQueue = 1024
)

// cutter has services end sessions, each service one after the other, beside all else.
type cutter struct {
	commands map[string][]string // by service
	log      *slog.Logger
	queues   map[string]chan string
	work     sync.WaitGroup
	closing  chan struct{}
	ctx      context.Context // ends what runs
	stop     context.CancelFunc
	again    time.Duration
}

func newCutter(commands map[string][]string, log *slog.Logger) *cutter {
	c := &cutter{commands: commands, log: log, queues: make(map[string]chan string), closing: make(chan struct{}), again: cutAgain}
	c.ctx, c.stop = context.WithCancel(context.Background())
	for id := range commands {
		queue := make(chan string, cutQueue)
		c.queues[id] = queue
		c.work.Go(func() { c.run(id, queue) })
	}
	return c
}

// cut has a service end the sessions of a person. It does not wait.
func (c *cutter) cut(_ context.Context, s front.Service, user string) {
	queue := c.queues[s.ID]
	if queue == nil {
		return
	}
	if !plainUser(user) {
		c.log.Warn("sessions are not ended: the name is not plain enough for a program's argument", "service", s.ID)
		return
	}
	select {
	case queue <- user:
	default:
		c.log.Error("sessions are not ended: too many wait", "service", s.ID)
	}
}

// plainUser reports whether a name can be an argument: letters, digits and . _ - @, not
// beginning like an option, a path, or a file to be read, so that no program takes it for
// something else.
func plainUser(user string) bool {
	for _, r := range user {
		letter := 'a' <= r && r <= 'z' || '0' <= r && r <= '9'
		if !letter && !strings.ContainsRune("._-@", r) {
			return false
		}
	}
	return user != "" && !strings.ContainsRune("-.@", rune(user[0])) && len(user) <= 64
}

// run works on what waits for a service. What waits when the server stops is done
// first: nobody would do it later.
func (c *cutter) run(id string, queue <-chan string) {
	for {
		if c.ctx.Err() != nil {
			c.log.Error("sessions are not ended: the server stops", "service", id, "waiting", len(queue))
			return
		}
		select {
		case user := <-queue:
			c.end(id, user)
			continue
		default:
		}
		select {
		case user := <-queue:
			c.end(id, user)
		case <-c.closing:
			return
		}
	}
}

// end runs the program, and once more if it fails.
func (c *cutter) end(id, user string) {
	err := c.call(id, user)
	if err != nil {
		select {
		case <-time.After(c.again):
		case <-c.closing:
		}
		err = c.call(id, user)
	}
	if err != nil {
		c.log.Error("sessions are not ended", "service", id, "user", user, "err", err)
		return
	}
	c.log.Info("sessions are ended", "service", id, "user", user)
}

// call runs the program.
func (c *cutter) call(id, user string) error {
	ctx, cancel := context.WithTimeout(c.ctx, cutFor)
	defer cancel()
	words := make([]string, len(c.commands[id]))
	for i, w := range c.commands[id] {
		words[i] = strings.ReplaceAll(w, "{user}", user)
	}
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %.200q", err, out)
	}
	return nil
}

// limit ends what runs after a while, done or not. What it gives calls that off.
func (c *cutter) limit(d time.Duration) (release func()) {
	if c == nil {
		return func() {}
	}
	t := time.AfterFunc(d, c.stop)
	return func() { t.Stop() }
}

// close waits for what is to be ended, as long as limit says.
func (c *cutter) close() {
	if c == nil {
		return
	}
	close(c.closing)
	c.work.Wait()
	c.stop()
}
