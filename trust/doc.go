// Package trust holds the words of the protocol td/1 and their exact bytes:
// identifiers, canonical CBOR, signatures under one context each, device and
// recovery keys, the records that go into a trust chain, and the two messages
// of a sign-in (challenge and approval) with the code between them.
//
// It is not a program: it opens no file, no socket and no clock. Time and
// randomness are arguments. The rules over these records live in trust/chain
// (who belongs to an account) and trust/verify (who may sign in).
//
// Source: docs/protocol.md, sections 2, 3, 6.1 and 10.1.
package trust
