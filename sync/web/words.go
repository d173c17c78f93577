package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/text/language"
)

// words are the sentences of one language by key. "{name}" stands for a value.
type words map[string]string

// languages are those there are sentences for; the first is for everybody else.
var languages = []string{"en", "de"}

func readWords() (map[string]words, error) {
	all := make(map[string]words)
	for _, l := range languages {
		raw, err := files.ReadFile("words/" + l + ".json")
		if err != nil {
			return nil, err
		}
		var w words
		if err := json.Unmarshal(raw, &w); err != nil {
			return nil, fmt.Errorf("reading words/%s.json: %w", l, err)
		}
		all[l] = w
	}
	return all, nil
}

// language chooses by what the browser asks for.
func (p *Pages) language(r *http.Request) string {
	wanted, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil {
		return languages[0]
	}
	for _, tag := range wanted {
		base, _ := tag.Base()
		if _, ok := p.words[base.String()]; ok {
			return base.String()
		}
	}
	return languages[0]
}

// say gives a sentence with its values, in pairs of name and value.
func (w words) say(key string, pairs ...any) (string, error) {
	s, ok := w[key]
	if !ok || len(pairs)%2 != 0 {
		return "", fmt.Errorf("sentence %q is missing", key)
	}
	for i := 0; i < len(pairs); i += 2 {
		s = strings.ReplaceAll(s, fmt.Sprintf("{%v}", pairs[i]), fmt.Sprint(pairs[i+1]))
	}
	return s, nil
}

// left says a time that is left, in minutes and seconds.
func (w words) left(d time.Duration) (string, error) {
	s := int(d.Round(time.Second) / time.Second)
	var parts []string
	for _, part := range []struct {
		n    int
		unit string
	}{{s / 60, "minute"}, {s % 60, "second"}} {
		if part.n == 0 && (part.unit == "minute" || s > 0) {
			continue
		}
		text, err := w.count(part.unit, part.n)
		if err != nil {
			return "", err
		}
		parts = append(parts, text)
	}
	return w.say("left.time", "time", strings.Join(parts, " "))
}

// count says a number of things, "1 minute" or "2 minutes".
func (w words) count(unit string, n int) (string, error) {
	if n == 1 {
		return w.say("unit." + unit)
	}
	return w.say("unit."+unit+"s", "n", n)
}

// wait says how long somebody has to wait, in round figures.
func (w words) wait(d time.Duration) (string, error) {
	switch {
	case d > 36*time.Hour:
		return w.say("wait.days", "n", int(d.Hours()+23)/24)
	case d > 90*time.Minute:
		return w.say("wait.hours", "n", int(d.Minutes()+59)/60)
	case d > 90*time.Second:
		return w.say("wait.minutes", "n", int(d.Seconds()+59)/60)
	}
	return w.say("wait.seconds", "n", max(2, int(d.Seconds()+1)))
}
