// Command platforms type-checks this module's programs for the systems that
// nobody here can build for: phones, macOS, Windows and the web.
//
// It needs no C compiler, no NDK and no SDK: cgo is on, and import "C" is taken
// on trust. So it finds a name that one system lacks and a file that one system
// leaves out; it does not see C code, and it does not link. Mistakes are looked
// for in our own module only, and lists of files in every module.
//
//	platforms [DIR]
//
// It exits with 1 for a mistake, and also when there is nothing to check.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	dir := "."
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	if err := run(dir); err != nil {
		fmt.Fprintln(os.Stderr, "platforms:", err)
		os.Exit(1)
	}
}

// run checks the module in dir and prints a line for each target.
func run(dir string) error {
	// Positions are printed as paths below dir, whatever way it was named.
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	programs, err := findPrograms(dir)
	if err != nil {
		return err
	}
	failed := 0
	for _, r := range checkAll(dir, programs, targets) {
		fmt.Println(r.summary())
		for _, mistake := range r.mistakes {
			fmt.Println("  " + mistake)
		}
		if len(r.mistakes) > 0 {
			failed++
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d targets have mistakes", failed, len(targets))
	}
	return nil
}
