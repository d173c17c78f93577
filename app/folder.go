package app

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
)

// Folder gives the folder in which this person's device lives, the same for the
// window and the terminal: countersign in the system's place for a program's own
// data. It does not make it.
func Folder() (string, error) {
	base, err := dataHome()
	if err != nil {
		return "", err
	}
	if base == "" {
		return "", errors.New("finding the data folder: no home folder is known")
	}
	return filepath.Join(base, "countersign"), nil
}

func dataHome() (string, error) {
	switch runtime.GOOS {
	case "windows":
		return os.Getenv("LocalAppData"), nil
	case "darwin", "ios":
		return os.UserConfigDir() // ~/Library/Application Support
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return dir, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".local", "share"), nil
}
