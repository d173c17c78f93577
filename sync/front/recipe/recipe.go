// Package recipe is the ready configuration of the programs that ask Countersign: one
// template for each file, which the pages in docs/integrate show, countersignd prints,
// and the suites run.
//
// It starts no program and reads no configuration: whoever renders brings the values.
//
// Source: docs/integrate.
package recipe

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"text/template"
)

//go:embed *.tmpl
var files embed.FS

// ErrNone says that there is no such recipe.
var ErrNone = errors.New("no such recipe")

// Names lists the recipes, sorted.
func Names() (names []string) {
	found, _ := fs.Glob(files, "*.tmpl") // the pattern is right
	for _, f := range found {
		names = append(names, strings.TrimSuffix(f, ".tmpl"))
	}
	slices.Sort(names)
	return names
}

// Render fills a recipe in. ErrNone. A value that a recipe names must not be empty: a
// file with a gap would be taken and do something else.
func Render(name string, v Values) (string, error) {
	text, err := files.ReadFile(name + ".tmpl")
	if err != nil {
		return "", fmt.Errorf("%w: %q", ErrNone, name)
	}
	t, err := template.New(name).Option("missingkey=error").Funcs(template.FuncMap{"service": v.service}).Parse(string(text))
	if err != nil {
		return "", fmt.Errorf("reading the recipe %s: %w", name, err)
	}
	var out strings.Builder
	if err := t.Execute(&out, v.named()); err != nil {
		return "", fmt.Errorf("filling in the recipe %s: %w", name, err)
	}
	return out.String(), nil
}
