package terminal

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// queueSize is how many lines may wait for a slow reader before the device waits
// for it too; chosen arbitrarily.
const queueSize = 4096

// watcher prints what happens until it is told to stop.
type watcher struct {
	c     *call
	lines chan app.Happening
	views chan app.View
	rung  map[trust.ChallengeID]bool // requests printed
	link  app.LinkState
	note  app.Notice
}

func watch(ctx context.Context, c *call) error {
	w := &watcher{
		c: c, lines: make(chan app.Happening, queueSize), views: make(chan app.View, 1),
		rung: make(map[trust.ChallengeID]bool), link: app.Connecting,
	}
	d, err := c.account(ctx, true, func(h app.Happening) { w.lines <- h })
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	looked := make(chan struct{})
	go func() {
		defer close(looked)
		d.CheckNow(ctx) // a person began to watch; whether it is reached, the view says
	}()
	stop := d.Watch(w.see)
	err = w.run(ctx)
	cancel()
	go w.drain()
	<-looked
	stop()
	d.Close()
	close(w.lines)
	return err
}

// see keeps the newest view only.
func (w *watcher) see(v app.View) {
	for {
		select {
		case w.views <- v:
			return
		case <-w.views:
		}
	}
}

// drain lets a device that is closing finish what it says.
func (w *watcher) drain() {
	for range w.lines {
	}
}

func (w *watcher) run(ctx context.Context) error {
	for {
		var err error
		select {
		case h := <-w.lines:
			err = w.print(h)
		case v := <-w.views:
			err = w.change(v)
		case <-ctx.Done():
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// change prints what no line of the log says: the connection, notices, and requests
// that waited already when the watching began.
func (w *watcher) change(v app.View) error {
	for len(w.lines) > 0 { // what led to this view comes first
		if err := w.print(<-w.lines); err != nil {
			return err
		}
	}
	if v.Link.State != w.link {
		w.link = v.Link.State
		if err := w.print(app.Happening{Activity: app.Activity{Kind: linkName(w.link), At: v.Link.Since}}); err != nil {
			return err
		}
	}
	if err := w.notice(v); err != nil {
		return err
	}
	for _, r := range v.Requests {
		if w.rung[r.ID] {
			continue
		}
		facts := app.Activity{Kind: string(api.EventRequest), At: r.Asked, Request: r.ID, Service: r.Service, Agent: r.Agent, Address: r.Address, Known: r.Known}
		if err := w.print(app.Happening{Activity: facts, Request: &r}); err != nil {
			return err
		}
	}
	return nil
}

// notice prints a condition that wants attention, once as long as it lasts.
func (w *watcher) notice(v app.View) error {
	if v.Notice == w.note {
		return nil
	}
	w.note = v.Notice
	if w.note == app.NoticeNone {
		return nil
	}
	now := time.Now()
	return w.c.print(activityJSON{Kind: "notice", At: now, Notice: string(w.note)}, func(out io.Writer) {
		fmt.Fprintf(out, "%s  %s\n", now.Format(time.DateTime), noticeText(w.note))
	})
}

func (w *watcher) print(h app.Happening) error {
	line := activityLine(h.Activity)
	if h.Request != nil {
		w.rung[h.Request.ID] = true
		waiting := requestLine(*h.Request)
		line.Waiting = &waiting
	}
	return w.c.print(line, func(out io.Writer) {
		switch {
		case h.Request != nil:
			fmt.Fprintf(out, "%s  somebody is asking: %s\n", h.Activity.At.Format(time.DateTime), describe(*h.Request))
		case h.Activity.Seq == 0:
			fmt.Fprintf(out, "%s  %s\n", h.Activity.At.Format(time.DateTime), h.Activity.Kind)
		default:
			fmt.Fprintln(out, sentence(h.Activity))
		}
	})
}
