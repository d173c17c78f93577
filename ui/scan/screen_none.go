//go:build !windows && !(darwin && cgo && !ios) && !((linux && !android) || freebsd || openbsd || netbsd)

package scan

import "image"

// Phones and browsers let no program look at the screen, and macOS is asked in
// Objective-C only.
func displays() ([]image.Image, error) { return nil, ErrNoScreen }
