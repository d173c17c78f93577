package ui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// everyWaitKind reads from the backend's own list what can be waited for.
func everyWaitKind(t *testing.T) (kinds []api.WaitKind) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../sync/api/regain.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if of, ok := spec.Type.(*ast.Ident); ok && of.Name == "WaitKind" {
			kind, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			kinds = append(kinds, api.WaitKind(kind))
		}
		return true
	})
	if !slices.Contains(kinds, api.WaitRemove) {
		t.Fatalf("found only the kinds %q", kinds)
	}
	return kinds
}

// kindWaits is a wait that another device asked for, or nobody's.
func kindWaits(kind api.WaitKind) func(v *app.View) {
	return func(v *app.View) {
		family(v)
		w := app.Wait{ID: trust.WaitID{5}, Kind: kind, Since: noon.Add(-day), Until: noon.Add(2 * day)}
		switch kind {
		case api.WaitRenew:
		case api.WaitRemove:
			w.Device, w.Name = trust.DeviceID{2}, "Kitchen tablet"
		default:
			w.Device, w.Name = trust.DeviceID{2}, "Pixel 9"
		}
		v.Waits = append(v.Waits, w)
	}
}

// No kind of wait borrows the words of another; a new one needs its own.
func TestEveryKindOfWaitHasItsOwnWords(t *testing.T) {
	speak(t, "en")
	said := map[string]api.WaitKind{}
	for _, kind := range append(everyWaitKind(t), "from-the-future") {
		_, known := waitWordings()[string(kind)]
		if known == (kind == "from-the-future") {
			t.Errorf("%q: has words of its own: %t", kind, known)
		}
		w := wordsOf(app.Wait{Kind: kind})
		for _, key := range []string{w.head, w.with, w.over, w.title, w.body, w.stop, w.stopped} {
			if other, taken := said[key]; taken || say(key) == key {
				t.Errorf("%q says %q, as %q does", kind, key, other)
			}
			said[key] = kind
		}
	}
}

// Wherever a wait is shown, its own words are there.
func TestEveryKindOfWaitIsToldInItsWordsEverywhere(t *testing.T) {
	for _, kind := range append(everyWaitKind(t), "from-the-future") {
		u := newTester(t, &device{view: annas(kindWaits(kind))}, phone)
		w := u.view.Waits[0]
		words, told := wordsOf(w), func(key string) string { return u.toldOf(w, key) }
		u.mustSay(told(words.head), u.waitLine(w))
		if !strings.HasPrefix(u.waitLine(w), told(words.with)) {
			t.Errorf("%q: the line is %q", kind, u.waitLine(w))
		}
		u.tap("Look closer")
		u.mustSay(told(words.title), told(words.body))
		u.look(func(v *app.View) { v.Waits[0].Over = true })
		u.mustSay(told(words.over))
		u.tap("Stop it")
		u.mustSay(told(words.stop))
		u.tap("Stop it")
		u.mustSay(told(words.stopped))
		u.goTo(&stopListPage{u: u.UI, waits: []app.Wait{w}})
		u.raise(nil)
		u.mustSay(told(words.head))
	}
}

func TestWaitOfTheOperatorIsNotTakenForAnother(t *testing.T) {
	u := newTester(t, &device{view: annas(kindWaits(api.WaitRenew))}, phone)
	u.mustSay("Your account would be begun anew", "The operator was asked to. Until 24 November, 21:14.")
	u.mustNotSay("“a trusted device” switches two-step sign-in off")
	u.tap("Stop it")
	u.mustSay("Your account stays as it is. Asking the operator again begins the wait from the start.")
}

func TestWaitForARemovalNamesBothDevices(t *testing.T) {
	for _, size := range []fyne.Size{phone, wide} {
		u := newTester(t, &device{view: annas(kindWaits(api.WaitRemove))}, size)
		u.mustSay("“Kitchen tablet” would be removed")
		u.tap("Look closer")
		u.mustSay("“Pixel 9” asked to remove “Kitchen tablet”, as its second within a day. That waits, so that a thief cannot remove all others at once.")
		u.tap("Stop it")
		u.tap("Stop it")
		u.mustSay("“Kitchen tablet” stays. If it was not you, somebody holds “Pixel 9”: remove it.")
		u.tap("See your devices")
		u.mustSay("Trusted devices")
	}
}
