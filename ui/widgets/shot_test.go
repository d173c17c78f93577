package widgets

import (
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

func TestGallery(t *testing.T) {
	dir := os.Getenv("COUNTERSIGN_GALLERY")
	if dir == "" {
		dir = t.TempDir()
	}
	for _, a := range []Appearance{Light, Dark, HighContrast} {
		app := test.NewTempApp(t)
		th, err := NewTheme(a, 1)
		if err != nil {
			t.Fatal(err)
		}
		app.Settings().SetTheme(th)
		bg := canvas.NewRectangle(Color(Paper))
		f := NewField("Name", "As you want to be called.")
		g := NewPasswordField("Password", "", "Show", "Hide")
		g.SetWrong("At least 8 characters.")
		g.Entry.SetText("abc")
		code := NewCode("4071")
		code.SetLeft(87*time.Second, 120*time.Second, "1:27 left")
		left := Column(16,
			NewText("Are you signing in?", Title, Ink),
			Row(16, Letters("KRM"), Grow(NewText("Your page must show the same letters.", Small, Ink2))),
			Facts(Fact{"globe", "Service", Column(0, NewText("Webmail", Strong, Ink), NewText("https://mail.lindqvist.example", Small, Ink2))},
				Fact{"place", "From", Column(0, NewText("Another network", Strong, Brass), NewText("203.0.113.77", Small, Ink2))}),
			Even(12, NewButton(BrickButton, "Not me", nil), NewButton(PineButton, "Allow", nil)),
			f, g, NewButton(SecondButton, "Check now", nil).WithIcon("refresh"),
			NewChoice([]string{"Like the system", "Light"}, 0, func(int) {}),
		)
		right := Column(16,
			code,
			List(NewItem(ItemText{Icon: "clock", Name: "Offline code", Second: "When this device has no network"}, func() {}),
				NewItem(ItemText{Icon: "signin", Name: "Webmail, today 18:02", Second: "Firefox on Linux, your own network"}, nil)),
			Notice(SoftPine, "check", Pine, "You would get back in", "Any two of these bring back the third."),
			KeyView([]string{"000G", "40R4", "0M30", "E209", "185G", "R38E", "1WXK"}, 4),
			Row(8, NewChip("All", true, nil), NewChip("Sign-ins", false, nil)), NewSwitch(true, func(bool) {}),
			Empty("Nothing has happened yet.", nil),
		)
		w := test.NewTempWindow(t, container.NewStack(bg, NewScroll(Pad(24, 24, 24, 24, Even(24, left, right)))))
		w.Resize(fyne.NewSize(900, 900))
		out, err := os.Create(filepath.Join(dir, "widgets-"+string(a)+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(out, w.Canvas().Capture()); err != nil {
			t.Fatal(err)
		}
		out.Close()
	}
}
