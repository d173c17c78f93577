package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
)

// say gives an English sentence of the app, so that the story does not have to be
// told anew for another wording. values are pairs of a place and what stands in it.
func (d *desk) say(key string, values ...string) string {
	d.t.Helper()
	sentence := d.read(key, "assets", "translations", "en.json")
	for i := 0; i+1 < len(values); i += 2 {
		sentence = strings.ReplaceAll(sentence, "{{."+values[i]+"}}", values[i+1])
	}
	return sentence
}

// page gives an English sentence of the pages.
func (d *desk) page(key string) string {
	d.t.Helper()
	return d.read(key, "sync", "web", "words", "en.json")
}

func (d *desk) read(key string, path ...string) string {
	d.t.Helper()
	data, err := os.ReadFile(filepath.Join(append([]string{"..", ".."}, path...)...))
	if err != nil {
		d.t.Fatal(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		d.t.Fatal(err)
	}
	var sentence string
	if err := json.Unmarshal(all[key], &sentence); err != nil || sentence == "" {
		d.t.Fatalf("there is no sentence %q", key)
	}
	return sentence
}
