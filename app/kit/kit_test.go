package kit

import (
	"bytes"
	"image"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/trust"
)

func TestPageTellsWhoseKeyItIsAndHowToKeepIt(t *testing.T) {
	for language, sentences := range map[string][]string{
		"en": {
			"Recovery key", "Account", "anna", "Server", "https://sign.example.org", "Account number", "3fa291bc", "22 November 2026",
			"Together with your password or a trusted device", "as you keep your passport", "only into the app: no web page, mail or person", "My second copy",
		},
		"de-CH": {
			"Wiederherstellungsschlüssel", "Konto", "Kontonummer", "22. November 2026",
			"mit deinem Passwort oder einem vertrauten Gerät", "wie deinen Reisepass", "nur in die App: Keine Webseite", "Meine zweite Abschrift",
		},
		"tlh": {"Recovery key"},
		"":    {"Recovery key"},
	} {
		k := annas(t)
		k.Language = language
		text := strings.Join(strings.Fields(draw(t, k).text(t)), " ")
		for _, want := range sentences {
			if !strings.Contains(text, want) {
				t.Errorf("%q: the page does not say %q:\n%s", language, want, text)
			}
		}
		if strings.Contains(text, "kit.") || strings.Contains(text, "3fa291bcd") || strings.Contains(text, "{{") {
			t.Errorf("%q: the page says what it should not:\n%s", language, text)
		}
	}
}

// Somebody who types the key reads the groups by their numbers.
func TestGroupsStandUnderTheirNumbersInOrder(t *testing.T) {
	k := annas(t)
	text := draw(t, k).text(t)
	groups := k.Key.Groups()
	for _, row := range []struct {
		numbers string
		groups  []string
	}{{"1 2 3 4", groups[:4]}, {"5 6 7", groups[4:]}} {
		want := regexp.MustCompile(strings.ReplaceAll(row.numbers, " ", ` +`) + `\s+` + strings.Join(row.groups, ` +`) + `\n`)
		if !want.MatchString(text) {
			t.Errorf("%s does not stand above %v:\n%s", row.numbers, row.groups, text)
		}
	}
}

func TestPictureIsTheKeyAndNothingElse(t *testing.T) {
	for _, seed := range []string{"a seed for tests", "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"} {
		k := annas(t)
		var err error
		if k.Key, err = trust.RecoveryKeyFromSeed([]byte(seed)); err != nil {
			t.Fatal(err)
		}
		for _, resolution := range []string{"100", "200"} {
			if got := scan(t, draw(t, k).image(t, resolution)); got != k.Key.Text() {
				t.Errorf("at %s dots to the inch the picture says %q, want %q", resolution, got, k.Key.Text())
			}
		}
	}
}

func TestSameKitGivesSameBytes(t *testing.T) {
	first := draw(t, annas(t)).raw
	for range 20 {
		if !bytes.Equal(first, draw(t, annas(t)).raw) {
			t.Fatal("the same kit gave other bytes")
		}
	}
	other := annas(t)
	other.Date = other.Date.Add(24 * time.Hour)
	if bytes.Equal(first, draw(t, other).raw) {
		t.Error("another date gives the same bytes")
	}
}

// Viewers list titles and systems index what describes a file.
func TestNothingDescribingThePageTellsTheKeyOrTheAccount(t *testing.T) {
	k := annas(t)
	s := draw(t, k)
	about := poppler(t, "pdfinfo", "-isodates", s.file) + poppler(t, "pdfinfo", "-meta", s.file)
	for _, secret := range append(k.Key.Groups(), "anna", "example.org", "3fa291bc") {
		if strings.Contains(strings.ToLower(about), strings.ToLower(secret)) {
			t.Errorf("what describes the page tells %q:\n%s", secret, about)
		}
	}
	for _, want := range []string{`Title: +Recovery key\n`, `CreationDate: +2026-11-22T09:00:00`, `ModDate: +2026-11-22T09:00:00`, `Pages: +1\n`, `Page size: +595\.28 x 841\.89 pts \(A4\)`, `JavaScript: +no\n`} {
		if !regexp.MustCompile(want).MatchString(about) {
			t.Errorf("pdfinfo does not say %q:\n%s", want, about)
		}
	}
}

func TestNamesOfAnyScriptAreWrittenOrMarked(t *testing.T) {
	for name, test := range map[string]struct{ account, want string }{
		"latin":            {"Zoë Łukasz", "Zoë Łukasz"},
		"accents apart":    {"Zoe\u0308", "Zoë"},
		"greek, cyrillic":  {"Ωμέγα Щука", "Ωμέγα Щука"},
		"arabic":           {"محمد الأنصاري", "محمد الأنصاري"},
		"persian":          {"پگاه گلچین", "پگاه گلچین"},
		"chinese":          {"山田太郎", "????"},
		"emoji":            {"anna 🔑", "anna ?"},
		"emoji of several": {"👩‍👧 ann", "?? ann"},
		"line break":       {"anna\nServer\tevil", "anna Server evil"},
		"control":          {"an\x00na\x1b[2J", "an?na?[2J"},
		"turned around":    {"anna\u202Egro.live", "annagro.live"},
		"not UTF-8":        {"anna\xff", "anna?"},
		"PDF":              {`) Tj (anna\`, `) Tj (anna\`},
		"nothing":          {"", "account. Account Server"},
	} {
		k := annas(t)
		k.Account = test.account
		text := strings.Map(withoutMarks, norm.NFKC.String(draw(t, k).text(t)))
		text = strings.Join(strings.Fields(text), " ")
		if !strings.Contains(text, test.want) {
			t.Errorf("%s: %q is not on the page as %q:\n%s", name, test.account, test.want, text)
		}
	}
}

// withoutMarks drops the signs by which pdftotext marks where Arabic begins and ends.
func withoutMarks(r rune) rune {
	if r >= '\u202A' && r <= '\u202E' {
		return -1
	}
	return r
}

func TestWhatIsLongNeitherLeavesThePageNorTheKeyBehind(t *testing.T) {
	for name, change := range map[string]func(*Kit){
		"wide name":    func(k *Kit) { k.Account = strings.Repeat("W", 64) },
		"narrow name":  func(k *Kit) { k.Account = strings.Repeat("i", 64) },
		"words":        func(k *Kit) { k.Account = strings.Repeat("Anna Maria ", 6)[:64] },
		"arabic name":  func(k *Kit) { k.Account = strings.Repeat("م", 32) },
		"longest host": func(k *Kit) { k.Server = "https://" + strings.Repeat("office.", 34) + "example.org:8443" },
		"one label":    func(k *Kit) { k.Server = "https://" + strings.Repeat("m", 63) + ".example.org" },
		"hostile":      func(k *Kit) { k.Account, k.Server = strings.Repeat("W", 20000), strings.Repeat("م ", 20000) },
	} {
		k := annas(t)
		change(&k)
		for _, k.Language = range []string{"en", "de"} {
			s := draw(t, k)
			img := s.image(t, "100")
			if got := inked(img); !got.In(safe(img.Bounds())) {
				t.Errorf("%s, %s: ink at %v on a page of %v", name, k.Language, got, img.Bounds())
			}
			if got := scan(t, img); got != k.Key.Text() {
				t.Errorf("%s, %s: the picture says %q", name, k.Language, got)
			}
			if about := poppler(t, "pdfinfo", s.file); !regexp.MustCompile(`Pages: +1\n`).MatchString(about) {
				t.Errorf("%s, %s: more than a page:\n%s", name, k.Language, about)
			}
		}
	}
}

// An address may be typed from the page, so none of it is lost.
func TestLongestAddressIsWrittenWhole(t *testing.T) {
	k := annas(t)
	k.Server = "https://" + strings.Repeat("office.", 34) + "example.org:8443"
	written := regexp.MustCompile(`\s+|Server`).ReplaceAllString(draw(t, k).text(t), "")
	if !strings.Contains(written, k.Server) {
		t.Errorf("%s is not on the page:\n%s", k.Server, written)
	}
}

// safe is what of an A4 page also lies on Letter in the middle of it, less the
// quarter inch that printers leave white.
func safe(page image.Rectangle) image.Rectangle {
	const inch = 100
	short := (1169 - 11*inch) / 2
	return image.Rect(inch/4, short+inch/4, page.Max.X-inch/4, page.Max.Y-short-inch/4)
}

// inked is the smallest frame around all that is not white.
func inked(img image.Image) (frame image.Rectangle) {
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			if r, g, b, _ := img.At(x, y).RGBA(); r+g+b < 3*0xFFFF {
				frame = frame.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return frame
}

// Without a date fpdf would take today's, and the same kit would not be the same.
func TestPageWithoutADateIsNotDrawn(t *testing.T) {
	k := annas(t)
	k.Date = time.Time{}
	var b bytes.Buffer
	if err := PDF(&b, k); err == nil || b.Len() > 0 {
		t.Errorf("%d bytes, %v", b.Len(), err)
	}
}
