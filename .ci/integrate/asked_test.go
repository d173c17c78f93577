package integrate_test

import (
	"bufio"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// login is a user of this computer, for one test.
type login struct {
	name string
	home string
	uid  uint32
	gid  uint32
}

// needsRoot skips where the test may not do what it has to.
func needsRoot(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("needs root: it makes users and PAM services, or reads what only daemons may, and leaves nothing")
	}
}

// newLogin makes a user whose name no other has, and removes it.
func newLogin(t *testing.T) login {
	t.Helper()
	needsRoot(t)
	random := make([]byte, 4)
	rand.Read(random)
	l := login{name: "countersign-" + hex.EncodeToString(random), home: openDir(t)}
	does(t, "useradd", "--no-create-home", "--home-dir", l.home, "--shell", "/bin/sh", l.name)
	t.Cleanup(func() {
		if said, err := exec.Command("userdel", "--force", l.name).CombinedOutput(); err != nil {
			t.Errorf("removing the user %s: %v: %s", l.name, err, said)
		}
	})
	u, err := user.Lookup(l.name)
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.ParseUint(u.Uid, 10, 32)
	gid, _ := strconv.ParseUint(u.Gid, 10, 32)
	l.uid, l.gid = uint32(uid), uint32(gid)
	l.owns(t, l.home)
	return l
}

// openDir is a folder that other users may enter.
func openDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "countersign-integrate-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func (l login) owns(t *testing.T, files ...string) {
	t.Helper()
	for _, file := range files {
		if err := os.Chown(file, int(l.uid), int(l.gid)); err != nil {
			t.Fatal(err)
		}
	}
}

// as lets a program run as the user.
func (l login) as(cmd *exec.Cmd) *exec.Cmd {
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: l.uid, Gid: l.gid}}
	cmd.Env = append(cmd.Env, "HOME="+l.home, "USER="+l.name, "PATH=/usr/sbin:/usr/bin:/sbin:/bin")
	return cmd
}

// underEtc writes a file that no other program reads, and removes it.
func underEtc(t *testing.T, file, text string, mode os.FileMode) {
	t.Helper()
	if _, err := os.Stat(file); err == nil {
		t.Fatalf("%s is there already", file)
	}
	t.Cleanup(func() { os.Remove(file) })
	if err := os.WriteFile(file, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// does runs a program that has to go well.
func does(t *testing.T, name string, args ...string) {
	t.Helper()
	if said, code := run(t, "", name, args...); code != 0 {
		t.Fatalf("%s ended with %d: %s", name, code, said)
	}
}

// asked runs ssh or sudo with a person who answers what it asks: both run a program
// for that where they have no terminal, which talks to the test through two pipes with
// names. It gives what was asked, what was said, and whether it went well.
func asked(t *testing.T, who login, cmd *exec.Cmd, person func(prompt string) string) (prompts []string, said string, err error) {
	t.Helper()
	program := filepath.Join(openDir(t), "asked")
	script := "#!/bin/sh\nprintf '%s\\n' \"$1\" > \"$0.prompt\"\nread -r line < \"$0.answer\"\nprintf '%s\\n' \"$line\"\n"
	if err := os.WriteFile(program, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	questions, answers := pipe(t, who, program+".prompt"), pipe(t, who, program+".answer")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(questions); lines.Scan(); {
			prompts = append(prompts, lines.Text())
			fmt.Fprintln(answers, person(lines.Text()))
		}
	}()
	cmd.Env = append(cmd.Env, "SSH_ASKPASS="+program, "SUDO_ASKPASS="+program, "SSH_ASKPASS_REQUIRE=force", "DISPLAY=none")
	out, err := cmd.CombinedOutput()
	questions.Close()
	<-ended
	return prompts, string(out), err
}

// pipe opens both ends, so that neither side waits for the other.
func pipe(t *testing.T, who login, file string) *os.File {
	t.Helper()
	if err := syscall.Mkfifo(file, 0o600); err != nil {
		t.Fatal(err)
	}
	who.owns(t, file)
	f, err := os.OpenFile(file, os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}
