package app

import (
	"context"
	"errors"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust/pair"
)

const (
	// boxPoll is how often each side of a pairing looks whether the other wrote.
	boxPoll = 400 * time.Millisecond
	// boxLife is how long a pairing lasts, docs/protocol.md §9.
	boxLife = 5 * time.Minute
	// closeLife bounds telling the other side that a pairing is over.
	closeLife = 10 * time.Second
)

// ErrPairOver says how a pairing ended before it was done: wrong digits, stopped on
// the trusted device, stopped on the new one. BoxOpen: its time was over.
type ErrPairOver struct{ State api.BoxState }

// Error says it for logs.
func (e ErrPairOver) Error() string {
	switch e.State {
	case api.BoxDigits:
		return "the pairing is over: wrong digits were typed"
	case api.BoxStopped:
		return "the pairing was stopped on the trusted device"
	case api.BoxLeft:
		return "the pairing was stopped on the new device"
	case api.BoxDone:
		return "the pairing is done"
	}
	return "the pairing's time is over"
}

// awaitBox reads a box until found gives true or the pairing is over. Without an
// answer it asks again as long as the pairing lasts.
func awaitBox(ctx context.Context, read func(context.Context) (api.Box, error), until time.Time, found func(api.Box) bool) (api.Box, error) {
	ctx, cancel := context.WithDeadlineCause(ctx, until, ErrPairOver{State: api.BoxOpen})
	defer cancel()
	for {
		b, err := read(ctx)
		switch {
		case errors.Is(err, &api.Error{Code: api.CodeNotFound}):
			return b, ErrPairOver{State: api.BoxOpen}
		case err != nil && ctx.Err() != nil:
			return b, stoppedBy(ctx)
		case err != nil && !waitable(err):
			return b, err
		case err == nil && found(b):
			return b, nil
		case err == nil && b.State != api.BoxOpen:
			return b, ErrPairOver{State: b.State}
		}
		if !pause(ctx, boxPoll, nil) {
			return b, stoppedBy(ctx)
		}
	}
}

// stoppedBy gives how a pairing ended that was waiting, or that only who waited
// gave up.
func stoppedBy(ctx context.Context) error {
	var over ErrPairOver
	if errors.As(context.Cause(ctx), &over) {
		return over
	}
	return answered(ctx.Err())
}

// waitable reports whether asking again can help.
func waitable(err error) bool {
	return errors.Is(err, errNoAnswer) || errors.Is(err, &api.Error{Code: api.CodeSlow}) || errors.Is(err, &api.Error{Code: api.CodeInternal})
}

// closeBox tells the new device how a pairing ended, if the backend is reached.
func (d *Device) closeBox(ctx context.Context, symbols pair.Symbols, state api.BoxState) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeLife)
	defer cancel()
	err := d.line.call(ctx, func(a api.Account, token api.Secret) error { return a.CloseBox(ctx, token, symbols, state) })
	if err != nil {
		d.o.Log.Info("closing pairing", "state", state, "err", err)
	}
}
