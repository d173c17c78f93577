package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// listed is one package as `go list -json` tells it.
type listed struct {
	ImportPath, Dir   string
	GoFiles, CgoFiles []string
	ImportMap         map[string]string
	Module            *struct {
		Main      bool
		GoVersion string
	}
	Error *struct{ Pos, Err string }
}

// own reports whether the package belongs to the module that is checked.
func (p listed) own() bool { return p.Module != nil && p.Module.Main }

// paths are the package's source files.
func (p listed) paths() []string {
	var paths []string
	for _, names := range [][]string{p.GoFiles, p.CgoFiles} {
		for _, name := range names {
			paths = append(paths, filepath.Join(p.Dir, name))
		}
	}
	return paths
}

// findPrograms answers the module's main packages as folders: ".", "./x/cmd/y".
func findPrograms(dir string) ([]string, error) {
	out, err := goList(dir, os.Environ(), "-e", "-f", `{{if eq .Name "main"}}{{.Dir}}{{end}}`, "./...")
	if err != nil {
		return nil, err
	}
	var programs []string
	for _, path := range strings.Fields(string(out)) {
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return nil, err
		}
		programs = append(programs, strings.TrimSuffix("./"+filepath.ToSlash(rel), "/."))
	}
	if len(programs) == 0 {
		return nil, errors.New("there is no program to check")
	}
	return programs, nil
}

// list answers the programs with all they depend on, dependencies first.
func list(dir string, t target, programs []string) ([]listed, error) {
	args := []string{"-deps", "-e", "-json=ImportPath,Dir,GoFiles,CgoFiles,ImportMap,Module,Error"}
	out, err := goList(dir, append(os.Environ(), t.env()...), append(args, programs...)...)
	if err != nil {
		return nil, err
	}
	var packages []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading go list: %w", err)
		}
		packages = append(packages, p)
	}
}

func goList(dir string, env []string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Dir, cmd.Env = dir, env
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return nil, fmt.Errorf("go list: %w: %s", err, exit.Stderr)
	}
	return out, err
}
