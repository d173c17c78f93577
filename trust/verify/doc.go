// Package verify is the verifier: it makes the challenge of a sign-in, takes the
// devices' answers, checks the typed code and keeps the budgets that make a short
// code defensible. The sync backend is its first user, a pinned service its second.
//
// Read, and what it gives, is the other end of the same messages: a trusted device's.
//
// It is pure: rows, clock and randomness are arguments, and every method gives
// the row to be stored instead of storing it. It opens no socket and no database.
//
// Source: docs/protocol.md, sections 6 and 7.
package verify
