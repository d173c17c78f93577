// Package apitest examines whoever implements api.Account: the backend in the
// same process and the client that speaks to it over HTTP must behave alike. It
// plays the trusted device for real, with keys, chain and sealed codes; only the
// browser's side of a sign-in is the caller's.
//
// It is not a mock of either side and knows nothing of storage or sockets.
//
// Source: the comments of sync/api, docs/protocol.md §4.3, §5, §6 and §12.
package apitest

import (
	"context"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
)

// House is a backend under examination, fresh for each test. Its clock stands
// still between two calls of Advance.
type House struct {
	Account api.Account
	Now     func() time.Time
	// Advance moves the clock on and lets the backend end what is due.
	Advance func(time.Duration)
	// Invite makes an invitation's link.
	Invite func(ctx context.Context, name string) (link string, err error)
	// Begin gives name and password in a new browser, and the sign-in's secret back.
	Begin func(ctx context.Context, name, password string) (api.Secret, error)
	// Type types a code there and tells what became of it ("right", "wrong", …).
	Type func(ctx context.Context, signIn api.Secret, code string) (outcome string, err error)
}

// Run examines a backend; open makes a fresh one.
func Run(t *testing.T, open func(t *testing.T) *House) {
	for name, test := range map[string]func(*testing.T, *House){
		"server says who it is":         testServer,
		"invitations":                   testInvitations,
		"registering":                   testRegister,
		"registering what is not valid": testRegisterRefuses,
		"sessions":                      testSession,
		"sessions of others":            testSessionRefuses,
		"every call wants a session":    testNeedsSession,
		"status and chain":              testStatus,
		"a sign-in, allowed and typed":  testSignIn,
		"answers that are refused":      testAnswerRefuses,
		"not me":                        testNotMe,
		"not now":                       testNotNow,
		"nobody answers":                testExpires,
		"events have no gaps and can be read again": testEvents,
		"watching":                          testWatch,
		"watching ends with the session":    testWatchEnds,
		"watching what is not there":        testWatchBeyond,
		"resume and door want the password": testConfirmed,
		"a device is added":                 testAppend,
		"entries that are refused":          testAppendRefuses,
		"a device is removed":               testRemove,
		"healing that is refused":           testHealRefuses,
		"sights":                            testSight,
		"a pairing":                         testPairing,
		"messages of a pairing in turn":     testBoxOrder,
		"how pairings end":                  testBoxEnds,
		"pairings of others":                testBoxRefuses,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// wants fails the test unless err is the contract's error with this code.
func wants(t *testing.T, err error, code api.Code, what string) {
	t.Helper()
	if !is(err, code) {
		t.Errorf("%s gives %v, want code %d", what, err, code)
	}
}
