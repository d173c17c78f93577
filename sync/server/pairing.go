package server

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/pair"
)

// Bounds of pairings.
const (
	boxFor      = 5 * time.Minute
	openBoxes   = 3  // of one account at a time
	boxesHour   = 10 // of one account in an hour
	joinKeySize = 16
)

// OpenBox makes a mailbox with the caller's hello in it. The same hello again gives
// the same box.
func (s *Server) OpenBox(ctx context.Context, token api.Secret, hello []byte) (out api.Box, err error) {
	if !fitsSlot(hello) {
		return out, errMessage()
	}
	err = s.store.Update(ctx, func(tx store.Tx) error {
		c, err := s.caller(tx, token)
		if err != nil {
			return err
		}
		if err := s.mayChange(tx, c); err != nil {
			return err
		}
		out, err = s.openBox(tx, c, hello, addressOf(ctx).String())
		return err
	})
	return out, s.orInternal(ctx, "box", err)
}

func (s *Server) openBox(tx store.Tx, c caller, hello []byte, address string) (api.Box, error) {
	symbols, found, err := s.place(tx, c, hello)
	if err != nil {
		return api.Box{}, err
	}
	if found != nil {
		return s.shown(tx, symbols, *found)
	}
	if err := s.mayOpen(tx, c.ID); err != nil {
		return api.Box{}, err
	}
	now := s.now().Truncate(time.Second)
	b := box{boxRow: boxRow{State: api.BoxOpen, Host: address, Hello: hello}, ticket: store.Ticket{
		Kind: store.Box, Hash: boxHash(symbols), Account: c.ID, Device: c.device, Created: now, Expires: now.Add(boxFor),
	}}
	if err := s.putBox(tx, b); err != nil {
		return api.Box{}, err
	}
	return s.shown(tx, symbols, b)
}

// place gives the symbols of the box for a hello: those of the one that was made
// for it, or else some that name no box. They follow from the hello, so that they
// need not be kept to be given again.
func (s *Server) place(tx store.Tx, c caller, hello []byte) (pair.Symbols, *box, error) {
	for n := byte(0); ; n++ {
		symbols, err := pair.NewSymbols(bytes.NewReader(s.seals.symbols(c, hello, n)))
		if err != nil {
			return "", nil, err
		}
		if _, err := tx.Ticket(store.Box, boxHash(symbols), s.now()); absent(err) {
			return symbols, nil, nil
		} else if err != nil {
			return "", nil, err
		}
		b, err := s.box(tx, symbols)
		if err != nil && !absent(err) {
			return "", nil, err
		}
		if err == nil && b.ticket.Device == c.device && bytes.Equal(b.Hello, hello) {
			return symbols, &b, nil
		}
	}
}

// symbols gives bits to draw the nth symbols from.
func (s seals) symbols(c caller, hello []byte, n byte) []byte {
	mac := hmac.New(sha256.New, s.key[:])
	mac.Write([]byte("td/1 box symbols\x00"))
	mac.Write([]byte{n})
	mac.Write(c.ID[:])
	mac.Write(c.device[:])
	mac.Write(hello)
	return mac.Sum(nil)
}

// mayOpen counts a box of an account, or refuses it.
func (s *Server) mayOpen(tx store.Tx, id trust.AccountID) error {
	boxes, err := s.boxes(tx, id)
	if err != nil {
		return err
	}
	var open []box // newest first
	for _, b := range boxes {
		if b.State == api.BoxOpen {
			open = append(open, b)
		}
	}
	if len(open) >= openBoxes {
		return s.refuseUntil(open[len(open)-1].ticket.Expires)
	}
	return s.countBox(tx, id)
}

// countBox counts a box of an account, or refuses.
func (s *Server) countBox(tx store.Tx, id trust.AccountID) error {
	note, err := s.marked(tx, markPairing, id, trust.DeviceID{})
	if err != nil {
		return err
	}
	for len(note) >= 8 && s.now().Sub(secondsAt(note[:8])) >= time.Hour {
		note = note[8:]
	}
	if len(note) >= boxesHour*8 {
		return s.refuseUntil(secondsAt(note[:8]).Add(time.Hour))
	}
	return s.putMark(tx, markPairing, id, trust.DeviceID{}, appendSeconds(note, s.now()), time.Hour)
}

// WriteBox takes a message of the device that opened the box.
func (s *Server) WriteBox(ctx context.Context, token api.Secret, symbols pair.Symbols, slot api.Slot, message []byte) error {
	return s.ownBox(ctx, token, symbols, func(tx store.Tx, b box) error {
		if b.State != api.BoxOpen {
			return errNoBox()
		}
		if !b.write(slot, message) {
			return errMessage()
		}
		return s.putBox(tx, b)
	})
}

// write puts the trusted device's message into its slot; false if it may not be.
func (r *boxRow) write(slot api.Slot, message []byte) bool {
	switch {
	case !fitsSlot(message):
		return false
	case slot == api.SlotReveal && r.Join != nil && (r.Reveal == nil || bytes.Equal(r.Reveal, message)):
		r.Reveal = message
		return true
	case slot == api.SlotWelcome && r.Reveal != nil:
		if !bytes.Equal(r.Welcome, message) {
			r.Welcome, r.Consent = message, nil
		}
		return true
	}
	return false
}

// CloseBox ends a box of the caller's.
func (s *Server) CloseBox(ctx context.Context, token api.Secret, symbols pair.Symbols, state api.BoxState) error {
	if state != api.BoxDone && state != api.BoxDigits && state != api.BoxStopped {
		return errMessage()
	}
	return s.ownBox(ctx, token, symbols, func(tx store.Tx, b box) error {
		b.end(state)
		return s.putBox(tx, b)
	})
}

// ownBox does something with a box that the caller opened.
func (s *Server) ownBox(ctx context.Context, token api.Secret, symbols pair.Symbols, work func(store.Tx, box) error) error {
	err := s.store.Update(ctx, func(tx store.Tx) error {
		c, err := s.caller(tx, token)
		if err != nil {
			return err
		}
		b, err := s.box(tx, symbols)
		if absent(err) || err == nil && (b.ticket.Account != c.ID || b.ticket.Device != c.device) {
			return errNoBox()
		}
		if err != nil {
			return err
		}
		return work(tx, b)
	})
	return s.orInternal(ctx, "box", err)
}

// JoinBox takes a message of the new device.
func (s *Server) JoinBox(ctx context.Context, symbols pair.Symbols, key api.Secret, slot api.Slot, message []byte) error {
	if len(key) != joinKeySize || !fitsSlot(message) || slot != api.SlotJoin && slot != api.SlotConsent {
		return errMessage()
	}
	return s.knownBox(ctx, symbols, func(tx store.Tx, b box) error {
		if b.State != api.BoxOpen {
			return errNoBox()
		}
		if err := b.join(key, slot, message, addressOf(ctx).String()); err != nil {
			return err
		}
		return s.putBox(tx, b)
	})
}

// join puts the new device's message into its slot.
func (r *boxRow) join(key api.Secret, slot api.Slot, message []byte, address string) error {
	answered := refuse(api.CodeAnswered, "another device was first", "let the trusted device begin anew")
	place := r.slot(slot)
	switch {
	case r.Join != nil && !r.holds(key):
		return answered
	case bytes.Equal(*place, message):
		return nil
	case slot == api.SlotJoin && r.Join != nil:
		return answered
	case slot == api.SlotConsent && (r.Welcome == nil || r.Consent != nil):
		return errMessage()
	}
	if slot == api.SlotJoin {
		sum := sha256.Sum256(key)
		r.Key, r.Joiner = sum[:], address
	}
	r.Agreed = r.Agreed || slot == api.SlotConsent
	*place = message
	return nil
}

// LeaveBox lets the new device stop.
func (s *Server) LeaveBox(ctx context.Context, symbols pair.Symbols, key api.Secret) error {
	return s.knownBox(ctx, symbols, func(tx store.Tx, b box) error {
		if !b.holds(key) {
			return errNoBox()
		}
		b.end(api.BoxLeft)
		return s.putBox(tx, b)
	})
}

func fitsSlot(message []byte) bool { return len(message) > 0 && len(message) <= pair.MaxMessage }

func errMessage() error { return refuse(api.CodeMalformed, "the message cannot be taken", "") }

func errNoBox() error {
	return refuse(api.CodeNotFound, "no such pairing", "let the trusted device begin anew")
}
