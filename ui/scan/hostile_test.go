package scan

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// soon is how long a hostile picture may take. On the slowest of shared machines
// it has to be many times what is usual, or else it would tell of the machine.
const soon = 8 * time.Second

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asGIF(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := gif.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// boastPNG answers a PNG whose header claims the size, with a right checksum.
func boastPNG(t testing.TB, w, h uint32) []byte {
	t.Helper()
	body := asPNG(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	binary.BigEndian.PutUint32(body[16:], w)
	binary.BigEndian.PutUint32(body[20:], h)
	binary.BigEndian.PutUint32(body[29:], crc32.ChecksumIEEE(body[12:29]))
	return body
}

// boastJPEG answers a JPEG whose header claims the size.
func boastJPEG(t testing.TB, w, h uint16) []byte {
	t.Helper()
	body := asJPEG(t, image.NewGray(image.Rect(0, 0, 8, 8)), 75)
	at := bytes.Index(body, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(body[at+5:], h)
	binary.BigEndian.PutUint16(body[at+7:], w)
	return body
}

// boastGIF answers a GIF whose header claims the size.
func boastGIF(t testing.TB, w, h uint16) []byte {
	t.Helper()
	body := asGIF(t, image.NewGray(image.Rect(0, 0, 8, 8)))
	binary.LittleEndian.PutUint16(body[6:], w)
	binary.LittleEndian.PutUint16(body[8:], h)
	return body
}

// passesJPEG answers a JPEG with many passes over a picture of the size.
func passesJPEG(t testing.TB, passes int) []byte {
	t.Helper()
	body := asJPEG(t, image.NewGray(image.Rect(0, 0, 8, 8)), 75)
	at := bytes.Index(body, []byte{0xff, 0xda})
	return append(body[:at:at], bytes.Repeat(body[at:len(body)-2], passes)...)
}

func TestReadAnswersText(t *testing.T) {
	img := flat(modules(t, link), 4, color.Black, color.White)
	for name, body := range map[string][]byte{
		"PNG": asPNG(t, img), "JPEG": asJPEG(t, img, 75), "GIF": asGIF(t, img),
	} {
		if text, err := Read(bytes.NewReader(body)); text != link || err != nil {
			t.Errorf("%s: read %q, %v", name, text, err)
		}
	}
}

func TestReadRefusesHostile(t *testing.T) {
	whole := asPNG(t, flat(modules(t, link), 4, color.Black, color.White))
	photo := asJPEG(t, flat(modules(t, link), 4, color.Black, color.White), 75)
	cut := func(body []byte) []byte { return body[:len(body)/2] }
	for _, c := range []struct {
		name string
		body []byte
		want error
	}{
		{"nothing", nil, ErrPicture},
		{"text", []byte(link), ErrPicture},
		{"PNG without its end", cut(whole), ErrPicture},
		{"PNG without its begin", whole[8:], ErrPicture},
		{"only the signature of a PNG", whole[:8], ErrPicture},
		{"JPEG without its end", photo[:len(photo)/3], ErrPicture},
		{"only the signature of a JPEG", photo[:3], ErrPicture},
		{"only the signature of a GIF", []byte("GIF89a"), ErrPicture},
		{"GIF without its end", cut(asGIF(t, image.NewGray(image.Rect(0, 0, 50, 50)))), ErrPicture},
		{"one pixel", asPNG(t, image.NewGray(image.Rect(0, 0, 1, 1))), ErrNone},
		{"one row", asPNG(t, image.NewGray(image.Rect(0, 0, 5000, 1))), ErrNone},
		{"black", asPNG(t, image.NewGray(image.Rect(0, 0, 300, 300))), ErrNone},
		{"PNG that claims 2^31 by 2^31", boastPNG(t, 1<<31-1, 1<<31-1), ErrPicture},
		{"PNG that claims 30000 by 30000", boastPNG(t, 30000, 30000), ErrLarge},
		{"PNG that claims 2^31 by 1", boastPNG(t, 1<<31-1, 1), ErrLarge},
		{"PNG that claims no width", boastPNG(t, 0, 5), ErrPicture},
		{"PNG that claims more than it holds", boastPNG(t, 1000, 1000), ErrPicture},
		{"JPEG that claims 65535 by 65535", boastJPEG(t, 65535, 65535), ErrLarge},
		{"GIF that claims 65535 by 65535", boastGIF(t, 65535, 65535), ErrLarge},
		{"JPEG with too many passes", passesJPEG(t, maxScans+1), ErrPicture},
		{"file that is too long", make([]byte, maxBytes+1), ErrLarge},
	} {
		begin := time.Now()
		text, err := Read(bytes.NewReader(c.body))
		if text != "" || err != c.want {
			t.Errorf("%s: read %q, %v, want %v", c.name, text, err, c.want)
		}
		if took := time.Since(begin); took > soon/4 {
			t.Errorf("%s: took %v", c.name, took)
		}
	}
}

// A JPEG says its size again in every header: a second one must not get past what
// the first one claimed.
func TestReadRefusesSecondSize(t *testing.T) {
	small := asJPEG(t, image.NewGray(image.Rect(0, 0, 8, 8)), 75)
	large := boastJPEG(t, 65535, 65535)
	at := bytes.Index(small, []byte{0xff, 0xda})
	from := bytes.Index(large, []byte{0xff, 0xc0})
	if text, err := Read(bytes.NewReader(append(small[:at:at], large[from:]...))); text != "" || err != ErrPicture {
		t.Errorf("read %q, %v", text, err)
	}
}

func TestReadAnswersBrokenFile(t *testing.T) {
	broken := iotest.ErrReader(errors.New("the disk is gone"))
	if text, err := Read(io.MultiReader(strings.NewReader("\x89PNG"), broken)); text != "" || err != ErrPicture {
		t.Errorf("read %q, %v", text, err)
	}
}

// A picture full of corner marks costs the decoder the cube of their number.
func TestDecodeEndsOnMarks(t *testing.T) {
	mark := []string{"#######", "#     #", "# ### #", "# ### #", "# ### #", "#     #", "#######"}
	img := image.NewGray(image.Rect(0, 0, 2400, 1800))
	for i := range img.Pix {
		x, y := i%2400/3%9, i/2400/3%9
		if img.Pix[i] = 255; x < 7 && y < 7 && mark[y][x] == '#' {
			img.Pix[i] = 0
		}
	}
	begin := time.Now()
	if text, err := Decode(img); text != "" || err != ErrNone {
		t.Errorf("read %q, %v", text, err)
	}
	if took := time.Since(begin); took > soon {
		t.Errorf("took %v", took)
	}
}

// Noise of every grain, as large as a large screen, holds no text and ends.
func TestDecodeFindsNothingInNoise(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	for grain := 1; grain <= 9; grain += 4 {
		img := image.NewGray(image.Rect(0, 0, 1600, 1200))
		for y := range 1200 {
			for x := range 1600 {
				if y%grain == 0 && x%grain == 0 {
					img.Pix[y*1600+x] = uint8(chance.IntN(2) * 255)
					continue
				}
				img.Pix[y*1600+x] = img.Pix[(y-y%grain)*1600+x-x%grain]
			}
		}
		begin := time.Now()
		if text, err := Decode(img); text != "" || err != ErrNone {
			t.Errorf("grain %d: read %q, %v", grain, text, err)
		}
		took := time.Since(begin)
		t.Logf("grain %d: %v", grain, took)
		if took > soon {
			t.Errorf("grain %d: took %v", grain, took)
		}
	}
}

// A photo of a large phone is made smaller first, and still read.
func TestDecodeLargePhoto(t *testing.T) {
	img := image.NewYCbCr(image.Rect(0, 0, 4032, 3024), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		img.Y[i] = 150
	}
	code := modules(t, link)
	for y := range len(code) * 8 {
		for x := range len(code) * 8 {
			img.Y[(y+900)*img.YStride+x+1777] = 220
			if code[y/8][x/8] {
				img.Y[(y+900)*img.YStride+x+1777] = 40
			}
		}
	}
	if text, err := Decode(img); text != link || err != nil {
		t.Errorf("read %q, %v", text, err)
	}
	if _, err := Decode(image.NewUniform(color.White)); err != ErrLarge {
		t.Errorf("a picture without end: %v", err)
	}
}

// A code with a wrong module here and there is read right or not at all.
func TestDecodeNeverWrong(t *testing.T) {
	chance := rand.New(rand.NewPCG(3, 4))
	read := 0
	for round := range 60 {
		code := modules(t, link)
		for range round * 4 {
			y, x := 4+chance.IntN(len(code)-8), 4+chance.IntN(len(code)-8)
			code[y][x] = !code[y][x]
		}
		text, err := Decode(flat(code, 3, color.Black, color.White))
		switch {
		case text == link && err == nil:
			read++
		case text != "" || err != ErrNone:
			t.Errorf("%d wrong modules: read %q, %v", round*4, text, err)
		}
	}
	if read < 5 || read > 55 {
		t.Errorf("%d of 60 were read: this tests nothing", read)
	}
}

func FuzzRead(f *testing.F) {
	img := flat(modules(f, link), 1, color.Black, color.White)
	f.Add(asPNG(f, img))
	f.Add(asJPEG(f, img, 75))
	f.Add(asGIF(f, img))
	f.Fuzz(func(t *testing.T, body []byte) {
		config, err := jpeg.DecodeConfig(bytes.NewReader(body))
		if err == nil && config.Width*config.Height > 1<<20 {
			t.Skip("only slow")
		}
		if text, err := Read(bytes.NewReader(body)); (text == "") == (err == nil) {
			t.Errorf("read %q, %v", text, err)
		}
	})
}
