package server_test

import (
	"context"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
)

// A restored backend has forgotten that the recovery key replaced itself. A device that
// remembers the entry has no key, and gets no password of its own by it.
func TestARestoreMakesNoUsedKeyGoodAgain(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna")
	thief := a.join("Stolen phone")
	old := a.backUp()
	entry := must(a.device.Replace(a.device.Paper, newKey(), a.clock.Now()))
	ok(t, a.s.ResetWithKey(ctx, a.token(), nextWord, entry))
	a.clock.move(time.Minute)
	a.putBack(old)

	for range 2 {
		refused(t, a.s.ResetWithKey(ctx, thief.token(), "the thief's own words", entry), api.CodeStale, "the entry of before the restore")
		a.clock.move(time.Hour)
	}
	ahead := must(a.device.Replace(a.device.Paper, newKey(), a.clock.Now().Add(time.Minute)))
	refused(t, a.s.ResetWithKey(ctx, thief.token(), "the thief's own words", ahead), api.CodeStale, "an entry by a clock that was ahead")
	a.lets(password) // as the backup knew it
	again := must(a.device.Replace(a.device.Paper, newKey(), a.clock.Now()))
	ok(t, a.s.ResetWithKey(ctx, a.token(), nextWord, again))
	a.lets(nextWord)
}

// Whose answer was lost in a restart of the backend gets it, and who had signed but not
// sent signs once more.
func TestARestartLosesNoReset(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna")
	next := newKey()
	entry := must(a.device.Replace(a.device.Paper, next, a.clock.Now()))
	ok(t, a.s.ResetWithKey(ctx, a.token(), nextWord, entry))
	a.clock.move(time.Hour)
	a.reopen()
	ok(t, a.s.ResetWithKey(ctx, a.token(), nextWord, entry))
	ok(t, a.device.Learn(entry))

	late := must(a.device.Replace(next, newKey(), a.clock.Now()))
	a.clock.move(time.Hour)
	a.reopen()
	refused(t, a.s.ResetWithKey(ctx, a.token(), password, late), api.CodeStale, "an entry of before the restart")
	ok(t, a.s.ResetWithKey(ctx, a.token(), password, must(a.device.Replace(next, newKey(), a.clock.Now()))))
}

// What was signed while the backend ran is good as long as it runs: the answer may have
// been lost all the time.
func TestAResetMayComeLate(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna")
	a.clock.move(time.Hour)
	entry := must(a.device.Replace(a.device.Paper, newKey(), a.clock.Now()))
	a.clock.move(20 * time.Hour)
	ok(t, a.s.ResetWithKey(ctx, a.token(), nextWord, entry))
}
