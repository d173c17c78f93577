//go:build !js && !android && !ios

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/backend"
)

// local is the whole backend inside this program: "Try it on this computer".
type local struct {
	start   start
	version string
	ended   chan struct{} // closed when the backend is; nil = never started
}

func newLocal(s start, version string) *local { return &local{start: s, version: version} }

func (l *local) starter() func(context.Context) (app.Local, error) { return l.run }

// run starts the backend, which ends with ctx.
func (l *local) run(ctx context.Context) (app.Local, error) {
	b, err := backend.Start(ctx, backend.Options{
		Data: filepath.Join(l.start.dir, "server"), Listen: l.start.listen, PublicURL: "http://" + l.start.listen,
		Name: "Countersign", Version: l.version, Log: l.start.log,
	})
	if listening := (*net.OpError)(nil); errors.As(err, &listening) && listening.Op == "listen" {
		return app.Local{}, fmt.Errorf("%w: %w", app.ErrListen, err)
	}
	if err != nil {
		return app.Local{}, err
	}
	l.ended = make(chan struct{})
	go l.serve(ctx, b)
	return app.Local{URL: b.URL(), Invite: b.Invite}, nil
}

func (l *local) serve(ctx context.Context, b *backend.Backend) {
	defer close(l.ended)
	var err error
	select {
	case <-ctx.Done():
	case err = <-b.Failed():
	}
	if err := errors.Join(err, b.Close()); err != nil {
		l.start.log.Error("the backend on this computer ended", "cause", err)
	}
}

// wait waits until the backend has ended.
func (l *local) wait() {
	if l.ended != nil {
		<-l.ended
	}
}
