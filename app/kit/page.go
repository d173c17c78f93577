package kit

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"codeberg.org/go-pdf/fpdf"
	"github.com/skip2/go-qrcode"

	"github.com/countersign/countersign/assets"
	"github.com/countersign/countersign/trust"
)

// The page's measure in millimetres. Letter paper is 18 lower than A4 and a
// printer leaves 6 white, so nothing stands in the outer 20 above and below.
const (
	left, right = 24.0, 186.0
	top, bottom = 24.0, 272.0
	labels      = 40.0 // the column of what the facts are called
	square      = 44.0 // the picture of the key; the groups beside it are as high
	gutter      = 8.0  // four modules of white belong to the picture
)

// point is a typographic point in millimetres.
const point = 25.4 / 72

// longest is how many signs of a name or an address are written at most, chosen
// so that the longest host name fits.
const longest = 280

// page draws from top to bottom; y is how far it has come.
type page struct {
	*lettering
	words   words
	colours assets.Colours
	y       float64
}

func openPage(pdf *fpdf.Fpdf, words words) (*page, error) {
	letters, err := newLettering(pdf)
	if err != nil {
		return nil, err
	}
	colours, err := assets.Light.Colours()
	if err != nil {
		return nil, err
	}
	pdf.AddPage()
	return &page{lettering: letters, words: words, colours: colours, y: top}, nil
}

func (p *page) draw(k Kit) error {
	date, err := p.words.date(k.Date)
	if err != nil {
		return err
	}
	p.head()
	p.paragraph("kit.purpose", left, 130, 12)
	p.y += 11
	p.fact("kit.account", k.Account)
	if k.Server != "" {
		p.fact("kit.server", k.Server)
	}
	p.fact("kit.number", k.ID.String()[:8])
	p.fact("kit.date", date)
	p.rule(p.y)
	p.y += 13
	if err := p.key(k.Key); err != nil {
		return err
	}
	p.y += 13
	p.advice()
	p.secondCopy()
	if p.y > bottom {
		return errors.New("drawing the kit: it needs more than a page")
	}
	return nil
}

// head draws the mark beside the program's name, below them the title.
func (p *page) head() {
	p.mark(left, p.y, 9)
	p.ink("ink2")
	p.write(left+11.5, p.y+6.1, "Countersign", "B", 11)
	p.y += 27
	p.ink("ink")
	p.write(left, p.y, p.legible(p.words.say("kit.title")), "B", 30)
	p.y += 5
}

// mark draws the two halves of the tally, a circle of 9.4 in a field of 24.
func (p *page) mark(x, y, size float64) {
	const steps = 48
	from, to := math.Atan2(-8.9, -3.1), math.Atan2(9.35, 0.7)-2*math.Pi
	var pine, gold []fpdf.PointType
	add := func(u, v float64) {
		scale := size / 24
		pine = append(pine, fpdf.PointType{X: x + u*scale, Y: y + v*scale})
		gold = append(gold, fpdf.PointType{X: x + (24-u)*scale, Y: y + (24-v)*scale})
	}
	for i := range steps + 1 {
		angle := from + (to-from)*float64(i)/steps
		add(12.1+9.4*math.Cos(angle), 12+9.4*math.Sin(angle))
	}
	add(12.8, 13)
	add(9, 13)
	p.fill("pine")
	p.pdf.Polygon(pine, "F")
	p.fill("gold")
	p.pdf.Polygon(gold, "F")
}

// paragraph writes a sentence of ours in as many lines as it needs.
func (p *page) paragraph(key string, x, width, size float64) {
	p.ink("ink")
	for _, line := range p.wrap(p.legible(p.words.say(key)), width, "", size) {
		p.y += size * 1.45 * point
		p.write(x, p.y, line, "", size)
	}
}

// fact writes a line of the table. What is long gets smaller, then more lines.
func (p *page) fact(key, value string) {
	p.rule(p.y)
	lines, size := p.fit(p.legible(value), right-left-labels)
	p.y += 6.4
	p.ink("ink2")
	p.write(left, p.y, p.legible(p.words.say(key)), "", 10.5)
	p.ink("ink")
	for i, line := range lines {
		if i > 0 {
			p.y += size * 1.35 * point
		}
		p.write(left+labels, p.y, line, "B", size)
	}
	p.y += 3.4
}

// fit breaks a value into at most three lines, smaller ones if need be.
func (p *page) fit(value string, width float64) (lines []string, size float64) {
	if utf8.RuneCountInString(value) > longest {
		value = string([]rune(value)[:longest-1]) + "…"
	}
	for size = 12; size > 10; size -= 0.5 {
		if p.width(value, "B", size) <= width {
			return []string{value}, size
		}
	}
	for ; size > 5; size -= 0.5 {
		if lines = p.wrap(value, width, "B", size); len(lines) <= 3 {
			return lines, size
		}
	}
	return lines[:3], size
}

// key draws the seven groups, four above three, and beside them the same key as a
// picture: the symbols with hyphens and nothing else.
func (p *page) key(key trust.RecoveryKey) error {
	const columns, gap = 4, 2.5
	width := (right - left - square - gutter - (columns-1)*gap) / columns
	height := (square - gap) / 2
	for i, group := range key.Groups() {
		x := left + float64(i%columns)*(width+gap)
		y := p.y + float64(i/columns)*(height+gap)
		p.group(i+1, group, x, y, width, height)
	}
	if err := p.picture(key.Text(), right-square, p.y, square); err != nil {
		return err
	}
	p.y += square
	return nil
}

// group draws a tile with four symbols and its number above them.
func (p *page) group(number int, symbols string, x, y, width, height float64) {
	p.stroke("outline", 0.25)
	p.pdf.RoundedRect(x, y, width, height, 2.5, "1234", "D")
	p.ink("ink2")
	p.write(x+2.4, y+4.9, strconv.Itoa(number), "", 8.5)
	p.ink("ink")
	p.pdf.SetFont(mono, "", 23)
	p.pdf.Text(x+(width-p.pdf.GetStringWidth(symbols))/2, y+height/2+5, symbols)
}

// picture draws a QR code as rectangles, a row's dark modules at a time.
func (p *page) picture(content string, x, y, size float64) error {
	code, err := qrcode.New(content, qrcode.High)
	if err != nil {
		return fmt.Errorf("drawing the key's picture: %w", err)
	}
	code.DisableBorder = true
	modules := code.Bitmap()
	module := size / float64(len(modules))
	p.pdf.SetFillColor(0, 0, 0)
	for row, line := range modules {
		for from := 0; from < len(line); {
			to := from
			for to < len(line) && line[to] {
				to++
			}
			if to > from {
				p.pdf.Rect(x+float64(from)*module, y+float64(row)*module, float64(to-from)*module, module, "F")
			}
			from = to + 1
		}
	}
	return nil
}

// advice says how to keep the page and who may have the key.
func (p *page) advice() {
	from := p.y
	p.paragraph("kit.only", left+6, right-left-6, 12)
	p.fill("brass")
	p.pdf.Rect(left, from+0.9, 1.2, p.y-from+0.6, "F")
	p.y += 4
	p.paragraph("kit.keep", left+6, right-left-6, 12)
}

// secondCopy leaves two lines to write on.
func (p *page) secondCopy() {
	p.y += 24
	p.ink("ink2")
	label := p.legible(p.words.say("kit.copy"))
	p.write(left, p.y, label, "", 10.5)
	p.stroke("outline", 0.3)
	p.pdf.Line(left+p.width(label, "", 10.5)+3, p.y+0.6, right, p.y+0.6)
	p.y += 12
	p.pdf.Line(left, p.y, right, p.y)
}

func (p *page) rule(y float64) {
	p.stroke("line", 0.25)
	p.pdf.Line(left, y, right, y)
}

func (p *page) ink(name string) {
	c := p.colours[name]
	p.pdf.SetTextColor(int(c.R), int(c.G), int(c.B))
}

func (p *page) fill(name string) {
	c := p.colours[name]
	p.pdf.SetFillColor(int(c.R), int(c.G), int(c.B))
}

func (p *page) stroke(name string, width float64) {
	c := p.colours[name]
	p.pdf.SetDrawColor(int(c.R), int(c.G), int(c.B))
	p.pdf.SetLineWidth(width)
}
