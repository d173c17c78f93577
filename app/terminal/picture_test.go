package terminal

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	zxing "github.com/makiuchi-d/gozxing/qrcode"
)

const pairingLink = "https://id.example.org/p#1.7QK2M9XW.ABCDEFGHJKMNPQRSTVWXYZ0123"

// What a terminal shows is a QR picture that reads as the link: in the colours
// that are set, and without colours where the terminal is dark.
func TestPictureIsRead(t *testing.T) {
	p, err := newPicture(pairingLink)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		dark       bool
		begin, end string
		ink, paper uint8
	}{
		"coloured": {true, paper, noPaper, 0, 255},
		"plain":    {false, "", "", 220, 30},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			p.write(&out, c.dark, c.begin, c.end)
			var lines []string
			for line := range strings.Lines(out.String()) {
				line = strings.TrimSuffix(line, "\n")
				if !strings.HasPrefix(line, c.begin) || !strings.HasSuffix(line, c.end) {
					t.Fatalf("a line is not in its colours: %q", line)
				}
				lines = append(lines, line[len(c.begin):len(line)-len(c.end)])
			}
			if got := decode(t, lines, c.ink, c.paper); got != pairingLink {
				t.Errorf("the picture reads %q, want %q", got, pairingLink)
			}
		})
	}
}

// decode shows lines as a terminal does, two squares of pixels in a character,
// and reads the QR picture.
func decode(t *testing.T, lines []string, ink, paper uint8) string {
	t.Helper()
	const square = 4
	width := len([]rune(lines[0]))
	img := image.NewGray(image.Rect(0, 0, width*square, len(lines)*2*square))
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			char := []rune(lines[y/square/2])[x/square]
			below := y/square%2 == 1
			shade := paper
			if char == '█' || char == '▀' && !below || char == '▄' && below {
				shade = ink
			}
			img.SetGray(x, y, color.Gray{Y: shade})
		}
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	found, err := zxing.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatalf("the picture is not read: %v\n%s", err, strings.Join(lines, "\n"))
	}
	return found.GetText()
}

// The large digits are ten different ones, and those that were asked for.
func TestLargeDigits(t *testing.T) {
	one := make(map[string]byte)
	for d := byte('0'); d <= '9'; d++ {
		drawn := large(string(d))
		if other, ok := one[drawn]; ok {
			t.Errorf("%c looks like %c", d, other)
		}
		one[drawn] = d
	}
	want := `
        ██     ██████
        ██         ██
        ██         ██
        ██         ██
        ██         ██
`
	if got := "\n" + large("17"); got != want {
		t.Errorf("17 is drawn as%s", got)
	}
}
