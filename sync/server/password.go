package server

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"io"
	"runtime"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/trust"
)

// Bounds of a password, in bytes. Eight is enough only because a device has to
// allow every sign-in (docs/protocol.md §1.1).
const (
	MinPassword = 8
	MaxPassword = 256
)

// passwordRow is what is kept of a password: HMAC(pepper, account ‖ Argon2id), so
// that a row copied to another account does not fit and the database alone cannot
// be searched. Fields are numbered for ever.
type passwordRow struct {
	Version uint64   `cbor:"1,keyasint"` // 1: t=2, m=19 MiB, p=1
	Salt    [16]byte `cbor:"2,keyasint"`
	Sum     [32]byte `cbor:"3,keyasint"`
}

// How many passwords may wait to be compared: a second or two of work. Who comes then
// is refused, whatever the name.
const (
	maxQueue     = 128 // on two processors
	maxSideQueue = 32  // one after the other
)

// hashers are apart, so that a flood at one place shuts nobody out of another: while
// the sign-in page is overrun, waits can be stopped and a device can change things, and
// the other way round. Each may cost as much time as a processor's share.
type hashers struct {
	page   *hasher // of sign-ins, open to everybody
	stop   *hasher // where a password stops waits, open to everybody
	proven *hasher // of who showed something else before: a device, the recovery key, an invitation
}

func newHashers(pepper [32]byte) hashers {
	return hashers{
		page: newHasher(pepper, runtime.GOMAXPROCS(0), maxQueue),
		stop: newHasher(pepper, 1, maxSideQueue), proven: newHasher(pepper, 1, maxSideQueue),
	}
}

// errBusy says that too many passwords wait to be compared.
var errBusy = errors.New("too many passwords wait to be compared")

// hasher runs Argon2id, some at a time, since each takes 19 MiB and 25 ms.
type hasher struct {
	pepper [32]byte
	slots  chan struct{}
	queue  chan struct{}                      // those that wait for a slot, or have one
	slow   func(password, salt []byte) []byte // Argon2id; counted by tests
}

func newHasher(pepper [32]byte, abreast, most int) *hasher {
	return &hasher{
		pepper: pepper, slots: make(chan struct{}, abreast), queue: make(chan struct{}, most),
		slow: func(password, salt []byte) []byte { return argon2.IDKey(password, salt, 2, 19<<10, 1, 32) },
	}
}

// checkPassword says whether a password may be set for a name.
func checkPassword(name, password string) bool {
	return len(password) >= MinPassword && len(password) <= MaxPassword && utf8.ValidString(password) && fold(password) != fold(name)
}

// make gives the row of a new password.
func (h *hasher) make(ctx context.Context, rand io.Reader, account trust.AccountID, password string) ([]byte, error) {
	r := passwordRow{Version: 1}
	if _, err := io.ReadFull(rand, r.Salt[:]); err != nil {
		return nil, err
	}
	sum, err := h.sum(ctx, account, password, r.Salt)
	if err != nil {
		return nil, err
	}
	r.Sum = sum
	return trust.Marshal(r)
}

// check compares. A nil row stands for a name without account: it takes as long
// and is never right.
func (h *hasher) check(ctx context.Context, row []byte, account trust.AccountID, password string) (bool, error) {
	if len(password) > MaxPassword {
		password = "" // the hash of nobody's password, in the usual time
	}
	var r passwordRow
	if row != nil && (trust.Unmarshal(row, &r) != nil || r.Version != 1) {
		return false, errors.New("password row is damaged")
	}
	sum, err := h.sum(ctx, account, password, r.Salt)
	return err == nil && hmac.Equal(sum[:], r.Sum[:]) && row != nil, err
}

func (h *hasher) sum(ctx context.Context, account trust.AccountID, password string, salt [16]byte) ([32]byte, error) {
	select {
	case h.queue <- struct{}{}:
		defer func() { <-h.queue }()
	default:
		return [32]byte{}, errBusy
	}
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return [32]byte{}, ctx.Err()
	}
	mac := hmac.New(sha256.New, h.pepper[:])
	mac.Write(account[:])
	mac.Write(h.slow(norm.NFC.Bytes([]byte(password)), salt[:])) // however a keyboard composes it
	return [32]byte(mac.Sum(nil)), nil
}
