package kit

import (
	"fmt"
	"strings"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/assets"
)

// The families of the page's typefaces.
const (
	sans   = "sans"
	arabic = "arabic"
	mono   = "mono"
)

// lettering measures and writes text of any script in the page's typefaces.
type lettering struct {
	pdf     *fpdf.Fpdf
	glyphs  map[string]*sfnt.Font // by family
	joining joining
}

// span is a piece of a line in one typeface, in the order in which it is drawn.
type span struct{ family, text string }

func newLettering(pdf *fpdf.Fpdf) (*lettering, error) {
	l := &lettering{pdf: pdf, glyphs: map[string]*sfnt.Font{}, joining: newJoining()}
	for _, f := range []struct{ family, style, file string }{
		{sans, "", "IBMPlexSans-Regular.ttf"},
		{sans, "B", "IBMPlexSans-SemiBold.ttf"},
		{arabic, "", "IBMPlexSansArabic-Regular.ttf"},
		{arabic, "B", "IBMPlexSansArabic-SemiBold.ttf"},
		{mono, "", "IBMPlexMono-Medium.ttf"},
	} {
		raw := assets.Font(f.file)
		pdf.AddUTF8FontFromBytes(f.family, f.style, raw)
		font, err := sfnt.Parse(raw)
		if err != nil {
			return nil, fmt.Errorf("reading font %q: %w", f.file, err)
		}
		l.glyphs[f.family] = font
	}
	if err := pdf.Error(); err != nil {
		return nil, fmt.Errorf("reading fonts: %w", err)
	}
	return l, nil
}

// legible gives the text with Arabic letters joined and "?" for what cannot be
// written. Marks that do not melt into their letter and signs without a shape are
// left out: a PDF would set them beside it.
func (l *lettering) legible(text string) string {
	var clean strings.Builder
	for _, r := range norm.NFC.String(text) {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case unicode.IsSpace(r):
			clean.WriteByte(' ')
		case unicode.IsControl(r), r == unicode.ReplacementChar:
			clean.WriteByte('?')
		default:
			clean.WriteRune(r)
		}
	}
	return strings.Map(func(r rune) rune {
		if l.familyOf(r) == "" {
			return '?'
		}
		return r
	}, l.joining.shape(clean.String()))
}

// familyOf gives the first family that can write a sign, none if none can.
func (l *lettering) familyOf(r rune) string {
	for _, family := range []string{sans, arabic} {
		if i, err := l.glyphs[family].GlyphIndex(nil, r); err == nil && i != 0 {
			return family
		}
	}
	return ""
}

// spans puts a legible line into the order in which it is drawn, left to right.
func (l *lettering) spans(line string) []span {
	if line == "" {
		return nil
	}
	var paragraph bidi.Paragraph
	if _, err := paragraph.SetString(line); err != nil {
		return l.split(line)
	}
	order, err := paragraph.Order()
	if err != nil {
		return l.split(line)
	}
	var spans []span
	for i := range order.NumRuns() {
		if !paragraph.IsLeftToRight() {
			i = order.NumRuns() - 1 - i
		}
		run := order.Run(i)
		text := run.String()
		if run.Direction() == bidi.RightToLeft {
			text = bidi.ReverseString(text)
		}
		spans = append(spans, l.split(text)...)
	}
	return spans
}

// split cuts a text wherever the typeface changes.
func (l *lettering) split(text string) []span {
	var spans []span
	for _, r := range text {
		family := l.familyOf(r)
		if n := len(spans); n > 0 && spans[n-1].family == family {
			spans[n-1].text += string(r)
			continue
		}
		spans = append(spans, span{family, string(r)})
	}
	return spans
}

// width measures a line in millimetres.
func (l *lettering) width(line, style string, size float64) (w float64) {
	for _, s := range l.spans(line) {
		l.pdf.SetFont(s.family, style, size)
		w += l.pdf.GetStringWidth(s.text)
	}
	return w
}

// write sets a line so that it begins at x and stands on y.
func (l *lettering) write(x, y float64, line, style string, size float64) {
	for _, s := range l.spans(line) {
		l.pdf.SetFont(s.family, style, size)
		l.pdf.Text(x, y, s.text)
		x += l.pdf.GetStringWidth(s.text)
	}
}

// wrap breaks a legible text into lines no wider than width: after a space or a
// dot, and within a word only where the word alone is too wide.
func (l *lettering) wrap(text string, width float64, style string, size float64) []string {
	var lines []string
	line := ""
	for _, piece := range pieces(text) {
		if line != "" && l.width(strings.TrimSpace(line+piece), style, size) > width {
			lines, line = append(lines, strings.TrimSpace(line)), ""
		}
		for _, r := range piece {
			if line != "" && l.width(strings.TrimSpace(line+string(r)), style, size) > width {
				lines, line = append(lines, strings.TrimSpace(line)), ""
			}
			line += string(r)
		}
	}
	return append(lines, strings.TrimSpace(line))
}

// pieces splits a text after every space and every dot.
func pieces(text string) []string {
	var all []string
	for _, word := range strings.SplitAfter(text, " ") {
		all = append(all, strings.SplitAfter(word, ".")...)
	}
	return all
}
