package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/countersign/countersign/app/vault"
)

const (
	// shelfPatience is how long another program's hold on the state is waited
	// for: it lasts as long as one write to the disk.
	shelfPatience = 10 * time.Second
	shelfPoll     = 2 * time.Millisecond
)

// shelf keeps a device's record on disk. Several programs may be faces of one
// device at once (a window, a watching terminal, one command), so the state is
// taken for one reading or one change only, and every change begins with what is
// on disk, not with what this program remembers.
type shelf struct {
	dir  string
	key  [32]byte
	save func() error // stands before every write; nil except in tests
}

func newShelf(o Options, s *secrets) shelf {
	return shelf{dir: filepath.Join(o.Dir, s.Device.String()), key: s.State, save: o.testOnlySave}
}

// take opens the state, waiting for another program to give it back.
func (s shelf) take() (*vault.State, error) {
	ctx, cancel := context.WithTimeout(context.Background(), shelfPatience)
	defer cancel()
	for {
		state, err := vault.OpenState(s.dir, s.key)
		if !errors.Is(err, vault.ErrInUse) {
			return state, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(shelfPoll):
		}
	}
}

// read gives the record, vault.ErrNotFound if there is none.
func (s shelf) read() (record, error) {
	state, err := s.take()
	if err != nil {
		return record{}, err
	}
	defer state.Close()
	data, err := state.Load()
	if err != nil {
		return record{}, err
	}
	return decodeRecord(data)
}

// change lets edit alter the record as it is on disk and stores it, if it is
// another one. When it returns nil the record given is what is on disk.
func (s shelf) change(edit func(*record) error) (record, error) {
	state, err := s.take()
	if err != nil {
		return record{}, err
	}
	defer state.Close()
	before, err := state.Load()
	if err != nil && !errors.Is(err, vault.ErrNotFound) {
		return record{}, err
	}
	r := record{Version: recordVersion}
	if err == nil {
		if r, err = decodeRecord(before); err != nil {
			return record{}, err
		}
	}
	if err := edit(&r); err != nil {
		return record{}, err
	}
	return r, s.store(state, before, r)
}

func (s shelf) store(state *vault.State, before []byte, r record) error {
	after, err := r.encode()
	if err != nil {
		return fmt.Errorf("writing state: %w", err)
	}
	if bytes.Equal(before, after) {
		return nil
	}
	if s.save != nil {
		if err := s.save(); err != nil {
			return err
		}
	}
	return state.Save(after)
}

// forget overwrites the generation before the newest, so that what was erased
// from the record is gone from the disk as well.
func (s shelf) forget() error {
	state, err := s.take()
	if err != nil {
		return err
	}
	defer state.Close()
	data, err := state.Load()
	if err != nil {
		return err
	}
	return state.Save(data)
}

// repair gives what is sound of the record. Where nothing is, the files are set
// aside and the record is begun anew; the backend then gives the chain, which
// proves itself by the account's identifier.
func (s shelf) repair(origin string) (record, error) {
	state, err := s.take()
	if err != nil {
		return record{}, err
	}
	data, err := state.Recover()
	if err = errors.Join(err, state.Close()); err == nil {
		return decodeRecord(data)
	}
	if !errors.Is(err, vault.ErrDamaged) && !errors.Is(err, vault.ErrNotFound) {
		return record{}, err
	}
	if err := s.setAside(); err != nil {
		return record{}, err
	}
	return s.change(func(r *record) error {
		r.Origin = origin
		return nil
	})
}

// setAside renames the folder out of the way, never over an older one.
func (s shelf) setAside() error {
	for n := 1; ; n++ {
		to := fmt.Sprintf("%s.damaged.%d", s.dir, n)
		if _, err := os.Lstat(to); err == nil {
			continue
		}
		return os.Rename(s.dir, to)
	}
}

// remove erases the state of a device that never came to be.
func (s shelf) remove() error { return os.RemoveAll(s.dir) }
