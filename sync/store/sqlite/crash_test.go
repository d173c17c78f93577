//go:build unix

package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

const (
	crashes      = 30
	crashWriters = 8
)

// TestCrash kills a process that writes at random instants, from its first
// moments on, opens what it left, and looks for every write that was
// acknowledged. It shows that an acknowledgement never comes before the commit.
// A kill leaves the kernel's cache alone, so it says nothing about the flush: a
// power cut is not tested here.
func TestCrash(t *testing.T) {
	dir := t.TempDir()
	logs := map[trust.AccountID]map[uint64]string{}
	total := 0
	for n := range crashes {
		wait := time.Duration(rand.IntN(150)) * time.Millisecond
		acks := crash(t, dir, n, wait)
		for _, a := range acks {
			if logs[a.account] == nil {
				logs[a.account] = map[uint64]string{}
			}
			if before, twice := logs[a.account][a.seq]; twice {
				t.Fatalf("after kill %d: number %d was given to %q and to %q", n, a.seq, before, a.text)
			}
			logs[a.account][a.seq] = a.text
		}
		total += len(acks)
		survived(t, dir, logs, fmt.Sprintf("after kill %d, %v from its start", n, wait))
	}
	if total < crashes*crashWriters {
		t.Errorf("only %d writes were acknowledged in %d lives", total, crashes)
	}
	t.Logf("%d kills, %d acknowledged writes, none lost", crashes, total)
}

// ack is one line of the child: this text is durable at that number.
type ack struct {
	account trust.AccountID
	seq     uint64
	text    string
}

// crash runs a child on the folder, kills it, and gives what it acknowledged.
func crash(t *testing.T, dir string, life int, wait time.Duration) []ack {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestCrashChild$")
	child.Env = append(os.Environ(), "COUNTERSIGN_TEST_DATA="+dir, fmt.Sprint("COUNTERSIGN_TEST_LIFE=", life))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(wait, func() { child.Process.Kill() })
	defer timer.Stop()
	var acks []ack
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var a ack
		var account int
		if n, _ := fmt.Sscanf(lines.Text(), "%d %d %s", &account, &a.seq, &a.text); n == 3 {
			a.account = account32(account)
			acks = append(acks, a)
		}
	}
	if child.Wait() == nil {
		t.Fatalf("the child of life %d ended by itself", life)
	}
	return acks
}

// survived opens the folder and looks for every acknowledged write.
func survived(t *testing.T, dir string, logs map[trust.AccountID]map[uint64]string, when string) {
	t.Helper()
	db, err := Open(t.Context(), dir, Options{Readers: 1})
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	defer db.Close()
	if err := db.Check(t.Context()); err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	err = db.View(t.Context(), func(tx store.Tx) error {
		for account, acked := range logs {
			if err := compare(tx, account, acked); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
}

// compare holds an account's log against what was acknowledged. The log may have
// more: what was committed and not yet said.
func compare(tx store.Tx, account trust.AccountID, acked map[uint64]string) error {
	events, err := tx.Events(account, 0, 1<<30)
	if err != nil {
		return err
	}
	texts := make(map[uint64]string, len(events))
	for i, e := range events {
		if e.Seq != uint64(i+1) {
			return fmt.Errorf("the log has %d where %d should be", e.Seq, i+1)
		}
		texts[e.Seq] = e.Kind
		if _, err := tx.Ticket(store.Token, ticketOf(e.Kind), at(0)); err != nil {
			return fmt.Errorf("event %q is there, the ticket of the same transaction is not: %w", e.Kind, err)
		}
	}
	for seq, text := range acked {
		if texts[seq] != text {
			return fmt.Errorf("number %d was acknowledged as %q and is %q", seq, text, texts[seq])
		}
	}
	return nil
}

// TestCrashChild is the process that TestCrash kills.
func TestCrashChild(t *testing.T) {
	dir := os.Getenv("COUNTERSIGN_TEST_DATA")
	life := os.Getenv("COUNTERSIGN_TEST_LIFE")
	if life == "" {
		t.Skip("runs within TestCrash")
	}
	db, err := Open(context.Background(), dir, Options{Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	var writers sync.WaitGroup
	for w := range crashWriters {
		writers.Go(func() { writeForEver(db, os.Stdout, w, life) })
	}
	writers.Wait()
	t.Error("the writers ended")
}

// writeForEver writes an event and a ticket in one transaction, then says so.
// Pairs of writers share an account.
func writeForEver(db *DB, out io.Writer, w int, life string) {
	id := account32(w / 2)
	for n := 0; ; n++ {
		text := fmt.Sprintf("%s.%d.%d", life, w, n)
		var seq uint64
		err := db.Update(context.Background(), func(tx store.Tx) (err error) {
			a := store.Account{ID: id, Key: id.String()}
			if err := tx.CreateAccount(a); err != nil && !errors.Is(err, store.ErrConflict) {
				return err
			}
			seq, err = tx.Append(id, store.Event{Kind: text, Data: make([]byte, 3000)})
			if err != nil {
				return err
			}
			return tx.PutTicket(store.Ticket{Kind: store.Token, Hash: ticketOf(text), Account: id, Expires: at(1)})
		})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return
		}
		fmt.Fprintf(out, "%d %d %s\n", w/2, seq, text)
	}
}

func account32(n int) trust.AccountID { return trust.AccountID{byte(n), 31: 9} }

func ticketOf(text string) (hash [32]byte) {
	copy(hash[:], text)
	return hash
}
