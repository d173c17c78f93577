package sqlite

import "golang.org/x/sys/unix"

// networkFilesystem names the network file system that path is on, "" for a local one.
func networkFilesystem(path string) (string, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(path, &fs); err != nil {
		return "", err
	}
	if fs.Flags&unix.MNT_LOCAL != 0 {
		return "", nil
	}
	return unix.ByteSliceToString(fs.Fstypename[:]), nil
}
