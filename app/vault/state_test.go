package vault

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func testKey() [32]byte { return [32]byte{1, 2, 3} }

func openState(t *testing.T, dir string) *State {
	t.Helper()
	s, err := OpenState(dir, testKey())
	wantError(t, err, nil)
	t.Cleanup(func() { s.Close() })
	return s
}

func save(t *testing.T, s *State, data string) {
	t.Helper()
	wantError(t, s.Save([]byte(data)), nil)
}

func wantState(t *testing.T, s *State, want string) {
	t.Helper()
	got, err := s.Load()
	wantError(t, err, nil)
	if string(got) != want {
		t.Fatalf("loaded %q, want %q", got, want)
	}
}

func TestStateKeepsLastSave(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	s := openState(t, dir)
	_, err := s.Load()
	wantError(t, err, ErrNotFound)
	_, err = s.Recover()
	wantError(t, err, ErrNotFound)
	for i := range 7 {
		data := fmt.Sprintf("planted %d", i)
		save(t, s, data)
		wantState(t, s, data)
		wantError(t, s.Close(), nil)
		s = openState(t, dir)
		wantState(t, s, data)
	}
	wantNames(t, dir, "state.0", "state.1", "state.lock")
	for _, name := range []string{"state.0", "state.1"} {
		info, err := os.Stat(filepath.Join(dir, name))
		wantError(t, err, nil)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o", name, info.Mode().Perm())
		}
		if bytes.Contains(fingerprint(t, filepath.Join(dir, name)), []byte("planted")) {
			t.Errorf("%s shows the state", name)
		}
	}
}

func TestStateSizes(t *testing.T) {
	s := openState(t, t.TempDir())
	save(t, s, "")
	wantState(t, s, "")
	largest := bytes.Repeat([]byte("x"), maxState)
	wantError(t, s.Save(largest), nil)
	wantError(t, s.Save(append(largest, 'x')), ErrTooLarge)
	wantState(t, s, string(largest))
}

func TestStateHasOneOwner(t *testing.T) {
	dir := t.TempDir()
	s := openState(t, dir)
	_, err := OpenState(dir, testKey())
	wantError(t, err, ErrInUse)
	wantError(t, s.Close(), nil)
	wantError(t, s.Close(), fs.ErrClosed)
	wantError(t, s.Save(nil), fs.ErrClosed)
	_, err = s.Load()
	wantError(t, err, fs.ErrClosed)
	_, err = s.Recover()
	wantError(t, err, fs.ErrClosed)
	openState(t, dir)
}

// Another program owns the folder until it ends, also if it is killed.
func TestStateOwnedByAnotherProgram(t *testing.T) {
	dir := t.TempDir()
	cmd := program("hold-state", dir)
	out, err := cmd.StdoutPipe()
	wantError(t, err, nil)
	wantError(t, cmd.Start(), nil)
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Error(err)
	}
	_, err = OpenState(dir, testKey())
	wantError(t, err, ErrInUse)
	wantError(t, cmd.Process.Kill(), nil)
	cmd.Wait()
	openState(t, dir)
}

func holdState(dir string) error {
	_, err := OpenState(dir, testKey())
	if err != nil {
		return err
	}
	fmt.Println("held")
	select {}
}

func TestStateIsSafeForGoroutines(t *testing.T) {
	s := openState(t, t.TempDir())
	save(t, s, "begin")
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			for range 5 {
				if err := s.Save(fmt.Appendf(nil, "from %d", i)); err != nil {
					t.Error(err)
				}
				if _, err := s.Load(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if newest, err := s.newest(); err != nil || newest.number != 21 {
		t.Errorf("generation %d, %v", newest.number, err)
	}
}

// stateOf returns a folder that was saved to as often as there are blobs.
func stateOf(t *testing.T, blobs ...string) (*State, string) {
	t.Helper()
	dir := t.TempDir()
	s := openState(t, dir)
	for _, blob := range blobs {
		save(t, s, blob)
	}
	return s, dir
}

// Every bit and every length of either file: ErrDamaged, nothing written, and
// Recover finds the sound one.
func TestStateDamage(t *testing.T) {
	s, dir := stateOf(t, "one", "two", "three")
	for slot, left := range map[uint64]string{1: "two", 0: "three"} {
		path, other := s.path(slot), s.path(slot+1)
		sound, beside := fingerprint(t, path), fingerprint(t, other)
		var damaged [][]byte
		for i := range sound {
			for bit := range 8 {
				changed := bytes.Clone(sound)
				changed[i] ^= 1 << bit
				damaged = append(damaged, changed)
			}
			damaged = append(damaged, sound[:i])
		}
		for _, data := range append(damaged, append(bytes.Clone(sound), 0)) {
			wantError(t, os.WriteFile(path, data, 0o600), nil)
			_, err := s.Load()
			wantError(t, err, ErrDamaged)
			wantError(t, s.Save([]byte("over")), ErrDamaged)
			wantSame(t, path, data)
			wantSame(t, other, beside)
		}
		wantNames(t, dir, "state.0", "state.1", "state.lock")
		wantRecovered(t, s, path, left)
		wantError(t, os.Remove(path+".damaged"), nil)
		wantError(t, os.WriteFile(path, sound, 0o600), nil)
		wantError(t, os.WriteFile(other, beside, 0o600), nil)
		wantState(t, s, "three")
	}
}

// wantRecovered: the damaged file is set aside as it was, and life goes on.
func wantRecovered(t *testing.T, s *State, path, want string) {
	t.Helper()
	bad := fingerprint(t, path)
	got, err := s.Recover()
	wantError(t, err, nil)
	if string(got) != want {
		t.Fatalf("recovered %q, want %q", got, want)
	}
	wantSame(t, path+".damaged", bad)
	wantState(t, s, want)
	save(t, s, "after")
	wantState(t, s, "after")
}

func TestStateMissingGeneration(t *testing.T) {
	for slot, left := range map[uint64]string{1: "four", 0: "five"} {
		s, _ := stateOf(t, "one", "two", "three", "four", "five")
		wantError(t, os.Remove(s.path(slot)), nil)
		_, err := s.Load()
		wantError(t, err, ErrDamaged)
		wantError(t, s.Save(nil), ErrDamaged)
		got, err := s.Recover()
		wantError(t, err, nil)
		if string(got) != left {
			t.Errorf("recovered %q, want %q", got, left)
		}
		wantState(t, s, left)
	}
}

func TestStateForeignGenerations(t *testing.T) {
	s, _ := stateOf(t, "one", "two", "three")
	old := fingerprint(t, s.path(0))
	save(t, s, "four")
	save(t, s, "five")
	t.Run("one file from a backup", func(t *testing.T) {
		newer := fingerprint(t, s.path(0))
		wantError(t, os.WriteFile(s.path(0), old, 0o600), nil)
		_, err := s.Load()
		wantError(t, err, ErrDamaged)
		wantError(t, os.WriteFile(s.path(0), newer, 0o600), nil)
		wantState(t, s, "five")
	})
	t.Run("swapped", func(t *testing.T) {
		even, odd := fingerprint(t, s.path(0)), fingerprint(t, s.path(1))
		wantError(t, os.WriteFile(s.path(0), odd, 0o600), nil)
		wantError(t, os.WriteFile(s.path(1), even, 0o600), nil)
		_, err := s.Load()
		wantError(t, err, ErrDamaged)
		_, err = s.Recover()
		wantError(t, err, ErrDamaged)
		wantSame(t, s.path(0), odd)
		wantSame(t, s.path(1), even)
	})
}

func TestStateWrongKey(t *testing.T) {
	s, dir := stateOf(t, "one", "two")
	even, odd := fingerprint(t, s.path(0)), fingerprint(t, s.path(1))
	wantError(t, s.Close(), nil)
	wrong, err := OpenState(dir, [32]byte{9})
	wantError(t, err, nil)
	defer wrong.Close()
	_, err = wrong.Load()
	wantError(t, err, ErrDamaged)
	wantError(t, wrong.Save(nil), ErrDamaged)
	_, err = wrong.Recover()
	wantError(t, err, ErrDamaged)
	wantSame(t, s.path(0), even)
	wantSame(t, s.path(1), odd)
}

func TestStateRecoverOfSoundState(t *testing.T) {
	s, dir := stateOf(t, "one", "two")
	even, odd := fingerprint(t, s.path(0)), fingerprint(t, s.path(1))
	got, err := s.Recover()
	if err != nil || string(got) != "two" {
		t.Errorf("recovered %q, %v", got, err)
	}
	wantSame(t, s.path(0), even)
	wantSame(t, s.path(1), odd)
	wantNames(t, dir, "state.0", "state.1", "state.lock")
}
