// Package offline is the offline code: eight digits that a device shows while it
// has no network, and the record by which it tells the verifier how to know them.
//
// It keeps no count of wrong codes and no note of used ones; trust/verify does. It
// opens no file and no clock: time and randomness are arguments.
//
// Source: docs/protocol.md §7.
package offline
