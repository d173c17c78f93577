package kit

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/countersign/countersign/assets"
)

// sentencesIn reads the page's own sentences of one language.
func sentencesIn(t *testing.T, language string) map[string]string {
	t.Helper()
	raw, err := fs.ReadFile(assets.Translations(), "kit/"+language+".json")
	if err != nil {
		t.Fatal(err)
	}
	var sentences map[string]string
	if err := json.Unmarshal(raw, &sentences); err != nil {
		t.Fatal(err)
	}
	return sentences
}

func TestEverySentenceOfThePageIsSaidInEveryLanguage(t *testing.T) {
	var said []string
	for _, file := range []string{"kit.go", "page.go", "words.go"} {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`"(kit\.[a-z]+)"`).FindAllSubmatch(source, -1) {
			said = append(said, string(found[1]))
		}
	}
	slices.Sort(said)
	said = slices.Compact(said)
	for _, language := range []string{"en", "de"} {
		sentences := sentencesIn(t, language)
		if got := slices.Sorted(maps.Keys(sentences)); !slices.Equal(got, said) {
			t.Errorf("%s has %v, the page says %v", language, got, said)
		}
		words, err := wordsIn(language)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range append(monthKeys[:], "when.date-year") {
			if words.say(key) == key {
				t.Errorf("%s has no %q", language, key)
			}
		}
	}
}

// The tone is the window's, whose test reads only the window's sentences.
func TestPageKeepsTheTone(t *testing.T) {
	unwanted := regexp.MustCompile(`(?i)!|\bplease\b|\bbitte\b|\berrors?\b|\bfehler|\bOK\b|\btoken|\bcredential|\bfa[ck]tor|\bfailed\b`)
	for _, language := range []string{"en", "de"} {
		for key, sentence := range sentencesIn(t, language) {
			if found := unwanted.FindString(sentence); found != "" || sentence == "" {
				t.Errorf("%s: %q says %q: %s", language, key, found, sentence)
			}
		}
	}
}

// The forms are Unicode's; what they look like beside each other is checked by
// the letters that join: beh joins both ways, alef and reh only the one before.
func TestArabicLettersJoinTheirNeighbours(t *testing.T) {
	j := newJoining()
	for text, want := range map[string]string{
		"ب":   "\uFE8F",
		"بب":  "\uFE91\uFE90",
		"ببب": "\uFE91\uFE92\uFE90",
		"باب": "\uFE91\uFE8E\uFE8F",
		"ربب": "\uFEAD\uFE91\uFE90",
		"لا":  "\uFEFB",
		"بلا": "\uFE91\uFEFC",
		"لاب": "\uFEFB\uFE8F",
		"بـ":  "\uFE91ـ",
		"ـب":  "ـ\uFE90",
		"ب ب": "\uFE8F \uFE8F",
		"بaب": "\uFE8Fa\uFE8F",
		"بءب": "\uFE8F\uFE80\uFE8F",
		"گپ":  "\uFB94\uFB57",
		"یی":  "\uFBFE\uFBFD",
		"abc": "abc",
		"":    "",
	} {
		if got := j.shape(text); got != want {
			t.Errorf("%q is written %+q, want %+q", text, got, want)
		}
	}
}

// Letters of a right-to-left name are drawn from the other side, its figures not.
func TestLinesAreDrawnInTheOrderTheyAreSeen(t *testing.T) {
	p, err := newPage(words{}, annas(t).Date)
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"anna":      "anna",
		"ابج":       "جبا",
		"ابج 12":    "12 جبا",
		"anna ابج":  "anna جبا",
		"ابج anna":  "anna جبا",
		"(ابج)":     "(جبا)",
		"ابج (x) د": "د (x) جبا",
		"":          "",
	} {
		var got string
		for _, s := range p.spans(line) {
			got += s.text
		}
		if got != want {
			t.Errorf("%+q is drawn %+q, want %+q", line, got, want)
		}
	}
}
