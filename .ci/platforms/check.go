package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"runtime"
	"strings"
	"sync"
	"time"
)

// report is what one target's check found.
type report struct {
	target   target
	programs []string
	packages int
	mistakes []string
	took     time.Duration
}

func (r report) summary() string {
	verdict := "no mistakes"
	if len(r.mistakes) > 0 {
		verdict = fmt.Sprintf("%d mistakes", len(r.mistakes))
	}
	return fmt.Sprintf("%-14s %s, %d packages, %.1f s: %s",
		r.target, strings.Join(r.programs, " "), r.packages, r.took.Seconds(), verdict)
}

// checkAll checks the programs for every target, as many targets at a time as
// there are processors, and answers in the order of the targets.
func checkAll(dir string, programs []string, targets []target) []report {
	src := &source{fset: token.NewFileSet()}
	reports := make([]report, len(targets))
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for i, t := range targets {
		all.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			begin := time.Now()
			reports[i] = check(dir, src, t, t.choose(programs))
			reports[i].took = time.Since(begin)
		})
	}
	all.Wait()
	return reports
}

// check type-checks the programs and all they depend on for one target.
func check(dir string, src *source, t target, programs []string) report {
	r := report{target: t, programs: programs}
	if len(programs) == 0 {
		r.mistakes = []string{"there is no program to check"}
		return r
	}
	packages, err := list(dir, t, programs)
	if err != nil {
		r.mistakes = []string{err.Error()}
		return r
	}
	c := checker{dir: dir, src: src, target: t, done: map[string]*types.Package{}}
	for _, p := range packages {
		c.check(p)
	}
	r.packages, r.mistakes = len(packages), c.mistakes
	return r
}

// checker type-checks one target's packages, dependencies first.
type checker struct {
	dir      string // the module's root, absolute
	src      *source
	target   target
	done     map[string]*types.Package
	mistakes []string
}

func (c *checker) check(p listed) {
	if p.ImportPath == "unsafe" {
		c.done[p.ImportPath] = types.Unsafe
		return
	}
	if p.Error != nil {
		c.mistake(p.Error.Pos + ": " + p.Error.Err)
	}
	files := c.parse(p)
	if len(files) == 0 {
		return // listed with an Error, and whoever imports it fails in turn
	}
	config := types.Config{
		Importer:         importer{c.done, p.ImportMap},
		Sizes:            types.SizesFor("gc", c.target.processor),
		FakeImportC:      true,
		IgnoreFuncBodies: !p.own(),
		Error: func(err error) {
			if p.own() {
				c.mistake(err.Error())
			}
		},
	}
	if p.own() && p.Module.GoVersion != "" {
		config.GoVersion = "go" + p.Module.GoVersion
	}
	// The error is one that Error has had already.
	c.done[p.ImportPath], _ = config.Check(p.ImportPath, c.src.fset, files, nil)
}

func (c *checker) parse(p listed) []*ast.File {
	var files []*ast.File
	for _, path := range p.paths() {
		file, err := c.src.parse(path, p.own())
		if err != nil {
			c.mistake(err.Error())
			continue
		}
		files = append(files, file)
	}
	return files
}

// mistake keeps a complaint, once, with positions told from the module's root.
func (c *checker) mistake(text string) {
	text = strings.ReplaceAll(strings.TrimPrefix(text, ": "), c.dir+"/", "")
	for _, m := range c.mistakes {
		if m == text {
			return
		}
	}
	c.mistakes = append(c.mistakes, text)
}

// importer finds what a package imports among the packages done before it.
type importer struct {
	done    map[string]*types.Package
	renamed map[string]string // of vendored packages
}

func (i importer) Import(path string) (*types.Package, error) {
	if to, ok := i.renamed[path]; ok {
		path = to
	}
	if p := i.done[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%q has no files for this system", path)
}
