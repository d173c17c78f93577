package main

import "strings"

// target is a system and a processor, in Go's words.
type target struct {
	system, processor string
	// windowOnly: only the program at the module's root makes sense there.
	windowOnly bool
}

// targets are those the README promises, apart from the one `make test` runs on.
var targets = []target{
	{system: "android", processor: "arm64"},
	{system: "ios", processor: "arm64"},
	{system: "darwin", processor: "arm64"},
	{system: "windows", processor: "amd64"},
	// A page in a browser has no terminal, and nobody can connect to it.
	{system: "js", processor: "wasm", windowOnly: true},
}

func (t target) String() string { return t.system + "/" + t.processor }

// env is what the go command has to be told.
func (t target) env() []string {
	return []string{"GOOS=" + t.system, "GOARCH=" + t.processor, "CGO_ENABLED=1"}
}

// choose answers those of the programs, given as folders below the module's
// root, that exist on the target.
func (t target) choose(programs []string) []string {
	var chosen []string
	for _, p := range programs {
		if !t.windowOnly || !strings.Contains(p, "/") {
			chosen = append(chosen, p)
		}
	}
	return chosen
}
