package sqlite

import (
	"strings"
	"testing"
)

func TestNetworkMagic(t *testing.T) {
	for magic, want := range map[uint32]string{
		0x6969: "NFS", 0x517b: "SMB", 0xff534d42: "SMB", 0xfe534d42: "SMB", 0x01021997: "9P", 0x00c36400: "Ceph",
		0xef53: "", 0x58465342: "", 0x9123683e: "", 0x01021994: "", 0x794c7630: "", 0x2fc12fc1: "", // ext4, xfs, btrfs, tmpfs, overlay, zfs
	} {
		if got := networkMagic(magic); got != want {
			t.Errorf("%#x is %q, want %q", magic, got, want)
		}
	}
}

func TestNetworkFUSE(t *testing.T) {
	const mounts = `22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
101 22 0:51 / /mnt/remote rw,nosuid,nodev,relatime shared:55 - fuse.sshfs ana@host:/ rw,user_id=1000
102 22 0:52 / /media/ana/disk\040one rw,relatime - fuseblk /dev/sda1 rw,user_id=0
103 22 0:53 / /srv/plain rw,relatime master:4 propagate_from:2 - fuse.bindfs /srv/x rw
short line
`
	for minor, want := range map[uint32]string{51: "sshfs", 52: "", 53: "", 99: ""} {
		if got := networkFUSE(strings.NewReader(mounts), 0, minor); got != want {
			t.Errorf("0:%d is %q, want %q", minor, got, want)
		}
	}
}
