package ci

import (
	"strings"
	"testing"
	"testing/fstest"
)

// plant answers a tree of the given files. Files that are Go and begin with
// "package" get a package comment, as most plants are not about that.
func plant(t *testing.T, files map[string]string) *tree {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, body := range files {
		if strings.HasSuffix(name, ".go") && strings.HasPrefix(body, "package") {
			body = "// Package p is planted.\n" + body
		}
		fsys[name] = &fstest.MapFile{Data: []byte(body)}
	}
	read, err := readTree(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// imports is a Go file of the package that imports the paths, ours beginning
// with a slash.
func imports(paths ...string) string {
	file := "package p\n"
	for _, p := range paths {
		if strings.HasPrefix(p, "/") {
			p = module + p
		}
		file += "import _ \"" + p + "\"\n"
	}
	return file
}

// expect fails unless there is exactly one complaint, with the word in it; or
// none at all where the word is empty.
func expect(t *testing.T, complaints []string, word string) {
	t.Helper()
	switch {
	case word == "" && len(complaints) > 0:
		t.Errorf("complaints %q, want none", complaints)
	case word != "" && (len(complaints) != 1 || !strings.Contains(complaints[0], word)):
		t.Errorf("complaints %q, want one with %q", complaints, word)
	}
}

func TestLayersFindsPlanted(t *testing.T) {
	for _, c := range []struct{ file, body, want string }{
		{"main.go", imports("/ui", "/app", "/sync/server", "/assets", "fyne.io/fyne/v2/app", "os"), ""},
		{"trust/x.go", imports("errors", "net/netip", "net/url", "time"), ""},
		{"trust/x.go", imports("/trust/chain"), "trust must not import trust/chain"},
		{"trust/x.go", imports("net/http"), "must not import net/http"},
		{"trust/chain/x.go", imports("/trust"), ""},
		{"trust/chain/x.go", imports("/trust/verify"), "must not import trust/verify"},
		{"trust/chain/x.go", imports("os"), "must not import os"},
		{"trust/chain/x.go", imports("database/sql"), "only the store knows the engine"},
		{"trust/chain/x_test.go", imports("os", "crypto/rand", "testing", "pgregory.net/rapid"), ""},
		{"trust/verify/x.go", imports("crypto/rand"), "must not import crypto/rand"},
		{"trust/verify/x.go", "package p\n\nimport \"time\"\n\nvar now = time.Now\n", "time.Now"},
		{"trust/verify/x_test.go", "package p\n\nimport \"time\"\n\nvar now = time.Now\n", ""},
		{"app/x.go", imports("/app/vault", "/trust/verify", "/sync/api", "/sync/client"), ""},
		{"app/x.go", imports("/sync/server"), "app must not import sync/server"},
		{"app/x_test.go", imports("/sync/server", "/sync/store/sqlite"), ""},
		{"app/x.go", imports("/ui"), "app must not import ui"},
		{"app/x_test.go", imports("/ui"), "app must not import ui"},
		{"app/x.go", imports("fyne.io/fyne/v2"), "only the window knows the toolkit"},
		{"ui/x.go", imports("github.com/makiuchi-d/gozxing"), "only the scanner"},
		{"app/x.go", imports("github.com/zalando/go-keyring"), "only the vault"},
		{"app/vault/x.go", imports("/trust", "github.com/zalando/go-keyring"), ""},
		{"app/vault/x.go", imports("/app"), "app/vault must not import app"},
		{"app/cmd/countersignctl/x.go", imports("/sync/server"), "must not import sync/server"},
		{"ui/x.go", imports("/app", "/ui/widgets", "fyne.io/fyne/v2/widget"), ""},
		{"ui/x.go", imports("fyne.io/fyne/v2/app"), "brings cgo and OpenGL"},
		{"ui/x_test.go", imports("fyne.io/fyne/v2/app"), "brings cgo and OpenGL"},
		{"ui/x.go", imports("/sync/api"), "ui must not import sync/api"},
		{"ui/widgets/x.go", imports("/app"), "ui/widgets must not import app"},
		{"sync/server/x.go", imports("/sync/store/sqlite"), "must not import sync/store/sqlite"},
		{"sync/server/x_test.go", imports("/sync/store/sqlite"), ""},
		{"sync/server/x.go", imports("/app"), "must not import app"},
		{"sync/store/sqlite/x.go", imports("/sync/store", "/trust/chain", "database/sql", "modernc.org/sqlite"), ""},
		{"sync/store/sqlite/x.go", imports("/sync/api"), "must not import sync/api"},
		{"sync/client/x.go", imports("/sync/server"), "must not import sync/server"},
		{"sync/client/x.go", imports("testing"), "stays out of the programs"},
		{"sync/store/storetest/x.go", imports("testing", "github.com/google/go-cmp/cmp"), ""},
		{"sync/front/x.go", imports("/sync/store"), "must not import sync/store"},
		{"sync/cmd/countersignd/x.go", imports("/app"), "must not import app"},
		{"sync/cmd/countersignd/x.go", imports("/."), "must not import ."},
		{"assets/x.go", imports("/trust"), "assets must not import trust"},
		{"ui/x.go", imports("/.ci/e2e"), "must not import .ci/e2e"},
		{"attic/x.go", imports(), "no arrow"},
	} {
		complaints := layers(plant(t, map[string]string{c.file: c.body}))
		t.Run(c.file, func(t *testing.T) { expect(t, complaints, c.want) })
	}
}

func TestShapeFindsPlanted(t *testing.T) {
	long := "package p\n\nfunc f() {\n" + strings.Repeat("\tf()\n", 99) + "}\n"
	for _, c := range []struct{ name, file, body, want string }{
		{"nothing", "a/x.go", "package p\n", ""},
		{"no comment", "a/x.go", "\npackage p\n", "has no comment"},
		{"comment only in a test", "a/x_test.go", "package p\n", ""},
		{"Go files in sync", "sync/x.go", "package sync\n", "no Go files here"},
		{"empty name", "a/x.go", "package util\n", "says nothing"},
		{"empty name of tests", "a/x_test.go", "package types_test\n", "says nothing"},
		{"init", "a/x.go", "package p\n\nfunc init() {}\n", "no init"},
		{"method init", "a/x.go", "package p\n\ntype t int\n\nfunc (t) init() {}\n", ""},
		{"long function", "a/x.go", long, "f has 101 lines"},
		{"longest function", "a/x.go", strings.Replace(long, "\tf()\n", "", 1), ""},
		{"long main", "a/x.go", strings.NewReplacer("package p", "package main", "f()", "main()").Replace(long), "main has 101 lines, at most 40"},
		{"long file", "a/x.go", "package p\n" + strings.Repeat("\n", 399), "401 lines, at most 400"},
		{"longest file", "a/x.go", "package p\n" + strings.Repeat("\n", 398), ""},
		{"longest test file", "a/x_test.go", "package p\n" + strings.Repeat("\n", 598), ""},
		{"long test file", "a/x_test.go", "package p\n" + strings.Repeat("\n", 599), "601 lines, at most 600"},
		{"long generated file", "a/x.go", "// Code generated by x. DO NOT EDIT.\n\n// Package p is planted.\npackage p\n" + strings.Repeat("\n", 999), ""},
		{"failed to", "a/x.go", "package p\n\nvar err = errors.New(\"failed to open\")\n", "failed to"},
		{"failed to, said by others", "a/x.go", "package p\n\nvar b = strings.Contains(s, \"failed to open\")\n", ""},
		{"machine path in a text", "README.md", "see /wo" + "rk/here", "one machine only"},
		{"machine path in a string", "a/x.go", "package p\n\nconst c = \"/ho" + "me/anna/x\"\n", "one machine only"},
		{"path that only looks like it", "README.md", "https://example.org/wo" + "rk/here", ""},
		{"unfinished", "docs/x.md", "TO" + "DO: say more", "finish it"},
		{"unfinished merge", "docs/x.md", strings.Repeat("<", 7) + " HEAD", "merge"},
		{"replace", "go.mod", "replace a => ../a", "no replace"},
	} {
		t.Run(c.name, func(t *testing.T) {
			expect(t, shape(plant(t, map[string]string{c.file: c.body})), c.want)
		})
	}
}

// A picture is not read as text, and test data may break every rule.
func TestTreePassesOver(t *testing.T) {
	read := plant(t, map[string]string{
		"assets/x.png":          "\x89PNG\x00 TO" + "DO",
		"trust/testdata/bad.go": "this is not Go",
		"build/x.go":            "this is not Go",
	})
	if len(read.packages) > 0 || len(read.texts) > 0 {
		t.Errorf("read %v and %v, want nothing", read.packages, read.texts)
	}
	if _, err := readTree(fstest.MapFS{"a/x.go": {Data: []byte("this is not Go")}}); err == nil {
		t.Error("a file that does not parse is passed over")
	}
}
