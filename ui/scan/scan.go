// Package scan reads pairing pictures: the text of a QR code from a picture, a
// file, the screen or a camera. It draws nothing, and does not know what a pairing
// code is: whoever gets the text judges it.
//
// Every picture is taken for hostile. What cannot be read is one flat error within
// bounded time and memory, never a part of a text.
//
// Source: docs/protocol.md §9, what a pairing's QR code holds.
package scan

import "errors"

var (
	// ErrNone says that there is no QR code in the picture, or none that can be read.
	ErrNone = errors.New("no QR code in the picture")
	// ErrPicture says that a file is no picture of a kind that is read here.
	ErrPicture = errors.New("not a picture")
	// ErrLarge says that a picture is larger than what is read.
	ErrLarge = errors.New("picture is too large")
	// ErrNoScreen says that the screen cannot be read: there is none, or the system
	// does not allow it.
	ErrNoScreen = errors.New("the screen cannot be read")
	// ErrNoCamera says that there is no camera, or none that works here.
	ErrNoCamera = errors.New("no camera")
)
