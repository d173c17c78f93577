package scan

import (
	"context"
	"errors"
	"image"
	"time"
)

const (
	// pause is the least time between two tries: five a second keep a slow processor
	// free for the preview, and a person who aims does not notice.
	pause = 200 * time.Millisecond
	// patience is how many frames in a row may be spoilt or late, about ten seconds
	// of waiting, before a camera counts as one that does not work.
	patience = 10
)

// errLate says that a camera has not made a frame in time. The next may come.
var errLate = errors.New("frame is late")

// watch looks with a camera until it has read a text. next answers a frame that
// nobody changes any more, ErrPicture for a spoilt one, errLate for none yet; any
// other error ends the watch, as ErrNoCamera. After it has returned nothing of it
// runs.
func watch(ctx context.Context, next func() (image.Image, error), see func(image.Image)) (string, error) {
	r := reader{answer: make(chan string, 1)}
	defer r.wait()
	for spoilt := 0; spoilt < patience; {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		if text := r.poll(); text != "" {
			return text, nil
		}
		frame, err := next()
		switch {
		case errors.Is(err, ErrPicture), errors.Is(err, errLate):
			spoilt++
			continue
		case err != nil:
			return "", ErrNoCamera
		}
		spoilt = 0
		see(frame)
		r.try(frame)
	}
	return "", ErrNoCamera
}

// reader reads one frame at a time beside the camera, so that the preview does not
// wait for it. It is used by one goroutine.
type reader struct {
	answer chan string
	busy   bool
	last   time.Time
}

// try begins to read a frame, unless one is being read or was a moment ago.
func (r *reader) try(frame image.Image) {
	if r.busy || !r.last.IsZero() && time.Since(r.last) < pause {
		return
	}
	r.busy, r.last = true, time.Now()
	go func() {
		text, err := Decode(frame)
		if err != nil {
			text = ""
		}
		r.answer <- text
	}()
}

// poll answers what was read meanwhile, "" for nothing.
func (r *reader) poll() string {
	select {
	case text := <-r.answer:
		r.busy = false
		return text
	default:
		return ""
	}
}

// wait waits for the frame that is being read.
func (r *reader) wait() {
	if r.busy {
		<-r.answer
	}
}
