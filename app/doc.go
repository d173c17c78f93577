// Package app is a trusted device without a screen: it keeps the device's keys
// and state, holds the connection to the sync backend, and answers sign-ins. The
// window (ui) and the terminal (countersignctl) are two faces of it.
//
// It knows no widget and no storage engine of the backend. One goroutine owns
// the device's state; everything else sees immutable views of it.
//
// Source: docs/protocol.md §3-§6, §9, §10.1, §12 and §13.
package app
