// Command leftovers runs a command and fails if anything of it stays behind: a
// process, or a file in the temporary folder that it hands to the command.
//
// It is not a supervisor: what it finds is named and ended, and the run counts
// as failed. It needs Linux, where a process can ask to be the parent of every
// orphan below it; so nothing escapes by forking twice or by emptying its
// environment.
//
//	leftovers [-grace 5s] COMMAND [ARGUMENT...]
//
// It exits with the command's own code, or with 1 for something left behind.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

func main() {
	grace := flag.Duration("grace", 5*time.Second, "how long processes may take to end after the command")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: leftovers [-grace 5s] COMMAND [ARGUMENT...]")
		os.Exit(2)
	}
	code, err := run(flag.Args(), *grace)
	if err != nil {
		fmt.Fprintln(os.Stderr, "leftovers:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// run runs the command in a temporary folder of its own and answers its exit
// code. The error names what the command left behind.
func run(command []string, grace time.Duration) (code int, err error) {
	folder, err := os.MkdirTemp("", "cs-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(folder)
	if err := os.Chmod(folder, 0o711); err != nil { // servers of the tests run as users of their own
		return 1, err
	}
	family, err := start(command, folder)
	if err != nil {
		return 1, err
	}
	code = family.wait()
	if err := family.disperse(grace); err != nil {
		return code, err
	}
	return code, empty(folder)
}

// empty tells which names are left in the folder.
func empty(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) == 0 {
		return err
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return fmt.Errorf("left in the temporary folder: %q", names)
}
