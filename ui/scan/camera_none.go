//go:build !linux || android

package scan

import (
	"context"
	"image"
)

// There is no well-kept library for the cameras of other systems that does without
// a toolchain for C, Objective-C or C++. People there take a picture or type the
// code.
func camera(context.Context, func(image.Image)) (string, error) { return "", ErrNoCamera }

func cameraThere() bool { return false }
