// Package clientsetup writes what programs are set up with beside an app password:
// files that Apple's systems install, and addresses that go into a QR code. It opens
// no file and draws nothing.
//
// Source: docs/protocol.md §11; Apple, "Configuration Profile Reference" (2019);
// RFC 5122 (xmpp), RFC 3261 (sip).
package clientsetup
