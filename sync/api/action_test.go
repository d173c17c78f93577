package api_test

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/sync/api"
)

// What devices sign says the same to whoever reads it back.
func TestActionsAreReadAsTheyWereSaid(t *testing.T) {
	longest := strings.Repeat("ü", 32)
	for _, a := range []api.Action{
		{Op: api.ChangeCredential, Service: "Mail", Name: "Thunderbird on laptop"},
		{Op: api.ChangeRevoked, Service: "Mail", Name: "a: b"},
		{Op: api.ChangeCredential, Service: longest, Name: longest},
	} {
		got, ok := api.ParseAction(a.Sentence())
		if !ok || got != a || len(a.Sentence()) > 256 {
			t.Errorf("%q is read as %+v, %t", a.Sentence(), got, ok)
		}
	}
	split, ok := api.ParseAction(api.Action{Op: api.ChangeRevoked, Service: "Mail: old", Name: "x"}.Sentence())
	if !ok || split.Sentence() != "Remove the app password for Mail: old: x" {
		t.Errorf("a title with a colon becomes %+v", split)
	}
}

func TestWhatIsNoActionIsNotRead(t *testing.T) {
	for _, s := range []string{"", "Pay 49 € at Shop", "Make an app password for ", "Make an app password for Mail", "Make an app password for : x", "Make an app password for Mail: "} {
		if a, ok := api.ParseAction(s); ok {
			t.Errorf("%q is read as %+v", s, a)
		}
	}
	if s := (api.Action{Op: api.ChangeAdded, Service: "Mail", Name: "x"}).Sentence(); s != "" {
		t.Errorf("another change is said as %q", s)
	}
}
