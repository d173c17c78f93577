package kit

import (
	"bytes"
	"image"
	_ "image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/countersign/countersign/trust"
)

// annas is a kit with everything on it.
func annas(t *testing.T) Kit {
	t.Helper()
	key, err := trust.NewRecoveryKey(bytes.NewReader([]byte("a seed for tests")))
	if err != nil {
		t.Fatal(err)
	}
	return Kit{
		Account: "anna", Server: "https://sign.example.org", ID: trust.AccountID{0x3F, 0xA2, 0x91, 0xBC, 0xDE}, Key: key,
		Date: time.Date(2026, time.November, 22, 9, 0, 0, 0, time.UTC), Language: "en",
	}
}

// sheet is a page on disk, where poppler reads it.
type sheet struct {
	raw  []byte
	file string
}

func draw(t *testing.T, k Kit) sheet {
	t.Helper()
	var b bytes.Buffer
	if err := PDF(&b, k); err != nil {
		t.Fatal(err)
	}
	s := sheet{b.Bytes(), filepath.Join(t.TempDir(), "kit.pdf")}
	if err := os.WriteFile(s.file, s.raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// poppler runs one of poppler's readers, which none of this shares code with. A
// reader that complains fails the test: it would have repaired the file.
func poppler(t *testing.T, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not here to read the page back: install poppler-utils", name)
	}
	var out, complaints bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil || complaints.Len() > 0 {
		t.Fatalf("%s: %v\n%s", name, err, complaints.String())
	}
	return out.String()
}

func (s sheet) text(t *testing.T) string {
	t.Helper()
	return poppler(t, "pdftotext", "-layout", s.file, "-")
}

func (s sheet) image(t *testing.T, resolution string) image.Image {
	t.Helper()
	base := filepath.Join(t.TempDir(), "page")
	poppler(t, "pdftoppm", "-r", resolution, "-png", "-singlefile", s.file, base)
	file, err := os.Open(base + ".png")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	img, _, err := image.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// scan reads the one QR code of a picture.
func scan(t *testing.T, img image.Image) string {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatal(err)
	}
	return result.GetText()
}
