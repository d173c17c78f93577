package ui

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template"
	"text/template/parse"

	"github.com/countersign/countersign/assets"
)

// languages are those every sentence must exist in.
var languages = []string{"en", "de"}

// keyPattern is what a key looks like, in the code and nowhere else in it.
var keyPattern = regexp.MustCompile(`^[a-z]+(\.[a-z0-9-]+)+$`)

func TestEverySentenceExistsInEveryLanguageAndIsUsed(t *testing.T) {
	used := usedKeys(t)
	for _, language := range languages {
		sentences := sentencesOf(t, language)
		for key, at := range used {
			if _, ok := sentences[key]; !ok {
				t.Errorf("%s: %s has no sentence for %q", at, language, key)
			}
		}
		for key := range sentences {
			if used[key] == "" {
				t.Errorf("%s.json: nothing says %q", language, key)
			}
		}
	}
}

func TestLanguagesHaveTheSamePlacesInASentence(t *testing.T) {
	first := sentencesOf(t, languages[0])
	for _, language := range languages[1:] {
		for key, forms := range sentencesOf(t, language) {
			if want, got := places(t, first[key]), places(t, forms); !slices.Equal(want, got) {
				t.Errorf("%s: %q has the places %v, %s has %v", language, key, got, languages[0], want)
			}
			if len(first[key]) != len(forms) {
				t.Errorf("%s: %q has %d forms, %s has %d", language, key, len(forms), languages[0], len(first[key]))
			}
		}
	}
}

// The five words and the tone are part of the product: docs/design says why.
func TestSentencesKeepTheTone(t *testing.T) {
	unwanted := map[string]*regexp.Regexp{
		"en": regexp.MustCompile(`(?i)!|\bplease\b|\berrors?\b|\bOK\b|\btoken|\bcredential|\bfactor|\benrol|\bchallenge|\bverifier|\bchain\b|\bsubmit\b|\bfailed\b`),
		"de": regexp.MustCompile(`(?i)!|\bbitte\s|\bfehler|\bOK\b|\btoken|\bfaktor|\bkette\b|\bfehlgeschlagen\b`),
	}
	for language, pattern := range unwanted {
		for key, forms := range sentencesOf(t, language) {
			for _, sentence := range forms {
				if found := pattern.FindString(sentence); found != "" {
					t.Errorf("%s: %q says %q: %s", language, key, found, sentence)
				}
			}
		}
	}
}

// sentencesOf gives every form of every sentence of a language.
func sentencesOf(t *testing.T, language string) map[string][]string {
	t.Helper()
	raw, err := fs.ReadFile(assets.Translations(), language+".json")
	if err != nil {
		t.Fatal(err)
	}
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(raw, &entries); err != nil {
		t.Fatalf("%s: %v", language, err)
	}
	out := make(map[string][]string, len(entries))
	for key, entry := range entries {
		out[key] = formsOf(t, entry)
	}
	return out
}

func formsOf(t *testing.T, entry json.RawMessage) []string {
	t.Helper()
	var one string
	if json.Unmarshal(entry, &one) == nil {
		return []string{one}
	}
	var forms map[string]string
	if err := json.Unmarshal(entry, &forms); err != nil {
		t.Fatalf("%s: %v", entry, err)
	}
	return slices.Collect(maps.Values(forms))
}

// usedKeys finds every text that is a key in the code of the window and of what surrounds it.
func usedKeys(t *testing.T) map[string]string {
	t.Helper()
	var files []string
	for _, folder := range []string{".", "desktop"} {
		found, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	used, set := map[string]string{}, token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(set, name, source, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
				if key, err := strconv.Unquote(text.Value); err == nil && keyPattern.MatchString(key) {
					used[key] = set.Position(text.Pos()).String()
				}
			}
			return true
		})
	}
	return used
}

// places gives the names of the values a sentence has places for, sorted.
func places(t *testing.T, forms []string) []string {
	t.Helper()
	found := map[string]bool{}
	for _, form := range forms {
		tree, err := template.New("").Parse(form)
		if err != nil {
			t.Fatalf("%q: %v", form, err)
		}
		for _, node := range tree.Root.Nodes {
			if action, ok := node.(*parse.ActionNode); ok {
				found[action.Pipe.String()] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}
