package widgets

import (
	"fmt"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

// scene is a screenful of widgets. front is put over it once it is on its canvas.
type scene struct {
	name string
	size fyne.Size
	draw func(wide bool) fyne.CanvasObject
	over func(c fyne.Canvas) // nil = nothing in front
}

var (
	phone = fyne.NewSize(390, 844)
	wide  = fyne.NewSize(1000, 680)
)

func scenes() []scene {
	return []scene{
		{name: "start", size: phone, draw: startScene},
		{name: "home", size: phone, draw: homeScene}, {name: "home-wide", size: wide, draw: homeScene},
		{name: "request", size: phone, draw: homeScene, over: requestScene},
		{name: "request-wide", size: wide, draw: homeScene, over: requestScene},
		{name: "code", size: phone, draw: codeScene},
		{name: "fields", size: phone, draw: fieldScene},
		{name: "settings-wide", size: wide, draw: settingsScene}, {name: "settings", size: phone, draw: settingsScene},
		{name: "notices", size: phone, draw: noticeScene},
		{name: "buttons", size: phone, draw: buttonScene},
		{name: "key", size: phone, draw: keyScene}, {name: "key-wide", size: wide, draw: keyScene},
	}
}

// TestGallery draws every widget in every palette, and at twice the text size. The
// pictures are for people to look at: COUNTERSIGN_GALLERY names the folder. What a
// machine can judge, it judges here: no text leaves the window at the sides, and
// all that can be pressed is large enough for a finger.
func TestGallery(t *testing.T) {
	dir := os.Getenv("COUNTERSIGN_GALLERY")
	if dir == "" {
		dir = t.TempDir()
	}
	for _, s := range scenes() {
		for _, a := range []Appearance{Light, Dark, HighContrast} {
			t.Run(fmt.Sprintf("%s-%s", s.name, a), func(t *testing.T) { s.shoot(t, dir, a, 1) })
		}
		t.Run(s.name+"-200", func(t *testing.T) { s.shoot(t, dir, Light, 2) })
	}
}

func (s scene) shoot(t *testing.T, dir string, a Appearance, scale float32) {
	themed(t, a, scale)
	ground := canvas.NewRectangle(Color(Paper))
	w := test.NewTempWindow(t, container.NewStack(ground, s.draw(s.size.Width >= Wide)))
	w.SetPadded(false)
	w.Resize(s.size)
	if s.over != nil {
		s.over(w.Canvas())
	}
	name := fmt.Sprintf("%s-%s-%.0f.png", s.name, a, scale*100)
	shot, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer shot.Close()
	if err := png.Encode(shot, w.Canvas().Capture()); err != nil {
		t.Fatal(err)
	}
	judge(t, w.Canvas().Content(), fyne.Position{}, s.size.Width)
	for _, o := range w.Canvas().Overlays().List() {
		judge(t, o, fyne.Position{}, s.size.Width)
	}
}

// themed makes an app that looks like ours.
func themed(t *testing.T, a Appearance, scale float32) fyne.App {
	t.Helper()
	app := test.NewTempApp(t)
	th, err := NewTheme(a, scale)
	if err != nil {
		t.Fatal(err)
	}
	app.Settings().SetTheme(th)
	return app
}

// judge walks what is drawn.
func judge(t *testing.T, o fyne.CanvasObject, at fyne.Position, width float32) {
	t.Helper()
	if !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	switch o := o.(type) {
	case *canvas.Text:
		begin, end := span(o, at.X)
		if begin < 0 || end > width+0.5 {
			t.Errorf("%q goes from %.0f to %.0f of %.0f", o.Text, begin, end, width)
		}
	case *Button, *Place, *Item, *Switch, *Chip, *segment:
		if size := o.Size(); size.Width < 43.5 || size.Height < 43.5 {
			t.Errorf("%T is %v, too small for a finger", o, size)
		}
	}
	switch o := o.(type) {
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(o).Objects() {
			judge(t, child, at, width)
		}
	case *fyne.Container:
		for _, child := range o.Objects {
			judge(t, child, at, width)
		}
	}
}

// span gives where a text begins and ends.
func span(o *canvas.Text, x float32) (begin, end float32) {
	w := o.MinSize().Width
	switch o.Alignment {
	case fyne.TextAlignCenter:
		x += (o.Size().Width - w) / 2
	case fyne.TextAlignTrailing:
		x += o.Size().Width - w
	}
	return x, x + w
}

func card(objects ...fyne.CanvasObject) fyne.CanvasObject {
	return NewBox(CardLook, Pad(20, 20, 20, 20, Column(12, objects...)))
}

// task has its actions at the bottom, as pages with one thing to do have.
func task(content fyne.CanvasObject, actions ...fyne.CanvasObject) fyne.CanvasObject {
	foot := Pad(12, 24, 24, 24, Column(12, actions...))
	return Column(0, Grow(NewScroll(Pad(24, 24, 16, 24, content))), foot)
}

func startScene(bool) fyne.CanvasObject {
	return task(
		Column(0, Gap(0, 120), Start(NewMark(80, MarkWhole)), Gap(0, 28),
			NewText("Your own devices vouch for you.", Display, Ink), Gap(0, 10),
			NewText("When somebody signs in with your password, this device asks you first and shows a code to type.", Body, Ink2)),
		NewButton(PineButton, "Set up an account", nil), NewButton(SecondButton, "Pair with a device I have", nil),
		NewButton(QuietButton, "Recover my account", nil), NewText("On a server you run. Nobody in between.", Caption, Ink2).Centre())
}

func homeScene(wide bool) fyne.CanvasObject {
	status := card(
		Row(16, NewMark(40, MarkWhole), Grow(Column(2, NewText("Nobody is asking", Heading, Ink), NewText("Connected. Last check 4 seconds ago.", Small, Ink2)))),
		NewButton(SecondButton, "Check now", nil).Small().WithIcon("refresh"))
	rows := List(NewItem(ItemText{Icon: "clock", Name: "Offline code", Second: "When this device has no network"}, func() {}),
		NewItem(ItemText{Icon: "signin", Name: "Webmail, today 18:02", Second: "Firefox on Linux, your own network"}, func() {}),
		NewItem(ItemText{Icon: "cross", Tile: Look{Fill: BrickSoft, Radius: 12}, IconColour: Brick, Name: "You said “Not me”", Second: "Chrome on Windows, 203.0.113.77. Then 12 more were refused", End: NewLine("03:11", Small, Ink2)}, nil))
	content := Column(12, status, NewText("If you lost this device", Section, Ink2),
		Notice(SoftPine, "check", Pine, "You would get back in", "Any two of these bring back the third."), rows)
	return framed(wide, 0, content)
}

func settingsScene(wide bool) fyne.CanvasObject {
	choose := func(int) {}
	rows := List(
		Pad(14, 16, 14, 16, Column(12, Row(14, IconTile("sun", TileLook, Ink), Grow(NewText("Appearance", RowName, Ink))),
			NewSegments([]string{"System", "Light", "Dark", "High contrast"}, 0, choose))),
		NewItem(ItemText{Icon: "bell", Name: "Ring with a notification", Second: "It never shows a code", End: NewSwitch(true, func(bool) {})}, nil),
		NewItem(ItemText{Icon: "signin", Name: "Start when I log in", Second: "Closing the window keeps it ringing", End: NewSwitch(false, func(bool) {})}, nil),
		NewItem(ItemText{Icon: "globe", Name: "Language", End: NewLine("English", Small, Ink2)}, func() {}))
	return framed(wide, 3, Column(12, NewText("Settings", Title, Ink), NewText("This device", Section, Ink2), rows))
}

// framed puts a rail or a bottom bar to a page.
func framed(wide bool, chosen int, content fyne.CanvasObject) fyne.CanvasObject {
	var places []fyne.CanvasObject
	for i, p := range [][2]string{{"home", "Home"}, {"devices", "Devices"}, {"activity", "Activity"}, {"settings", "Settings"}} {
		if wide {
			places = append(places, NewPlace(p[0], p[1], i == chosen, func() {}))
		} else {
			places = append(places, NewBottomPlace(p[0], p[1], i == chosen, func() {}))
		}
	}
	if !wide {
		return container.NewBorder(nil, BottomBar(places...), nil, nil, Page(false, content))
	}
	head := Row(10, NewMark(22, MarkWhole), Grow(NewText("Countersign", Strong, Ink)))
	foot := Column(0, NewText("Anna Lindqvist", Section, Ink), NewText("id.lindqvist.example", Caption, Ink2))
	return container.NewBorder(nil, nil, Rail(head, places, foot), nil, Page(true, content))
}

func requestScene(c fyne.Canvas) {
	value := func(lines ...fyne.CanvasObject) fyne.CanvasObject { return Column(0, lines...) }
	content := Column(16, NewText("Are you signing in?", Title, Ink),
		beside(Letters("KRM"), NewText("Your page must show the same letters.", Small, Ink2)),
		Facts(
			Fact{"globe", "Service", value(NewText("Webmail", Strong, Ink), NewText("https://mail.lindqvist.example", Small, Ink2))},
			Fact{"place", "From", value(NewText("Another network", Strong, Brass), NewText("203.0.113.77", Small, Ink2))},
			Fact{"browser", "Using", value(NewText("Firefox on Windows", Body, Ink), NewText("New browser", Strong, Brass))},
			Fact{"clock", "When", NewText("Just now, 3rd try in 15 minutes", Body, Ink)}))
	answers := Even(12, NewButton(BrickButton, "Not me", nil), NewButton(PineButton, "Allow", nil))
	foot := Column(2, answers, Row(8, Grow(NewText("Allow only shows a code.", Small, Ink2)), NewButton(QuietButton, "Not now", nil).Small()))
	NewSheet(c, 520, content, foot, nil).Rise(false)
}

// beside puts a text beside an object, or below it where the text is large.
func beside(o fyne.CanvasObject, text *Text) fyne.CanvasObject {
	if scale() >= 1.6 {
		return Column(8, o, text)
	}
	return Row(16, o, Grow(text))
}

func codeScene(bool) fyne.CanvasObject {
	code, late := NewCode("4071"), NewCode("407182")
	code.SetLeft(87*time.Second, 2*time.Minute, "1:27 left")
	late.SetLeft(9*time.Second, 2*time.Minute, "0:09 left")
	return NewScroll(Pad(24, 24, 24, 24, Column(16, NewText("Your code for Webmail", Heading, Ink).Centre(),
		code, NewText("Type this only at", Body, Ink).Centre(), NewText("https://id.lindqvist.example", Strong, Ink).Centre(), late)))
}

func fieldScene(bool) fyne.CanvasObject {
	name, password, wrong := NewField("Name", "You type it when you sign in."), NewPasswordField("Password", "At least 8 characters.", "Show", "Hide"), NewField("Invitation link or address", "")
	name.Entry.SetText("anna")
	password.Entry.SetText("mild brass tally")
	wrong.Entry.SetText("htp://nowhere")
	wrong.SetWrong("This is not an address or an invitation link.")
	name.Entry.FocusGained()
	qr, err := NewQR("COUNTERSIGN:7QK2M9XW0123456789", 272)
	if err != nil {
		return NewText(err.Error(), Body, Brick)
	}
	return task(Column(20, NewText("Your account", Title, Ink), name, password, wrong, qr), NewButton(PineButton, "Continue", nil))
}

func noticeScene(wide bool) fyne.CanvasObject {
	return Page(wide, Column(12,
		Notice(SoftBrick, "warning", Brick, "Your devices do not agree", "The server shows this device a different list than it shows Anna’s ThinkPad. This device has stopped.", NewButton(SecondButton, "Compare the lists", nil).Small()),
		Notice(SoftBrass, "clock", Brass, "New browsers are refused until 18:40", "That follows three wrong codes.", NewButton(SecondButton, "Let them ask again", nil).Small()),
		Notice(SoftPine, "check", Pine, "Your recovery key works", ""),
		Row(8, NewChip("All", true, nil), NewChip("Sign-ins", false, nil), NewChip("Changes", false, nil)),
		NewBox(WellLook, Pad(10, 16, 10, 16, Row(10, NewIcon("repeat", 20, Ink2), Grow(NewText("12 more were refused. They cannot ring you.", Small, Ink))))),
		Empty("Nothing has happened yet.", NewButton(SecondButton, "Check now", nil).Small())))
}

func buttonScene(wide bool) fyne.CanvasObject {
	kinds := []Kind{PineButton, BrickButton, SecondButton, QuietButton, QuietBrickButton}
	all := Column(12)
	for _, k := range kinds {
		off := NewButton(k, "Not now", nil)
		off.Disable()
		all.Add(Even(12, NewButton(k, "Allow", nil).WithIcon("check"), off))
	}
	keyed, half := NewButton(PineButton, "Reached by key", nil), NewButton(PineButton, "Filling", nil)
	keyed.FocusGained()
	half.hold()
	half.fillTo(0.4)
	hovered := NewButton(SecondButton, "Pointed at", nil)
	hovered.MouseIn(nil)
	all.Add(Column(12, keyed, half, hovered))
	marks := Row(16)
	for _, m := range []MarkState{MarkWhole, MarkAsking, MarkOffline, MarkQuiet} {
		marks.Add(NewMark(40, m))
	}
	all.Add(marks)
	return container.NewStack(canvas.NewRectangle(color.Transparent), Page(wide, all))
}

func keyScene(wide bool) fyne.CanvasObject {
	groups := []string{"7K2M", "Q04R", "0VX9", "E2D8", "185G", "R38E", "1WXK"}
	entry := NewKeyEntry(7, 4, "Capital or small letters, with or without spaces.", capital)
	entry.SetText("7K2M Q04R 0VX8 E2")
	entry.SetMarks([]KeyMark{KeyRight, KeyRight, KeyWrong})
	entry.SetWrong("Group 3 is not what was shown. Look at it once more on your paper.")
	entry.FocusGained()
	content := Column(20, NewText("Your recovery key", Title, Ink), NewKeyTiles(groups), entry)
	if wide {
		return Page(true, content)
	}
	return task(content, NewButton(PineButton, "I have it on paper", nil))
}
