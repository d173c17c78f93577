package ci

import (
	"fmt"
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Limits in lines; chosen arbitrarily, low enough that a file is one noun and a
// function one thought.
const (
	longestFile     = 400
	longestTestFile = 600
	longestFunc     = 100
	longestMain     = 40
)

// emptyNames say nothing about what a package is.
var emptyNames = []string{"util", "utils", "common", "helper", "helpers", "types", "misc", "base", "shared"}

// shape answers what in the tree is out of shape.
func shape(t *tree) []string {
	var complaints []string
	for dir, f := range t.packages {
		complaints = append(complaints, checkFolder(dir, f)...)
		for _, file := range f.files {
			if !ast.IsGenerated(file.ast) {
				complaints = append(complaints, checkLength(file)...)
			}
			complaints = append(complaints, checkDecls(t, file)...)
			complaints = append(complaints, checkSentences(t, file)...)
		}
	}
	for _, x := range t.texts {
		complaints = append(complaints, checkText(x)...)
	}
	slices.Sort(complaints)
	return complaints
}

// checkFolder looks at a package as a whole.
func checkFolder(dir string, f *folder) []string {
	var complaints []string
	if dir == "sync" {
		complaints = append(complaints, "sync: no Go files here, its name would hide the standard package's")
	}
	documented, onlyTests := false, true
	for _, file := range f.files {
		onlyTests = onlyTests && file.test
	}
	for _, file := range f.files {
		if file.ast.Doc != nil && (onlyTests || !file.test) {
			documented = true
		}
		if name := strings.TrimSuffix(file.ast.Name.Name, "_test"); slices.Contains(emptyNames, name) {
			complaints = append(complaints, fmt.Sprintf("%s: the name %s says nothing about the package", file.path, name))
		}
	}
	if !documented {
		complaints = append(complaints, fmt.Sprintf("%s: the package has no comment", dir))
	}
	return complaints
}

func checkLength(file source) []string {
	limit := longestFile
	if file.test {
		limit = longestTestFile
	}
	if file.lines <= limit {
		return nil
	}
	return []string{fmt.Sprintf("%s: %d lines, at most %d", file.path, file.lines, limit)}
}

// checkDecls looks at the functions of a file.
func checkDecls(t *tree, file source) []string {
	var complaints []string
	for _, decl := range file.ast.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		at, name := t.fset.Position(f.Pos()), f.Name.Name
		if name == "init" && f.Recv == nil {
			complaints = append(complaints, fmt.Sprintf("%s: no init: what has to happen is called by name", at))
		}
		limit := longestFunc
		if name == "main" && file.ast.Name.Name == "main" {
			limit = longestMain
		}
		if lines := t.fset.Position(f.End()).Line - at.Line + 1; lines > limit {
			complaints = append(complaints, fmt.Sprintf("%s: %s has %d lines, at most %d", at, name, lines, limit))
		}
	}
	return complaints
}

// checkSentences looks at what the code says to people: the texts it hands to
// fmt, errors and the loggers. What it recognises in texts of others is free.
func checkSentences(t *tree, file source) []string {
	var complaints []string
	ast.Inspect(file.ast, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || file.test || !speaks(call) {
			return true
		}
		for _, arg := range call.Args {
			if literal, ok := arg.(*ast.BasicLit); ok && strings.Contains(literal.Value, "failed to ") {
				complaints = append(complaints, fmt.Sprintf("%s: failed to: name the step instead, as in \"opening vault: …\"", t.fset.Position(arg.Pos())))
			}
		}
		return true
	})
	return complaints
}

// speaks reports whether the call makes a sentence for people.
func speaks(call *ast.CallExpr) bool {
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := s.X.(*ast.Ident)
	return ok && slices.Contains([]string{"fmt", "errors", "log", "slog"}, pkg.Name)
}

// unwanted are words that have no place in what is handed on. The patterns are
// written so that they do not find themselves.
var unwanted = []struct {
	pattern *regexp.Regexp
	why     string
}{
	{regexp.MustCompile(`(?:^|[\s"'(=:` + "`" + `])/(?:work|root|home|Users)/`), "the path is of one machine only"},
	{regexp.MustCompile(`\b(?:TO[D]O|FIX[M]E)\b`), "finish it, or open an issue"},
	{regexp.MustCompile(`(?m)^(?:<{7} |>{7} )`), "a merge was not finished"},
}

func checkText(x text) []string {
	var complaints []string
	for i, line := range strings.Split(x.body, "\n") {
		for _, u := range unwanted {
			if found := u.pattern.FindString(line); found != "" {
				complaints = append(complaints, fmt.Sprintf("%s:%d: %q: %s", x.path, i+1, found, u.why))
			}
		}
		if path.Base(x.path) == "go.mod" && strings.HasPrefix(strings.TrimSpace(line), "replace") {
			complaints = append(complaints, fmt.Sprintf("%s:%d: no replace: others cannot build on it", x.path, i+1))
		}
	}
	return complaints
}

func TestShape(t *testing.T) {
	for _, complaint := range shape(house(t)) {
		t.Error(complaint)
	}
}
