package recipe_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/countersign/countersign/sync/front/recipe"
)

func TestEveryRecipeIsFilledIn(t *testing.T) {
	if len(recipe.Names()) == 0 {
		t.Fatal("there are none")
	}
	for _, name := range recipe.Names() {
		text, err := recipe.Render(name, recipe.Example())
		if err != nil || strings.Contains(text, "{{") || !strings.HasSuffix(text, "\n") {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
}

// A file with a gap where a name belongs would still be taken by many a program.
func TestNothingIsFilledInWithNothing(t *testing.T) {
	if text, err := recipe.Render("pam_radius", recipe.Values{RADIUS: "127.0.0.1:1812"}); err == nil {
		t.Errorf("without a secret it is %q", text)
	}
	if _, err := recipe.Render("no-such-thing", recipe.Example()); !errors.Is(err, recipe.ErrNone) {
		t.Error(err)
	}
}

// What a page shows can be printed too, and nothing is printed that is not there.
func TestEveryRecipeBelongsToAProgram(t *testing.T) {
	used := make(map[string]bool)
	for _, p := range recipe.Programs() {
		if got, ok := recipe.Find(p.Name); !ok || got.Own != p.Own {
			t.Errorf("%s is not found", p.Name)
		}
		used[p.Own] = true
		for _, file := range p.Files {
			used[file.Recipe] = true
		}
	}
	for _, name := range recipe.Names() {
		if !used[name] {
			t.Errorf("%s belongs to no program", name)
		}
		delete(used, name)
	}
	for name := range used {
		t.Errorf("there is no recipe %s", name)
	}
}
