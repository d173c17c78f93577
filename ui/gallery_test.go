package ui

import (
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"github.com/countersign/countersign/ui/widgets"
)

// hall is one way of looking at every scene.
type hall struct {
	name     string
	size     fyne.Size
	look     widgets.Appearance
	variant  fyne.ThemeVariant
	text     int // index into texts
	language string
}

func halls() []hall {
	return []hall{
		{"phone-light", phone, widgets.Light, theme.VariantLight, 0, "en"},
		{"wide-light", wide, widgets.Light, theme.VariantLight, 0, "en"},
		{"phone-dark", phone, widgets.Dark, theme.VariantDark, 0, "en"},
		{"wide-dark", wide, widgets.Dark, theme.VariantDark, 0, "en"},
		{"phone-contrast-light", phone, widgets.HighContrast, theme.VariantLight, 0, "en"},
		{"wide-contrast-dark", wide, widgets.HighContrast, theme.VariantDark, 0, "en"},
		{"phone-german", phone, widgets.Light, theme.VariantLight, 0, "de"},
		{"wide-german", wide, widgets.Light, theme.VariantLight, 0, "de"},
		{"phone-200", phone, widgets.Light, theme.VariantLight, 2, "en"},
		{"phone-200-german", phone, widgets.Light, theme.VariantLight, 2, "de"},
		{"wide-200", wide, widgets.Light, theme.VariantLight, 2, "en"},
	}
}

// The gallery draws every screen in every state, looks for what can go wrong in a
// drawing, and writes the pictures for people to judge.
func TestGallery(t *testing.T) {
	folder := os.Getenv("COUNTERSIGN_GALLERY")
	for _, h := range halls() {
		t.Run(h.name, func(t *testing.T) {
			speak(t, h.language)
			a := newApp(t, h.variant)
			a.Preferences().SetString(lookPreference, string(h.look))
			a.Preferences().SetInt(textPreference, h.text)
			for _, s := range scenes(t) {
				t.Run(s.name, func(t *testing.T) { hang(t, a, folder, h, s) })
			}
		})
	}
}

func hang(t *testing.T, a fyne.App, folder string, h hall, s scene) {
	u := openTester(t, &device{view: s.view, key: fixedKey(t)}, h.size, a)
	if s.do != nil {
		s.do(u)
	}
	inspect(u)
	if folder != "" {
		save(t, u, filepath.Join(folder, fmt.Sprintf("%s-%s.png", s.name, h.name)))
	}
}

func save(t *testing.T, u *tester, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, u.window.Canvas().Capture()); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
