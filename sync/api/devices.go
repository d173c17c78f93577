package api

import (
	"context"

	"github.com/countersign/countersign/trust"
)

// Devices is the part of Account that changes the trust chain.
type Devices interface {
	// Grant says that the person has typed the password on the calling device for
	// one change: the entry whose body has this hash (trust.HashBody). It is good
	// for 5 minutes and for one Append. CodeSession, CodePassword, CodeSlow.
	Grant(ctx context.Context, token Secret, password string, body trust.Hash) error
	// Append adds the next entry, which the calling device has signed. The same
	// bytes again succeed again, also without a grant. CodeSession, CodeDevice,
	// CodeChain (not valid), CodeStale (another entry was first: fetch and sign
	// anew), CodePassword (no grant), CodeYoung, CodeWait: the device has removed
	// another within a day, and the wait for this removal has begun or goes on;
	// after it the removal is signed and granted anew.
	Append(ctx context.Context, token Secret, entry []byte) error
	// Heal hands a backend that was restored from an old backup the entries it had
	// accepted before, from its own head on, with the Receipt for the last of them.
	// It needs no session: who added the caller may be among what was lost.
	// CodeChain; CodeStale if the backend has the same or a longer chain.
	Heal(ctx context.Context, account trust.AccountID, entries [][]byte, receipt []byte) error
	// Sight keeps the calling device's signed word on the head it sees, for the
	// account's other devices, see trust.Sight. CodeSession, CodeMalformed.
	Sight(ctx context.Context, token Secret, sight []byte) error
}
