package backend

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// TestClockVariable moves the clock of a backend whose data was made for tests:
// "26h" lets it live a day and two hours in the future. Waits protect accounts, so
// it is refused for all other data.
const TestClockVariable = "COUNTERSIGND_TEST_CLOCK"

// testMark stands in a data folder that was made with the variable set.
const testMark = "made-for-tests"

// moveClock takes the clock of the tests, if there is one. It runs before the data
// is opened, so that it can tell whether there was any.
func (b *Backend) moveClock() error {
	if b.o.TestClock == "" {
		return nil
	}
	ahead, err := time.ParseDuration(b.o.TestClock)
	if err != nil {
		return fmt.Errorf("%w: %s is no duration such as 26h", ErrOptions, TestClockVariable)
	}
	mark := filepath.Join(b.o.Data, testMark)
	_, err = os.Stat(mark)
	if errors.Is(err, fs.ErrNotExist) {
		if found, _ := os.ReadDir(b.o.Data); len(found) > 0 {
			return fmt.Errorf("%w: %s moves the clock of data that was made for tests, and %s was not", ErrOptions, TestClockVariable, b.o.Data)
		}
		if err = os.MkdirAll(b.o.Data, 0o700); err == nil {
			err = os.WriteFile(mark, []byte("The clock of this data may be moved: no account in it is safe.\n"), 0o600)
		}
	}
	if err != nil {
		return fmt.Errorf("marking data as made for tests: %w", err)
	}
	now := b.o.Now
	b.o.Now = func() time.Time { return now().Add(ahead) }
	b.o.Log.Warn("the clock is moved", "ahead", ahead)
	return nil
}
