// Package assets holds what is looked at and read: icons, fonts, colours and
// sentences, embedded. It knows neither Fyne nor HTML, so that the window and the
// pages share it.
//
// Fonts: IBM Plex, SIL Open Font License 1.1, see fonts/LICENSE.txt.
package assets

import (
	"embed"
	"io/fs"
)

//go:embed icons fonts translations colours.json
var files embed.FS

// Icon gives the drawing of a line icon ("signin", "recovery", …) as SVG, 24 by
// 24, every stroke "#000000" so that it can be coloured by replacing those bytes.
// An unknown name gives nil.
func Icon(name string) []byte { return read("icons/ui/" + name + ".svg") }

// IconNames lists the line icons.
func IconNames() []string {
	entries, err := files.ReadDir("icons/ui")
	if err != nil {
		return nil
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name()[:len(e.Name())-len(".svg")])
	}
	return names
}

// Art gives one of the larger drawings by file name: "mark.svg", "app.svg",
// "app-64.png", "app-256.png", "app-512.png", "tray-idle-64.png",
// "tray-asking-64.png", "tray-offline-64.png". An unknown name gives nil.
func Art(file string) []byte { return read("icons/" + file) }

// Font gives a typeface by file name, such as "IBMPlexSans-Regular.ttf". An
// unknown name gives nil.
func Font(file string) []byte { return read("fonts/" + file) }

// Translations gives the sentences of the app, one file for each language.
func Translations() fs.FS {
	sub, err := fs.Sub(files, "translations")
	if err != nil {
		return nil
	}
	return sub
}

func read(path string) []byte {
	b, err := files.ReadFile(path)
	if err != nil {
		return nil
	}
	return b
}
