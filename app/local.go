package app

import (
	"context"
	"errors"
	"fmt"
)

// errNoLocal says that no backend is built into this program.
var errNoLocal = errors.New("no backend is built into this program")

// local is the backend inside this program, started once, when it is needed.
type local struct {
	life  context.Context
	begin func(context.Context) (Local, error)
	turn  chan struct{}
	ready *Local
}

func newLocal(life context.Context, begin func(context.Context) (Local, error)) *local {
	return &local{life: life, begin: begin, turn: make(chan struct{}, 1)}
}

// start gives the running backend. One that did not start is tried again next time.
func (l *local) start(ctx context.Context) (Local, error) {
	if l.begin == nil {
		return Local{}, errNoLocal
	}
	select {
	case l.turn <- struct{}{}:
	case <-ctx.Done():
		return Local{}, answered(ctx.Err())
	}
	defer func() { <-l.turn }()
	if l.ready == nil {
		ready, err := l.begin(l.life)
		if err != nil {
			return Local{}, fmt.Errorf("starting the backend here: %w", err)
		}
		l.ready = &ready
	}
	return *l.ready, nil
}

// ensure is start for a device that needs the backend running, wherever it runs.
func (l *local) ensure(ctx context.Context) error {
	_, err := l.start(ctx)
	if errors.Is(err, errNoLocal) {
		return nil
	}
	return err
}
