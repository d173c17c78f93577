package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"sync"
)

// source parses every file once, however many targets share it. It is safe for
// concurrent use; the trees it answers are only read.
type source struct {
	fset  *token.FileSet
	files sync.Map // path -> func() (*ast.File, error)
}

// parse answers the tree of one file. Bodies of functions of other modules are
// dropped: their mistakes are not ours, and they are most of the memory.
func (s *source) parse(path string, bodies bool) (*ast.File, error) {
	once := sync.OnceValues(func() (*ast.File, error) {
		file, err := parser.ParseFile(s.fset, path, nil, parser.SkipObjectResolution)
		if file != nil && !bodies {
			dropBodies(file)
		}
		return file, err
	})
	f, _ := s.files.LoadOrStore(path, once)
	return f.(func() (*ast.File, error))()
}

func dropBodies(file *ast.File) {
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok {
			f.Body = nil
		}
	}
}
