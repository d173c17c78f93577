package recipe_test

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/sync/front/recipe"
)

var write = flag.Bool("write", false, "write the recipes into the pages")

const pages = "../../../docs/integrate"

// shown is a recipe in a page: "<!-- recipe NAME [Field=value...] -->", then the text
// between fences.
var shown = regexp.MustCompile("(?s)<!-- recipe ([^\n]*) -->\n```\n(.*?)```\n")

// What a page tells people to copy is what the suites run.
func TestPagesShowTheRecipes(t *testing.T) {
	found, err := filepath.Glob(filepath.Join(pages, "*.md"))
	if err != nil || len(found) == 0 {
		t.Fatal(found, err)
	}
	var seen []string
	for _, path := range found {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := shown.ReplaceAllStringFunc(string(raw), func(block string) string {
			words := strings.Fields(shown.FindStringSubmatch(block)[1])
			seen = append(seen, words[0])
			return "<!-- recipe " + strings.Join(words, " ") + " -->\n```\n" + render(t, words) + "```\n"
		})
		if text == string(raw) {
			continue
		}
		if !*write {
			t.Errorf("%s shows something else than the recipes; go test ./sync/front/recipe -write", filepath.Base(path))
		} else if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range recipe.Names() {
		if !slices.Contains(seen, name) {
			t.Errorf("no page shows the recipe %s", name)
		}
	}
}

func render(t *testing.T, words []string) string {
	t.Helper()
	v := recipe.Example()
	for _, word := range words[1:] {
		name, value, _ := strings.Cut(word, "=")
		field := reflect.ValueOf(&v).Elem().FieldByName(name)
		if !field.IsValid() || value == "" {
			t.Fatalf("%q sets nothing", word)
		}
		field.SetString(value)
	}
	text, err := recipe.Render(words[0], v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
