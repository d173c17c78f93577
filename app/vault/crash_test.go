package vault

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// kills is how often a program is killed in the middle of its work.
const kills = 50

// blob is a value whose completeness can be seen: a number and then bytes that
// follow from it, more than one page of them for most.
func blob(number, size int) []byte {
	out := fmt.Appendf(nil, "%d\n", number)
	sum := sha256.Sum256(out)
	return append(out, bytes.Repeat(sum[:], number*7919%size/len(sum))...)
}

func numberOf(t *testing.T, data []byte, size int) int {
	t.Helper()
	head, _, _ := strings.Cut(string(data), "\n")
	number, err := strconv.Atoi(head)
	if err != nil || !bytes.Equal(data, blob(number, size)) {
		t.Fatalf("torn value of %d bytes", len(data))
	}
	return number
}

const stateBlob = 200 << 10

// saveForever counts on from what the folder holds and prints what it was
// promised to keep.
func saveForever(dir string) error {
	s, err := OpenState(dir, testKey())
	if err != nil {
		return err
	}
	newest, err := s.newest()
	for number := int(newest.number) + 1; err == nil; number++ {
		if err = s.Save(blob(number, stateBlob)); err == nil {
			fmt.Println(number)
		}
	}
	return err
}

func TestStateSurvivesKill(t *testing.T) {
	dir := t.TempDir()
	promised := 0
	for range kills {
		promised = max(promised, killMidway(t, program("save-forever", dir)))
		s := openState(t, dir)
		data, err := s.Load()
		wantError(t, err, nil)
		if number := numberOf(t, data, stateBlob); number < promised || number > promised+1 {
			t.Fatalf("holds %d, promised %d", number, promised)
		} else {
			promised = number
		}
		wantError(t, s.Close(), nil)
	}
	t.Logf("%d saves, killed %d times", promised, kills)
}

func putForever(path string) error {
	f, err := openFile(path, []byte("passphrase"), cheap())
	number := 0
	if err == nil {
		var data []byte
		if data, err = f.Get(context.Background(), "count"); err == nil {
			_, err = fmt.Sscan(string(data), &number)
		}
	}
	for number++; err == nil; number++ {
		if err = f.Put(context.Background(), "count", blob(number, MaxValue-64)); err == nil {
			fmt.Println(number)
		}
	}
	return err
}

func TestFileSurvivesKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vault")
	put(t, cheapFile(t, path, "passphrase"), "count", blob(0, MaxValue-64))
	promised := 0
	for range kills {
		promised = max(promised, killMidway(t, program("put-forever", path)))
		data, err := cheapFile(t, path, "passphrase").Get(t.Context(), "count")
		wantError(t, err, nil)
		if number := numberOf(t, data, MaxValue-64); number < promised || number > promised+1 {
			t.Fatalf("holds %d, promised %d", number, promised)
		} else {
			promised = number
		}
	}
	t.Logf("%d puts, killed %d times", promised, kills)
}

// killMidway starts a program, kills it at a random moment after its first
// promise, and returns its last one.
func killMidway(t *testing.T, cmd *exec.Cmd) int {
	t.Helper()
	out, err := cmd.StdoutPipe()
	wantError(t, err, nil)
	wantError(t, cmd.Start(), nil)
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatalf("the program ended by itself: %v", cmd.Wait())
	}
	moment := time.AfterFunc(time.Duration(rand.IntN(20_000))*time.Microsecond, func() { cmd.Process.Kill() })
	defer moment.Stop()
	last := lines.Text()
	for lines.Scan() {
		last = lines.Text()
	}
	_, err = io.Copy(io.Discard, out)
	wantError(t, err, nil)
	if err := cmd.Wait(); err == nil {
		t.Fatal("the program was not killed")
	}
	number, err := strconv.Atoi(last)
	wantError(t, err, nil)
	return number
}
