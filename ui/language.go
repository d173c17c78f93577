package ui

import (
	"fmt"
	"io/fs"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/countersign/countersign/assets"
)

// Speak loads the sentences and picks the system's language among them, English
// if it is none of them. It is called once, before New.
func Speak() error {
	translations := assets.Translations()
	files, err := fs.Glob(translations, "*.json")
	if err != nil {
		return fmt.Errorf("listing translations: %w", err)
	}
	for _, name := range files {
		sentences, err := fs.ReadFile(translations, name)
		if err != nil {
			return fmt.Errorf("reading translation %q: %w", name, err)
		}
		if err := lang.AddTranslations(fyne.NewStaticResource(name, sentences)); err != nil {
			return fmt.Errorf("reading translation %q: %w", name, err)
		}
	}
	return nil
}
