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
