//go:build js || android || ios

package main

import (
	"context"

	"github.com/countersign/countersign/app"
)

// local is the backend inside this program. A web page cannot be connected to,
// and a telephone stops what nobody looks at, so here there is none.
type local struct{}

func newLocal(start, string) *local { return &local{} }

func (*local) starter() func(context.Context) (app.Local, error) { return nil }

func (*local) wait() {}
