//go:build wasm

// Package sqlite is not available in a browser: there is no file there that
// could be flushed to a disk. Open says so.
package sqlite

import (
	"context"
	"errors"

	"github.com/countersign/countersign/sync/store"
)

// Options are what an operator may choose elsewhere.
type Options struct {
	// Readers is how many views may run at once.
	Readers int
}

// DB cannot be made here.
type DB struct{ store.Store }

// Open always fails.
func Open(context.Context, string, Options) (*DB, error) {
	return nil, errors.New("this program cannot keep a database on this platform")
}
