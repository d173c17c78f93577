//go:build !js && !android && !ios

package main

import (
	"context"
	"path/filepath"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/backend"
)

// local is the whole backend inside this program: "Try it on this computer".
type local struct {
	start start
	ended chan struct{} // closed when the backend is; nil = never started
}

func newLocal(s start) *local { return &local{start: s} }

func (l *local) starter() func(context.Context) (app.Local, error) { return l.run }

// run starts the backend, which ends with ctx.
func (l *local) run(ctx context.Context) (app.Local, error) {
	b, err := backend.Open(ctx, backend.Options{
		Data: filepath.Join(l.start.dir, "server"), Listen: l.start.listen, PublicURL: "http://" + l.start.listen,
		Name: hostName(), Log: l.start.log,
	})
	if err != nil {
		return app.Local{}, err
	}
	l.ended = make(chan struct{})
	go func() {
		defer close(l.ended)
		if err := b.Serve(ctx); err != nil {
			l.start.log.Error("the backend here ended", "cause", err)
		}
	}()
	return app.Local{URL: b.URL(), Invite: b.Invite}, nil
}

// wait waits until the backend has ended.
func (l *local) wait() {
	if l.ended != nil {
		<-l.ended
	}
}
