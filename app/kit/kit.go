// Package kit makes the recovery key's page for the drawer: one sheet, drawn as
// PDF here and nowhere else, shown by the system's viewer or sent to its printer.
//
// It is not the key's keeper: whoever asks for the page holds the key already.
// The key's text form is section 10 of docs/protocol.md.
package kit

import (
	"errors"
	"fmt"
	"io"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"github.com/countersign/countersign/trust"
)

// Kit is what the page tells.
type Kit struct {
	Account string // the account's name, in any script and of any length
	Server  string // its address; none, and the page has no such line
	ID      trust.AccountID
	Key     trust.RecoveryKey
	Date    time.Time // of the page, told in its own time zone

	// Language is the tag of the person's language, such as "de-CH"; English
	// where there are no sentences in it.
	Language string
}

// PDF writes the page: A4, with margins wide enough that US Letter cuts nothing
// off. The same kit gives the same bytes. The key is on the page and in nothing
// that describes it. What no typeface of ours can write appears as "?".
func PDF(w io.Writer, k Kit) error {
	if k.Date.IsZero() {
		return errors.New("drawing the kit: it has no date")
	}
	words, err := wordsIn(k.Language)
	if err != nil {
		return err
	}
	p, err := newPage(words, k.Date)
	if err != nil {
		return err
	}
	if err := p.draw(k); err != nil {
		return err
	}
	if err := p.pdf.Output(w); err != nil {
		return fmt.Errorf("drawing the kit: %w", err)
	}
	return nil
}

// newPage begins a document of one page whose bytes depend on nothing but its content.
func newPage(words words, date time.Time) (*page, error) {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(date.UTC())
	pdf.SetModificationDate(date.UTC())
	pdf.SetProducer("Countersign", true)
	pdf.SetTitle(words.say("kit.title"), true)
	pdf.SetLang(words.say("kit.language"))
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	return openPage(pdf, words)
}
