package terminal

import (
	"bytes"
	"io"
	"unicode"
)

// plain is a writer to a person's terminal. Whatever a backend got into a text,
// nothing that moves the cursor, turns the writing direction or talks to the
// terminal goes out: it becomes a question mark.
type plain struct{ to io.Writer }

// Write writes p; its length counts as p's.
func (w plain) Write(p []byte) (int, error) {
	clean := bytes.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, p)
	if _, err := w.to.Write(clean); err != nil {
		return 0, err
	}
	return len(p), nil
}
