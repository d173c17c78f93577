package notice

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed words/*.json mail.html mail.txt
var files embed.FS

// languages are those there are sentences for; the first is for everybody else.
var languages = [...]string{"en", "de"}

// words are the sentences of one language by key. "{name}" stands for a value.
type words map[string]string

// readWords gives the sentences of a language, or of the first one.
func readWords(language string) (words, error) {
	if !slices.Contains(languages[:], language) {
		language = languages[0]
	}
	raw, err := files.ReadFile("words/" + language + ".json")
	if err != nil {
		return nil, err
	}
	var w words
	if err := json.Unmarshal(raw, &w); err != nil {
		return nil, fmt.Errorf("reading sentences of %q: %w", language, err)
	}
	return w, nil
}

// say gives a sentence with its values, in pairs of name and value. A value is not
// looked through for further names.
func (w words) say(key string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		pairs[i] = "{" + pairs[i] + "}"
	}
	return strings.NewReplacer(pairs...).Replace(w[key])
}

// moment says a time in words, with its distance from UTC.
func (w words) moment(t time.Time) string {
	return w.say("date",
		"day", strconv.Itoa(t.Day()),
		"month", w["month."+strconv.Itoa(int(t.Month()))],
		"year", strconv.Itoa(t.Year()),
		"time", t.Format("15:04"),
		"offset", t.Format("-07:00"))
}
