package server_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust/verify"
)

// enters signs in with an answer of this device and gives the browser's cookies.
func (a *home) enters(v visitor) server.Typed {
	a.t.Helper()
	signIn, r := a.ask(v)
	typed := must(a.s.Type(context.Background(), signIn, string(a.allow(r)), true, "Firefox on Linux"))
	if typed.Outcome != verify.Right || typed.Session == nil || typed.Browser == nil {
		a.t.Fatalf("signing in gives %+v", typed)
	}
	return typed
}

// Who had the device in their hands let themselves in with it.
func TestWhatARemovedDeviceLetInIsSignedOut(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna")
	b := a.join("Phone")
	mine := a.enters(visitor{address: somewhere})
	a.pass(time.Hour)
	theirs := b.enters(visitor{address: guestAt})

	a.change(a.removal(b))
	if _, err := a.s.Holder(ctx, theirs.Session, theirs.Browser); !errors.Is(err, server.ErrSignedOut) {
		t.Errorf("the browser that the removed device let in gives %v", err)
	}
	page := must(a.s.Holder(ctx, mine.Session, mine.Browser))
	if len(page.Sessions) != 1 || len(page.Browsers) != 1 {
		t.Errorf("after the removal %d sessions and %d known browsers are left", len(page.Sessions), len(page.Browsers))
	}
}

func TestAYoungDeviceDoesNotChangeThePassword(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna")
	b := a.join("Phone")
	refused(t, a.s.ChangePassword(ctx, b.token(), password, "another horse battery"), api.CodeYoung, "a new password from a young device")
	b.pass(73 * time.Hour)
	ok(t, a.s.ChangePassword(ctx, b.token(), password, "another horse battery"))
}
