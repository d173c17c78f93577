package kit

import (
	"golang.org/x/text/unicode/norm"
)

// joining writes Arabic letters as they look beside each other. A PDF is written
// glyph by glyph, so each letter must already be the form that its neighbours ask
// for; Unicode has these forms as characters of their own.
//
// The forms of a letter, or of lam with alef, are in Unicode's order: alone, last,
// first, middle. A letter with two never joins the one after it.
type joining map[string][]rune

// tatweel lengthens the line between two letters: it joins both and has one form.
const tatweel = 'ـ'

func newJoining() joining {
	j := joining{}
	for r := rune(0xFE80); r <= 0xFEFC; r++ {
		letter := norm.NFKC.String(string(r))
		j[letter] = append(j[letter], r)
	}
	others := joining{}
	for r := rune(0xFB50); r <= 0xFBFF; r++ {
		letter := norm.NFKC.String(string(r))
		if letter != string(r) && len([]rune(letter)) == 1 && j[letter] == nil {
			others[letter] = append(others[letter], r)
		}
	}
	for letter, forms := range others {
		j[letter] = forms
	}
	return j
}

// shape replaces each Arabic letter by the form that fits where it stands. The
// order stays the one in which the text is read.
func (j joining) shape(text string) string {
	letters := j.letters(text)
	shaped := make([]rune, 0, len(text))
	for i, letter := range letters {
		forms := j[letter]
		if forms == nil {
			shaped = append(shaped, []rune(letter)...)
			continue
		}
		before := i > 0 && j.joinsNext(letters[i-1])
		after := i+1 < len(letters) && j.joinsPrevious(letters[i+1])
		shaped = append(shaped, forms[formAt(before, after, len(forms))])
	}
	return string(shaped)
}

// letters splits a text into what has forms of its own: letters, and lam with alef.
func (j joining) letters(text string) []string {
	var letters []string
	runes := []rune(text)
	for i := 0; i < len(runes); i++ {
		if i+1 < len(runes) && j[string(runes[i:i+2])] != nil {
			letters = append(letters, string(runes[i:i+2]))
			i++
			continue
		}
		letters = append(letters, string(runes[i]))
	}
	return letters
}

func (j joining) joinsNext(letter string) bool {
	return len(j[letter]) == 4 || letter == string(tatweel)
}

func (j joining) joinsPrevious(letter string) bool {
	return len(j[letter]) >= 2 || letter == string(tatweel)
}

// formAt gives the index of the form for a letter that has as many of them.
func formAt(before, after bool, forms int) int {
	before, after = before && forms >= 2, after && forms == 4
	switch {
	case before && after:
		return 3
	case after:
		return 2
	case before:
		return 1
	}
	return 0
}
