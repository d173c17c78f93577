package sqlite

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// networkFilesystem names the network file system that path is on, "" for a local one.
func networkFilesystem(path string) (string, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(path, &fs); err != nil {
		return "", err
	}
	if uint32(fs.Type) != unix.FUSE_SUPER_MAGIC {
		return networkMagic(uint32(fs.Type)), nil
	}
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return "", err
	}
	mounts, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return "", nil // not mounted here; FUSE alone says nothing
	}
	defer mounts.Close()
	return networkFUSE(mounts, unix.Major(st.Dev), unix.Minor(st.Dev)), nil
}

// networkMagic knows the kernel's own network file systems by statfs(2)'s f_type.
// Numbers: linux/magic.h, and the file systems' own sources for the last four.
func networkMagic(magic uint32) string {
	switch magic {
	case unix.NFS_SUPER_MAGIC:
		return "NFS"
	case unix.SMB_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC:
		return "SMB"
	case unix.V9FS_MAGIC:
		return "9P"
	case unix.AFS_SUPER_MAGIC, unix.AFS_FS_MAGIC:
		return "AFS"
	case unix.CODA_SUPER_MAGIC:
		return "Coda"
	case unix.CEPH_SUPER_MAGIC:
		return "Ceph"
	case 0x0bd00bd0:
		return "Lustre"
	case 0x47504653:
		return "GPFS"
	case 0x19830326:
		return "BeeGFS"
	case 0x564c:
		return "NCP"
	}
	return ""
}

// networkFUSE looks up the mount by its device in mountinfo(5) and knows the
// FUSE file systems that keep their files elsewhere.
func networkFUSE(mounts io.Reader, major, minor uint32) string {
	device := fmt.Sprintf("%d:%d", major, minor)
	lines := bufio.NewScanner(mounts)
	for lines.Scan() {
		before, after, ok := strings.Cut(lines.Text(), " - ")
		fields := strings.Fields(before)
		kind, _, _ := strings.Cut(after, " ")
		if !ok || len(fields) < 3 || fields[2] != device {
			continue
		}
		switch name := strings.TrimPrefix(kind, "fuse."); name {
		case "sshfs", "s3fs", "goofys", "rclone", "gcsfuse", "blobfuse", "blobfuse2", "glusterfs",
			"davfs", "davfs2", "curlftpfs", "smbnetfs", "gvfsd-fuse", "juicefs", "JuiceFS", "mfs", "cephfs", "ceph-fuse", "onedriver":
			return name
		}
	}
	return ""
}
