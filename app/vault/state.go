package vault

import (
	"crypto/cipher"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// State keeps one blob of a device's bulk state (chain entries, cursor, pending
// intents, activity, settings) in a folder that it owns. The blob is sealed
// with AES-256-GCM under a key that a vault holds.
//
// Two generations are kept, in the files state.0 and state.1: generation n is
// in the one with n's parity, and Save replaces the older of the two by a
// single rename. So whenever the process is killed, the folder holds complete
// generations n-1 and n, or n and n+1, and n is the last that Save acknowledged.
// Anything else is damage: Load and Save then refuse with ErrDamaged, change
// nothing, and leave it to Recover, which a person should have agreed to.
//
// What rollback costs. Recover may return the generation before the last one:
// an intent saved last is forgotten although its request may have been sent,
// and the pinned head of the trust chain may be one step old. A device that
// recovered therefore catches up with its account before it signs anything.
// Sealing does not stop a program of the same person, or a restored backup of
// the folder, from putting both files back to an older pair; that opens as
// sound, and only the account's other devices can tell (docs/protocol.md §4).
//
// One State owns the folder at a time, through a lock on state.lock that ends
// with the process. A State may be used by several goroutines at once.
type State struct {
	dir string
	box cipher.AEAD

	mu   sync.Mutex
	lock *fileLock // nil once closed
}

// OpenState takes the folder dir, making it if need be, for the program that
// knows key. It returns ErrInUse while another State has it. It does not read:
// a wrong key shows as ErrDamaged from Load.
func OpenState(dir string, key [32]byte) (*State, error) {
	box, err := newBox(key)
	if err != nil {
		return nil, fmt.Errorf("opening state: %w", err)
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("opening state: %w", err)
	}
	lock, err := takeLock(filepath.Join(dir, "state.lock"))
	if err != nil {
		return nil, fmt.Errorf("opening state: %w", err)
	}
	return &State{dir: dir, box: box, lock: lock}, nil
}

// Close gives the folder back. Every other call then returns fs.ErrClosed.
func (s *State) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lock == nil {
		return fs.ErrClosed
	}
	lock := s.lock
	s.lock = nil
	return lock.release()
}

// Load returns the blob saved last, ErrNotFound if none ever was, or
// ErrDamaged if what is there is not what Save left.
func (s *State) Load() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	newest, err := s.newest()
	if err == nil && newest.number == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("loading state: %w", err)
	}
	return newest.data, nil
}

// Save stores data, at most 16 MiB (ErrTooLarge), as the next generation. When
// it returns nil the blob survives a kill and a power cut; after an error the
// blob saved before, or this one, is what Load returns. It refuses with
// ErrDamaged, and writes nothing, where Load would.
func (s *State) Save(data []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(data) > maxState {
		return fmt.Errorf("saving state of %d bytes, at most %d: %w", len(data), maxState, ErrTooLarge)
	}
	newest, err := s.newest()
	if err != nil {
		return fmt.Errorf("saving state: %w", err)
	}
	return s.write(generation{newest.number + 1, data})
}

// Recover returns the newest generation that is still sound, which may be the
// one before the last; State says what that costs. A damaged file is
// kept as state.0.damaged or state.1.damaged, and saving works again. Where
// nothing is damaged it is Load; where nothing is sound it changes nothing and
// returns ErrDamaged.
func (s *State) Recover() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	newest, err := s.newest()
	if errors.Is(err, ErrDamaged) {
		newest, err = s.salvage()
	}
	if err == nil && newest.number == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("recovering state: %w", err)
	}
	return newest.data, nil
}

// salvage writes the best sound generation once more, one number higher, over
// the place of the unsound one.
func (s *State) salvage() (generation, error) {
	var best generation
	for slot := range uint64(2) {
		found, err := s.read(slot)
		if err != nil && !errors.Is(err, ErrDamaged) {
			return generation{}, err
		}
		if err == nil && found.number > best.number {
			best = found
		}
	}
	if best.number == 0 {
		return generation{}, ErrDamaged
	}
	bad := s.path(best.number + 1)
	err := os.Rename(bad, bad+".damaged")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return generation{}, fmt.Errorf("setting damaged file aside: %w", err)
	}
	best.number++
	return best, s.write(best)
}

// newest returns the generation saved last, number 0 if there is none. It is
// ErrDamaged unless both files are what an uninterrupted or killed Save leaves.
func (s *State) newest() (generation, error) {
	if s.lock == nil {
		return generation{}, fs.ErrClosed
	}
	even, err := s.read(0)
	if err != nil {
		return generation{}, err
	}
	odd, err := s.read(1)
	if err != nil {
		return generation{}, err
	}
	switch {
	case odd.number == even.number+1: // also the very first, beside nothing
		return odd, nil
	case even.number == odd.number+1 && odd.number > 0:
		return even, nil
	case even.number == 0 && odd.number == 0:
		return generation{}, nil
	}
	return generation{}, fmt.Errorf("a generation is missing: %w", ErrDamaged)
}

func (s *State) path(number uint64) string {
	return filepath.Join(s.dir, fmt.Sprintf("state.%d", number%2))
}

// read returns the generation in a slot, number 0 if there is no file.
func (s *State) read(slot uint64) (generation, error) {
	data, err := readFile(s.path(slot), maxState+generationOverhead)
	if errors.Is(err, fs.ErrNotExist) {
		return generation{}, nil
	}
	if err != nil {
		return generation{}, err
	}
	g, err := openGeneration(s.box, data)
	if err != nil {
		return generation{}, err
	}
	if g.number%2 != slot {
		return generation{}, ErrDamaged
	}
	return g, nil
}

func (s *State) write(g generation) error {
	if err := replaceFile(s.path(g.number), g.seal(s.box)); err != nil {
		return fmt.Errorf("saving state: %w", err)
	}
	return nil
}
