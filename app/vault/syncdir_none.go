//go:build !unix

package vault

// syncDir has nothing to do: Windows has no such call and writes names through
// its journal; in a browser there is no disk.
func syncDir(string) error { return nil }
