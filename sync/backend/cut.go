package backend

import (
	"context"
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
	// cutQueue is how many may wait; chosen arbitrarily.
	cutQueue = 1024
)

// cutter has services end sessions, each service one after the other, beside all else.
type cutter struct {
	commands map[string][]string // by service
	log      *slog.Logger
	queues   map[string]chan string
	work     sync.WaitGroup
	stop     context.CancelFunc
}

func newCutter(commands map[string][]string, log *slog.Logger) *cutter {
	ctx, stop := context.WithCancel(context.Background())
	c := &cutter{commands: commands, log: log, queues: make(map[string]chan string), stop: stop}
	for id := range commands {
		queue := make(chan string, cutQueue)
		c.queues[id] = queue
		c.work.Go(func() { c.run(ctx, id, queue) })
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
// beginning like an option, so that no program takes it for something else.
func plainUser(user string) bool {
	for _, r := range user {
		letter := 'a' <= r && r <= 'z' || '0' <= r && r <= '9'
		if !letter && !strings.ContainsRune("._-@", r) {
			return false
		}
	}
	return user != "" && user[0] != '-' && user[0] != '.' && len(user) <= 64
}

func (c *cutter) run(ctx context.Context, id string, queue <-chan string) {
	for {
		select {
		case <-ctx.Done():
			return
		case user := <-queue:
			if err := c.end(ctx, id, user); err != nil && ctx.Err() == nil {
				err = c.end(ctx, id, user) // once more: the service may just have restarted
				if err != nil {
					c.log.Error("ending sessions", "service", id, "user", user, "err", err)
				}
			}
		}
	}
}

func (c *cutter) end(ctx context.Context, id, user string) error {
	ctx, cancel := context.WithTimeout(ctx, cutFor)
	defer cancel()
	words := make([]string, len(c.commands[id]))
	for i, w := range c.commands[id] {
		words[i] = strings.ReplaceAll(w, "{user}", user)
	}
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.WaitDelay = time.Second
	return cmd.Run()
}

// close ends what runs and waits for it.
func (c *cutter) close() {
	if c == nil {
		return
	}
	c.stop()
	c.work.Wait()
}
