// Package apppass is the app password: 24 symbols that open one service, the record
// by which a device tells them to the verifier, and how a typed one is compared.
//
// It keeps no note of uses and cuts no session; sync/server does. It opens no file
// and no clock: time and randomness are arguments.
//
// Source: docs/protocol.md §11.
package apppass
