package main

import (
	_ "embed"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/assets"
)

// fyneApp is the one place for name, id and version. Fyne's own tools read it
// from the folder; a program that was just built has no folder, so it is embedded.
//
//go:embed FyneApp.toml
var fyneApp string

// readMetadata reads FyneApp.toml. It is ours and simple: a key, a value and no
// more on a line.
func readMetadata() fyne.AppMetadata {
	values := make(map[string]string)
	section := ""
	for line := range strings.Lines(fyneApp) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "["); ok {
			section = strings.TrimSuffix(name, "]") + "."
		}
		key, value, _ := strings.Cut(line, "=")
		values[section+strings.TrimSpace(key)] = strings.Trim(strings.TrimSpace(value), `"`)
	}
	build, _ := strconv.Atoi(values["Details.Build"]) // a release has one; 0 otherwise
	return fyne.AppMetadata{
		ID: values["Details.ID"], Name: values["Details.Name"], Version: values["Details.Version"], Build: build,
		Icon:       fyne.NewStaticResource("app-512.png", assets.Art("app-512.png")),
		Migrations: map[string]bool{"fyneDo": values["Migrations.fyneDo"] == "true" && !checksThreads},
	}
}
