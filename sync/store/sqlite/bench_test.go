//go:build linux

package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// What is measured is one durable operation of a sign-in: the account's row gives
// the next number and an event of 200 bytes is written under it, in one
// transaction. The peers run the same SQL in the ways a Go program usually does.
const (
	benchWriters = 64
	benchRounds  = 5
	benchEvent   = 200 // bytes
)

// way is a way to make operations durable. op may be called by several at once.
type way struct {
	name string
	open func(b *testing.B) (op func(writer int) error, end func())
}

func ways() []way {
	return []way{
		{"group commit", openGroup},
		{"one connection", func(b *testing.B) (func(int) error, func()) { return openPool(b, 1) }},
		{"pool", func(b *testing.B) (func(int) error, func()) { return openPool(b, benchWriters) }},
	}
}

// BenchmarkWriters runs each way with 64 writers. For the number of flushes, run
// one of them under strace (docs/performance.md has the command).
func BenchmarkWriters(b *testing.B) {
	for _, w := range ways() {
		b.Run(strings.ReplaceAll(w.name, " ", "-"), func(b *testing.B) {
			op, end := w.open(b)
			defer end()
			var n atomic.Int64
			var all sync.WaitGroup
			b.ResetTimer()
			for i := range benchWriters {
				all.Go(func() {
					for n.Add(1) <= int64(b.N) {
						if err := op(i); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			all.Wait()
		})
	}
}

// BenchmarkDurableCommits runs everything in turn, several rounds, so that each
// meets the same machine, and prints the tables of docs/performance.md.
func BenchmarkDurableCommits(b *testing.B) {
	limit := make([]figures, 0, benchRounds)
	alone := make([]figures, 0, benchRounds)
	busy := map[string][]figures{}
	for range benchRounds {
		limit = append(limit, measure(b, 1, openRaw))
		alone = append(alone, measure(b, 1, openGroup))
		for _, w := range ways() {
			busy[w.name] = append(busy[w.name], measure(b, benchWriters, w.open))
		}
	}
	raw, one := median(limit), median(alone)
	var table strings.Builder
	fmt.Fprintf(&table, "\n| one writer | ops/s | p50 | p99.9 | p50 against the disk's |\n|---|---|---|---|---|\n")
	fmt.Fprintf(&table, "| 4 KiB overwritten, fdatasync | %s | 1 |\n| Update | %s | %.2f |\n", raw, one, ratio(alone, limit, p50))
	fmt.Fprintf(&table, "\n| %d writers | ops/s | p50 | p99.9 | ops/s of group commit against it | p99.9 of it against group commit's |\n|---|---|---|---|---|---|\n", benchWriters)
	group := busy[ways()[0].name]
	for _, w := range ways() {
		f := busy[w.name]
		fmt.Fprintf(&table, "| %s | %s | %.1f | %.1f |\n", w.name, median(f), ratio(group, f, rate), ratio(f, group, p999))
		b.ReportMetric(median(f).rate, strings.ReplaceAll(w.name, " ", "-")+"-ops/s")
	}
	b.ReportMetric(ratio(alone, limit, p50), "p50/fdatasync")
	fmt.Println(table.String())
}

// figures are what a run of one way gave.
type figures struct {
	rate      float64 // operations a second
	p50, p999 time.Duration
}

func rate(f figures) float64 { return f.rate }
func p50(f figures) float64  { return float64(f.p50) }
func p999(f figures) float64 { return float64(f.p999) }

func (f figures) String() string {
	return fmt.Sprintf("%.0f | %.3f ms | %.2f ms", f.rate, f.p50.Seconds()*1e3, f.p999.Seconds()*1e3)
}

// median takes each figure's median by itself.
func median(rounds []figures) figures {
	return figures{
		rate: middle(rounds, rate),
		p50:  time.Duration(middle(rounds, p50)),
		p999: time.Duration(middle(rounds, p999)),
	}
}

func middle(rounds []figures, of func(figures) float64) float64 {
	values := make([]float64, len(rounds))
	for i, f := range rounds {
		values[i] = of(f)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// ratio is the median of the rounds' ratios, since each round met one machine.
func ratio(a, b []figures, of func(figures) float64) float64 {
	ratios := make([]float64, len(a))
	for i := range a {
		ratios[i] = of(a[i]) / of(b[i])
	}
	slices.Sort(ratios)
	return ratios[len(ratios)/2]
}

// measure runs one way for a second with so many writers.
func measure(b *testing.B, writers int, open func(*testing.B) (func(int) error, func())) figures {
	op, end := open(b)
	defer end()
	for i := range writers { // warm up: statements, pages, the log's first growth
		if err := op(i); err != nil {
			b.Fatal(err)
		}
	}
	runtime.GC()
	took := make([][]time.Duration, writers)
	start := time.Now()
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			for begun := time.Now(); begun.Sub(start) < time.Second; begun = time.Now() {
				if err := op(i); err != nil {
					b.Error(err)
					return
				}
				took[i] = append(took[i], time.Since(begun))
			}
		})
	}
	all.Wait()
	elapsed := time.Since(start)
	times := slices.Concat(took...)
	if len(times) == 0 {
		b.Fatal("nothing was measured")
	}
	slices.Sort(times)
	return figures{
		rate: float64(len(times)) / elapsed.Seconds(),
		p50:  times[len(times)/2],
		p999: times[len(times)*999/1000],
	}
}

// benchFolder is on a disk: in memory a flush costs nothing, and says nothing.
func benchFolder(b *testing.B) string {
	dir := b.TempDir()
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		b.Fatal(err)
	}
	if fs.Type == unix.TMPFS_MAGIC {
		b.Fatalf("%s is in memory; set TMPDIR to a folder on a disk", dir)
	}
	return dir
}

// openRaw is the limit: the disk's own answer to the smallest durable write.
func openRaw(b *testing.B) (func(int) error, func()) {
	f, err := os.Create(filepath.Join(benchFolder(b), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	page := make([]byte, 4096)
	op := func(int) error {
		page[0]++
		if _, err := f.WriteAt(page, 0); err != nil {
			return err
		}
		return unix.Fdatasync(int(f.Fd()))
	}
	return op, func() { f.Close() }
}

func openGroup(b *testing.B) (func(int) error, func()) {
	db, err := Open(context.Background(), benchFolder(b), Options{})
	if err != nil {
		b.Fatal(err)
	}
	fill(b, db, benchWriters)
	data := make([]byte, benchEvent)
	op := func(writer int) error {
		return db.Update(context.Background(), func(tx store.Tx) error {
			_, err := tx.Append(account(writer).ID, store.Event{Kind: "request", At: at(1), Data: data})
			return err
		})
	}
	return op, func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	}
}

// openPool is database/sql as most programs use it: up to so many connections,
// each with every setting that ours have, a transaction for each operation.
func openPool(b *testing.B, connections int) (func(int) error, func()) {
	dir := benchFolder(b)
	db, err := Open(context.Background(), dir, Options{})
	if err != nil {
		b.Fatal(err)
	}
	fill(b, db, benchWriters)
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	c, err := newConnector(filepath.Join(dir, databaseName), writing())
	if err != nil {
		b.Fatal(err)
	}
	pool := sql.OpenDB(c)
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	data := make([]byte, benchEvent)
	op := func(writer int) error { return poolAppend(pool, account(writer).ID, data) }
	return op, func() { pool.Close() }
}

func poolAppend(pool *sql.DB, id trust.AccountID, data []byte) error {
	tx, err := pool.Begin() // BEGIN IMMEDIATE, by the connector's name
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var seq int64
	if err := tx.QueryRow(`UPDATE account SET events = events + 1 WHERE id = ? RETURNING events`, id[:]).Scan(&seq); err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO event (account, seq, kind, at, data) VALUES (?, ?, ?, ?, ?)`, id[:], seq, "request", 1, data); err != nil {
		return err
	}
	return tx.Commit()
}
