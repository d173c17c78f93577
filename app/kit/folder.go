package kit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	// prefix begins the name of every folder with a page in it, and of no other.
	prefix = "countersign-page-"
	// leftover is how old a page must be before Sweep takes it for forgotten,
	// chosen arbitrarily: long enough to look at it and print it.
	leftover = time.Hour
)

// bases gives the folders that a page may lie in, best first: the session's own,
// which is memory and goes when the person signs out, else the one for what is
// temporary.
func bases() []string {
	all := []string{os.TempDir()}
	if own := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(own) {
		all = []string{own, os.TempDir()}
	}
	return all
}

// lay puts a page into a new folder that only this person can enter.
func lay(pdf []byte) (file string, err error) {
	var folder string
	for _, base := range bases() {
		if folder, err = os.MkdirTemp(base, prefix); err == nil {
			break
		}
	}
	if err != nil {
		return "", fmt.Errorf("laying out the page: %w", err)
	}
	file = filepath.Join(folder, "countersign.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		return "", errors.Join(fmt.Errorf("laying out the page: %w", err), os.RemoveAll(folder))
	}
	return file, nil
}

// Sweep removes the pages that an earlier run of the program left, those laid out
// over an hour before now. It is for every start; what belongs to others in a
// shared folder is passed over.
func Sweep(now time.Time) error {
	var problems []error
	for _, base := range bases() {
		found, err := os.ReadDir(base)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, fmt.Errorf("looking for forgotten pages: %w", err))
		}
		for _, entry := range found {
			if !strings.HasPrefix(entry.Name(), prefix) {
				continue
			}
			if err := sweep(filepath.Join(base, entry.Name()), now); err != nil {
				problems = append(problems, fmt.Errorf("removing a forgotten page: %w", err))
			}
		}
	}
	return errors.Join(problems...)
}

// sweep removes a folder if it is old, is one, and is ours.
func sweep(folder string, now time.Time) error {
	info, err := os.Lstat(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !info.IsDir() || now.Sub(info.ModTime()) <= leftover {
		return nil
	}
	err = os.RemoveAll(folder)
	if errors.Is(err, fs.ErrPermission) {
		return nil
	}
	return err
}
