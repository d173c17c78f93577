package widgets

import (
	"testing"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// capital takes ASCII letters and digits, as capitals.
func capital(r rune) (rune, bool) {
	r = unicode.ToUpper(r)
	return r, r >= '0' && r <= '9' || r >= 'A' && r <= 'Z'
}

func keyEntry(t *testing.T) (*KeyEntry, fyne.Window) {
	t.Helper()
	themed(t, Light, 1)
	k := NewKeyEntry(7, 4, "Capital or small letters.", capital)
	w := test.NewTempWindow(t, k)
	w.Resize(fyne.NewSize(600, 300))
	w.Canvas().Focus(k)
	return k, w
}

func keys(k *KeyEntry, names ...fyne.KeyName) {
	for _, n := range names {
		k.TypedKey(&fyne.KeyEvent{Name: n})
	}
}

func TestKeyEntryTakesWhatIsOnPaper(t *testing.T) {
	k, _ := keyEntry(t)
	var told string
	k.OnChanged = func(text string) { told = text }
	test.Type(k, "7k2m-q04r 0vx9\tE2")
	if want := "7K2MQ04R0VX9E2"; k.Text() != want || told != want {
		t.Errorf("typed %q, told %q, want %q", k.Text(), told, want)
	}
	if k.Full() {
		t.Error("14 of 28 symbols are full")
	}
}

func TestKeyEntryPastesAsOneField(t *testing.T) {
	k, _ := keyEntry(t)
	clip := test.NewClipboard()
	clip.SetContent(" 7K2M Q04R 0VX9 E2D8\n185G R38E 1WXK and more ")
	k.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clip})
	if want := "7K2MQ04R0VX9E2D8185GR38E1WXK"; k.Text() != want || !k.Full() {
		t.Errorf("pasted %q, full %v, want %q", k.Text(), k.Full(), want)
	}
	before := clip.Content()
	k.TypedShortcut(&fyne.ShortcutCopy{Clipboard: clip})
	k.TypedShortcut(&fyne.ShortcutCut{Clipboard: clip})
	if clip.Content() != before || !k.Full() {
		t.Error("a recovery key went to the clipboard")
	}
}

func TestKeyEntryIsMendedInPlace(t *testing.T) {
	k, _ := keyEntry(t)
	test.Type(k, "7K2M")
	keys(k, fyne.KeyHome, fyne.KeyDelete)
	test.Type(k, "1")
	if k.Text() != "1K2M" {
		t.Errorf("after Home, Delete, 1: %q", k.Text())
	}
	keys(k, fyne.KeyEnd, fyne.KeyBackspace, fyne.KeyLeft)
	test.Type(k, "z")
	if k.Text() != "1KZ2" {
		t.Errorf("after Backspace, Left, z: %q", k.Text())
	}
	k.SetText("7K2MQ04R0VX9E2D8185GR38E1WXK")
	keys(k, fyne.KeyHome)
	test.Type(k, "8")
	if want := "8K2MQ04R0VX9E2D8185GR38E1WXK"; k.Text() != want {
		t.Errorf("a full key is not typed over: %q", k.Text())
	}
	keys(k, fyne.KeyEnd)
	test.Type(k, "Z")
	if len(k.Text()) != 28 || k.Text()[27] != 'K' {
		t.Errorf("a 29th symbol was taken: %q", k.Text())
	}
}

func TestKeyEntryIsTappedWhereItIsMended(t *testing.T) {
	k, w := keyEntry(t)
	k.SetText("7K2MQ04R")
	w.Canvas().Unfocus()
	second := k.grid.at(1, k.Size().Width)
	k.Tapped(&fyne.PointEvent{Position: second.AddXY(1, 10)})
	if w.Canvas().Focused() != k {
		t.Error("a tap does not bring the focus")
	}
	test.Type(k, "X")
	if k.Text() != "7K2MXQ04R" {
		t.Errorf("typed at the second group: %q", k.Text())
	}
}

func TestKeyEntryPassesReturnAndEscapeOn(t *testing.T) {
	k, _ := keyEntry(t)
	keys(k, fyne.KeyReturn, fyne.KeyEscape) // nobody listens
	var submitted, escaped int
	k.OnSubmitted, k.OnEscape = func() { submitted++ }, func() { escaped++ }
	keys(k, fyne.KeyReturn, fyne.KeyEnter, fyne.KeyEscape)
	if submitted != 2 || escaped != 1 {
		t.Errorf("submitted %d times, escaped %d times", submitted, escaped)
	}
}

// A wrong group says so by sign, outline and sentence, not by colour alone.
func TestKeyEntrySaysWhatIsWrong(t *testing.T) {
	k, _ := keyEntry(t)
	k.SetText("7K2MQ04R0V")
	k.SetMarks([]KeyMark{KeyRight, KeyWrong, KeyWrong})
	k.SetWrong("Group 2 is not what was shown.")
	if k.tiles[0].sign.name != "check" || k.tiles[1].sign.name != "cross" || !k.tiles[2].sign.Hidden {
		t.Error("full groups show check and cross, others nothing")
	}
	if k.Wrong() != "Group 2 is not what was shown." || k.sentence.Hidden {
		t.Errorf("says %q", k.Wrong())
	}
	k.SetWrong("")
	if k.Wrong() != "" || k.sentence.Text() != "Capital or small letters." {
		t.Errorf("taken back, it says %q", k.sentence.Text())
	}
}
