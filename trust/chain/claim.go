package chain

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/countersign/countersign/trust"
)

// claim says that a key signed a body under a context. It is to be checked.
type claim struct {
	key     trust.SignKey
	context trust.Context
	body    []byte
	sig     trust.Signature
}

func (c claim) holds() bool { return c.key.Verify(c.context, c.body, c.sig) }

// claims are kept while many entries are replayed, and checked together on all
// processors: who signs follows from the entries, not from the signatures, and
// checking them is nearly all of the work. Not safe for concurrent use.
type claims []claim

// keep takes c for true until settle.
func (cs *claims) keep(c claim) bool {
	*cs = append(*cs, c)
	return true
}

// settle gives the answer that checking every signature in its turn would have
// given, where err ended the replay: all claims kept are of entries up to the one
// err is about, so a wrong signature among them comes first. ErrInvalid needs no
// check, as a wrong signature would be told in the same way.
func (cs claims) settle(err error) error {
	if err == ErrInvalid || cs.hold() {
		return err
	}
	return ErrInvalid
}

// hold reports whether all claims do. It returns when nothing runs any more.
func (cs claims) hold() bool {
	var next atomic.Int64
	var wrong atomic.Bool
	check := func() {
		for i := next.Add(1); i <= int64(len(cs)) && !wrong.Load(); i = next.Add(1) {
			if !cs[i-1].holds() {
				wrong.Store(true)
			}
		}
	}
	var helpers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(cs)) - 1 {
		helpers.Go(check)
	}
	check()
	helpers.Wait()
	return !wrong.Load()
}
