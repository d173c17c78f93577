package terminal

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/skip2/go-qrcode"
	"golang.org/x/term"
)

// picture is a QR picture as text, two modules above each other in a character.
type picture [][]bool // true is dark; with the quiet zone of four modules

func newPicture(text string) (picture, error) {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("drawing QR picture: %w", err)
	}
	return code.Bitmap(), nil
}

// Black on bright white, whatever the terminal's own colours are, and back.
const (
	paper   = "\x1b[30;107m"
	noPaper = "\x1b[0m"
)

// draw writes the picture for a person. On a terminal dark modules are inked in
// black on white. Elsewhere there are no colours, and light modules are inked:
// most terminals into which that text may come are dark.
func (c *call) draw(p picture) {
	to, wrapped := c.Out.(plain)
	if f, ok := to.to.(*os.File); wrapped && ok && term.IsTerminal(int(f.Fd())) {
		p.write(to.to, true, paper, noPaper)
		return
	}
	p.write(c.Out, false, "", "")
}

// write inks the modules that are as ink says.
func (p picture) write(w io.Writer, ink bool, begin, end string) {
	for y := 0; y < len(p); y += 2 {
		var line strings.Builder
		for x := range p[y] {
			below := y+1 < len(p) && p[y+1][x]
			line.WriteString(block(p[y][x] == ink, below == ink))
		}
		fmt.Fprintf(w, "%s%s%s\n", begin, &line, end)
	}
}

func block(above, below bool) string {
	switch {
	case above && below:
		return "█"
	case above:
		return "▀"
	case below:
		return "▄"
	}
	return " "
}
