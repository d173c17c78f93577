package kit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"text/template"
	"time"

	"github.com/countersign/countersign/assets"
)

// words are the sentences of one language by their keys.
type words map[string]string

// monthKeys are the names of the months, which the window says as well.
var monthKeys = [...]string{
	"month.january", "month.february", "month.march", "month.april", "month.may", "month.june", "month.july",
	"month.august", "month.september", "month.october", "month.november", "month.december",
}

// PrinterWarning says in the person's language what a printer may remember. It is
// to be read before Print.
func PrinterWarning(language string) (string, error) {
	w, err := wordsIn(language)
	if err != nil {
		return "", err
	}
	return w.say("kit.printer"), nil
}

// wordsIn reads the sentences of a language, English where it has none.
func wordsIn(language string) (words, error) {
	base, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(language), "_", "-"), "-")
	files := assets.Translations()
	if _, err := fs.Stat(files, "kit/"+base+".json"); err != nil {
		base = "en"
	}
	all := words{}
	for _, name := range []string{base + ".json", "kit/" + base + ".json"} {
		if err := all.read(files, name); err != nil {
			return nil, fmt.Errorf("reading the kit's sentences %q: %w", name, err)
		}
	}
	return all, nil
}

// read adds a file's sentences; those that have forms for numbers are left out.
func (w words) read(files fs.FS, name string) error {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	var entries map[string]any
	if err := json.Unmarshal(raw, &entries); err != nil {
		return err
	}
	for key, entry := range entries {
		if sentence, ok := entry.(string); ok {
			w[key] = sentence
		}
	}
	return nil
}

// say gives a sentence, its key where there is none.
func (w words) say(key string) string {
	if sentence := w[key]; sentence != "" {
		return sentence
	}
	return key
}

// date writes a day as the window does.
func (w words) date(t time.Time) (string, error) {
	form, err := template.New("").Parse(w.say("when.date-year"))
	if err != nil {
		return "", fmt.Errorf("writing the date: %w", err)
	}
	var b bytes.Buffer
	err = form.Execute(&b, map[string]any{"Day": t.Day(), "Month": w.say(monthKeys[t.Month()-1]), "Year": t.Year()})
	if err != nil {
		return "", fmt.Errorf("writing the date: %w", err)
	}
	return b.String(), nil
}
