// Package ci checks the shape of the source: who imports whom, and how long a
// file or a function may be. It is all tests, and it reads the source without
// building it, so it answers in a fraction of a second. It checks nothing that
// go vet checks. The house it holds the source to is drawn in CONTRIBUTING.md.
package ci

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// module is the import path of the folder that a tree is read from.
const module = "github.com/countersign/countersign"

// tree is the source as the checks see it.
type tree struct {
	fset     *token.FileSet
	packages map[string]*folder // by folder below the root, "." for the root
	texts    []text
}

// folder is a package together with its tests.
type folder struct {
	dir   string
	files []source
}

// source is one parsed Go file.
type source struct {
	path  string // below the root
	ast   *ast.File
	lines int
	test  bool
}

// text is any file that a person reads.
type text struct{ path, body string }

// readTree reads every file below the root of fsys. What is built and what is
// test data is passed over, as the go command does.
func readTree(fsys fs.FS) (*tree, error) {
	t := &tree{fset: token.NewFileSet(), packages: map[string]*folder{}}
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if passedOver(name) {
				return fs.SkipDir
			}
			return nil
		}
		return t.add(fsys, name)
	})
	return t, err
}

func passedOver(dir string) bool {
	return dir == ".git" || dir == "build" || path.Base(dir) == "testdata"
}

// add reads one file. Files that are not text, pictures and fonts, are left out.
func (t *tree) add(fsys fs.FS, name string) error {
	body, err := fs.ReadFile(fsys, name)
	if err != nil || bytes.IndexByte(body, 0) >= 0 {
		return err
	}
	t.texts = append(t.texts, text{name, string(body)})
	if path.Ext(name) != ".go" {
		return nil
	}
	parsed, err := parser.ParseFile(t.fset, name, body, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	dir := path.Dir(name)
	if t.packages[dir] == nil {
		t.packages[dir] = &folder{dir: dir}
	}
	t.packages[dir].files = append(t.packages[dir].files, source{
		path:  name,
		ast:   parsed,
		lines: bytes.Count(body, []byte("\n")),
		test:  strings.HasSuffix(name, "_test.go"),
	})
	return nil
}

// imports answers the import paths of a file with their positions.
func (s source) imports() map[string]token.Pos {
	found := map[string]token.Pos{}
	for _, spec := range s.ast.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		found[name] = spec.Pos()
	}
	return found
}

// below answers the folder of one of our own import paths.
func below(importPath string) (dir string, ours bool) {
	if importPath == module {
		return ".", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

// matches reports whether name is what one of the patterns means: itself, or
// with "/..." at the end also everything below. "..." alone means everything.
func matches(name string, patterns []string) bool {
	for _, p := range patterns {
		prefix, deep := strings.CutSuffix(p, "/...")
		if p == "..." || name == prefix || deep && strings.HasPrefix(name, prefix+"/") {
			return true
		}
	}
	return false
}
