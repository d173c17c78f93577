//go:build !wasm

// Package sqlite keeps the sync backend's state in one SQLite file and is the
// default engine of sync/store.
//
// One connection writes, for one caller after the other, and all that wait while
// its transaction is open share a single flush of the disk (group commit); reads
// have connections of their own and never wait for a write. It is not a general SQL layer: only
// store.Tx goes in and out. It trusts the disk to flush when told to, and
// nothing else: settings that durability depends on are read back on every
// connection, a second process is kept out by a lock, network file systems are
// refused, and a file that fails its examination is not served.
//
// Source: docs/protocol.md §6.2 (rows), docs/operate.md (data folder).
package sqlite
