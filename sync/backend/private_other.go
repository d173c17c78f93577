//go:build !unix

package backend

import "io/fs"

// private is true: here every user's temporary files are in a folder of their own.
func private(fs.FileInfo) bool { return true }
