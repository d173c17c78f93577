package ci

import (
	"fmt"
	"go/ast"
	"os"
	"slices"
	"strings"
	"testing"
)

// arrow says which of our own packages a package may import. Where several
// speak of one package, the most exact one counts.
type arrow struct {
	from  string   // a folder, or with "/..." all below it as well
	to    []string // for its own code
	tests []string // for its tests, beside to and what is below the package
}

// arrows are the house: words and rules at the bottom, windows and processes
// at the top. A package without an arrow here is a complaint.
var arrows = []arrow{
	{from: ".", to: []string{"..."}},
	{from: ".ci/...", to: []string{"..."}},
	{from: "assets/..."},

	{from: "trust"},
	{from: "trust/chain", to: []string{"trust"}},
	{from: "trust/pair", to: []string{"trust", "trust/chain"}},
	{from: "trust/offline", to: []string{"trust"}},
	{from: "trust/apppass", to: []string{"trust"}},
	{from: "trust/verify", to: []string{"trust", "trust/chain", "trust/offline", "trust/apppass"}},

	{from: "app/...", to: []string{"app/...", "trust/...", "sync/api", "sync/client"}, tests: []string{"sync/..."}},
	{from: "app/clientsetup", to: []string{"app"}, tests: []string{"trust/apppass"}},
	{from: "app/kit", to: []string{"trust", "assets/..."}},
	{from: "app/vault/...", to: []string{"trust"}},
	{from: "app/cmd/...", to: []string{"app/...", "trust/...", "sync/api", "sync/client", "assets/..."}, tests: []string{"sync/..."}},

	{from: "ui/...", to: []string{"app", "app/clientsetup", "trust", "trust/apppass", "assets/...", "ui/..."}, tests: []string{"app/...", "sync/api"}},
	{from: "ui/desktop", to: []string{"app", "ui", "assets/..."}},
	{from: "ui/scan"},
	{from: "ui/theme", to: []string{"assets/..."}},
	{from: "ui/widgets/...", to: []string{"assets/...", "ui/theme"}, tests: []string{"ui/scan"}},

	{from: "sync/api/...", to: []string{"trust/...", "sync/api"}},
	{from: "sync/client", to: []string{"trust/...", "sync/api"}, tests: []string{"sync/..."}},
	{from: "sync/server", to: []string{"trust/...", "sync/api", "sync/store", "sync/notice", "sync/front"}, tests: []string{"sync/..."}},
	{from: "sync/store/...", to: []string{"trust", "trust/chain", "sync/store/..."}},
	{from: "sync/web", to: []string{"trust", "sync/server", "sync/api", "assets/..."}, tests: []string{"trust/...", "sync/..."}},
	{from: "sync/front/...", to: []string{"trust/...", "sync/front/..."}, tests: []string{"sync/..."}},
	{from: "sync/notice/...", to: []string{"trust", "sync/api", "assets/...", "sync/notice/..."}},
	{from: "sync/backend", to: []string{"trust/...", "sync/..."}},
	{from: "sync/cmd/...", to: []string{"sync/...", "trust/...", "assets/..."}, tests: []string{"app/..."}},
}

// reserve keeps packages of others to the few folders that may know of them.
type reserve struct {
	what  []string // import paths
	for_  []string // folders that may import them
	tests []string // folders whose tests may as well
	why   string
}

var reserves = []reserve{
	{
		what: []string{"fyne.io/fyne/v2/app"},
		for_: []string{".", ".ci/e2e/..."},
		why:  "it brings cgo and OpenGL, which no test without a window should need",
	}, {
		what: []string{"fyne.io/..."},
		for_: []string{".", "ui/...", ".ci/..."},
		why:  "only the window knows the toolkit",
	}, {
		what:  []string{"github.com/makiuchi-d/gozxing/...", "github.com/blackjack/webcam/...", "github.com/kbinani/screenshot/...", "github.com/jezek/xgb/..."},
		for_:  []string{"ui/scan"},
		tests: []string{"app/kit", "app/terminal"},
		why:   "pictures are hostile and the screen is private, which only the scanner looks after",
	}, {
		what: []string{"database/sql/...", "modernc.org/sqlite/...", "github.com/pressly/goose/...", "github.com/jackc/pgx/..."},
		for_: []string{"sync/store/..."},
		why:  "only the store knows the engine",
	}, {
		what: []string{"github.com/zalando/go-keyring"},
		for_: []string{"app/vault/..."},
		why:  "its calls can block for ever, which only the vault guards against",
	}, {
		what: []string{"github.com/pquerna/otp/..."},
		for_: []string{"trust/offline"},
		why:  "its checks take one code twice, which only our own step window prevents",
	}, {
		what:  []string{"net", "net/http/...", "net/rpc/...", "net/smtp", "os/...", "syscall", "log/...", "crypto/rand", "math/rand/..."},
		for_:  []string{".", ".ci/...", "app/...", "assets/...", "ui/...", "sync/..."},
		tests: []string{"trust/..."},
		why:   "rules take what they need as arguments: they reach for no network, no file, no log, no chance",
	}, {
		what:  []string{"testing/...", "net/http/httptest", "github.com/google/go-cmp/...", "pgregory.net/rapid", "github.com/rogpeppe/go-internal/...", "github.com/chromedp/..."},
		for_:  []string{".ci/...", "sync/store/storetest", "sync/api/apitest", "sync/notice/noticetest"},
		tests: []string{"..."},
		why:   "what only tests need stays out of the programs",
	},
}

// clocks are what time offers to those who do not get the time as an argument.
var clocks = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}

// layers answers what in the tree breaks an arrow or a reserve.
func layers(t *tree) []string {
	var complaints []string
	for dir, f := range t.packages {
		a := arrowFrom(dir)
		if a == nil {
			complaints = append(complaints, fmt.Sprintf("%s: no arrow in .ci/layers_test.go starts here", dir))
			continue
		}
		for _, file := range f.files {
			complaints = append(complaints, a.check(t, dir, file)...)
			complaints = append(complaints, checkReserves(t, dir, file)...)
			if matches(dir, []string{"trust/..."}) && !file.test {
				complaints = append(complaints, readsClock(t, file)...)
			}
		}
	}
	slices.Sort(complaints)
	return complaints
}

// arrowFrom finds the most exact arrow for a folder, nil for none.
func arrowFrom(dir string) *arrow {
	var best *arrow
	for i, a := range arrows {
		exact := a.from == dir
		if exact || matches(dir, []string{a.from}) && (best == nil || len(a.from) > len(best.from)) {
			best = &arrows[i]
		}
		if exact {
			break
		}
	}
	return best
}

// check answers those imports of a file that the arrow does not allow.
func (a *arrow) check(t *tree, dir string, file source) []string {
	allowed := a.to
	if file.test {
		allowed = slices.Concat(a.to, a.tests, []string{dir + "/..."})
	}
	var complaints []string
	for name, pos := range file.imports() {
		to, ours := below(name)
		if !ours {
			continue
		}
		if !matches(to, allowed) || to == "." || strings.HasPrefix(to, ".ci") && !strings.HasPrefix(dir, ".ci") {
			complaints = append(complaints, fmt.Sprintf("%s: %s must not import %s", t.fset.Position(pos), dir, to))
		}
	}
	return complaints
}

// checkReserves answers those imports of a file that others are kept for.
func checkReserves(t *tree, dir string, file source) []string {
	var complaints []string
	for name, pos := range file.imports() {
		for _, r := range reserves {
			free := matches(dir, r.for_) || file.test && matches(dir, r.tests)
			if matches(name, r.what) && !free {
				complaints = append(complaints, fmt.Sprintf("%s: %s must not import %s: %s", t.fset.Position(pos), dir, name, r.why))
			}
		}
	}
	return complaints
}

// readsClock answers where a file looks at the clock.
func readsClock(t *tree, file source) []string {
	var complaints []string
	ast.Inspect(file.ast, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if pkg, ok := s.X.(*ast.Ident); ok && pkg.Name == "time" && slices.Contains(clocks, s.Sel.Name) {
				complaints = append(complaints, fmt.Sprintf("%s: time.%s: rules get the time as an argument", t.fset.Position(s.Pos()), s.Sel.Name))
			}
		}
		return true
	})
	return complaints
}

func TestLayers(t *testing.T) {
	for _, complaint := range layers(house(t)) {
		t.Error(complaint)
	}
}

// house reads the source that this test is part of.
func house(t *testing.T) *tree {
	t.Helper()
	read, err := readTree(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	if read.packages["trust"] == nil || read.packages[".ci"] == nil {
		t.Fatalf("%d packages found, trust not among them: this is not the root of the source", len(read.packages))
	}
	return read
}
