package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// module writes a module of the given files and answers its folder.
func module(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files["go.mod"] = "module example.org/planted\n\ngo 1.26.0\n"
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// mistakes checks the module and answers the mistakes of each target.
func mistakes(t *testing.T, dir string) map[string][]string {
	t.Helper()
	programs, err := findPrograms(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, r := range checkAll(dir, programs, targets) {
		found[r.target.String()] = r.mistakes
	}
	return found
}

const harmless = "package main\n\nfunc main() {}\n"

func TestPlantedMistakes(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		where []string // targets that must complain, all others must not
		want  string
	}{
		"none": {files: map[string]string{"main.go": harmless}},
		"wrong type in one system's file": {
			files: map[string]string{"main.go": harmless, "x_windows.go": "package main\n\nvar _ int = \"four\"\n"},
			where: []string{"windows/amd64"},
			want:  "x_windows.go:3:13",
		},
		"wrong type behind import C": {
			files: map[string]string{"main.go": harmless, "x_android.go": "package main\n\nimport \"C\"\n\nvar _ C.int\nvar _ int = \"four\"\n"},
			where: []string{"android/arm64"},
			want:  "x_android.go:6:13",
		},
		"name that one system lacks": {
			files: map[string]string{
				"main.go":      "package main\n\nimport \"example.org/planted/sub\"\n\nfunc main() { sub.F() }\n",
				"sub/sub.go":   "package sub\n",
				"sub/other.go": "//go:build !ios\n\npackage sub\n\nfunc F() {}\n",
			},
			where: []string{"ios/arm64"},
			want:  "undefined: sub.F",
		},
		"package that one system lacks": {
			files: map[string]string{
				"main.go":      "package main\n\nimport _ \"example.org/planted/sub\"\n\nfunc main() {}\n",
				"sub/other.go": "//go:build !js\n\npackage sub\n",
			},
			where: []string{"js/wasm"},
			want:  "build constraints exclude all Go files",
		},
		"syntax": {
			files: map[string]string{"main.go": harmless, "x_darwin.go": "package main\n\nfunc {\n"},
			where: []string{"darwin/arm64", "ios/arm64"}, // Go reads _darwin on iOS too
			want:  "x_darwin.go:3:6",
		},
		"program below a cmd folder": {
			files: map[string]string{"main.go": harmless, "x/cmd/y/main.go": harmless, "x/cmd/y/y_js.go": "package main\n\nvar _ int = \"four\"\n", "x/cmd/y/y_windows.go": "package main\n\nvar _ int = \"four\"\n"},
			where: []string{"windows/amd64"}, // a browser runs the window only
			want:  "x/cmd/y/y_windows.go:3:13",
		},
	} {
		t.Run(name, func(t *testing.T) {
			found := mistakes(t, module(t, c.files))
			for _, where := range c.where {
				if !strings.Contains(strings.Join(found[where], "\n"), c.want) {
					t.Errorf("%s: %q, want %q among them", where, found[where], c.want)
				}
				delete(found, where)
			}
			for where, m := range found {
				if len(m) > 0 {
					t.Errorf("%s: %q, want none", where, m)
				}
			}
		})
	}
}

func TestRunFailsForAMistake(t *testing.T) {
	if err := run(module(t, map[string]string{"main.go": harmless})); err != nil {
		t.Errorf("a module without mistakes: %v", err)
	}
	if err := run(module(t, map[string]string{"main.go": harmless, "x_ios.go": "package main\n\nvar _ = missing\n"})); err == nil {
		t.Error("a module with a mistake passes")
	}
	if err := run(module(t, map[string]string{"lib/lib.go": "package lib\n"})); err == nil {
		t.Error("a module without a program passes")
	}
}
