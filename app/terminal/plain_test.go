package terminal

import (
	"bytes"
	"testing"
)

// A backend that puts escape sequences into its texts, or characters that turn
// them into what they do not say, is written as harmless text.
func TestNothingTalksToTheTerminal(t *testing.T) {
	for in, want := range map[string]string{
		"\x1b]52;c;aGk=\x07anna":       "?]52;c;aGk=?anna",
		"\x1b[2J\x1b[1;1Hhidden":       "?[2J?[1;1Hhidden",
		"over\rwritten":                "over?written",
		"anna\u202egnol":               "anna?gnol",
		"C1 \u009b2J":                  "C1 ?2J",
		"Grüße, 東京\n\tkept as it is\n": "Grüße, 東京\n\tkept as it is\n",
	} {
		var out bytes.Buffer
		if n, err := (plain{&out}).Write([]byte(in)); n != len(in) || err != nil {
			t.Errorf("%q: %d bytes, %v", in, n, err)
		}
		if out.String() != want {
			t.Errorf("%q is written as %q, want %q", in, out.String(), want)
		}
	}
}
