// Package chain holds an account's trust chain: the append-only log of signed
// entries that says which devices, recovery keys, verifiers, policy and
// credentials belong to the account.
//
// It is not storage and not a network: callers hand it the raw bytes they hold
// and keep those it accepted. No rule looks at a clock, so every replica that
// has the same entries has the same State.
//
// Source: docs/protocol.md, section 4.
package chain
