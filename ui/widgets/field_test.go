package widgets

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestFieldPassesReturnAndEscapeOn(t *testing.T) {
	themed(t, Light, 1)
	f := NewField("Name", "You type it when you sign in.")
	test.NewTempWindow(t, f)
	submitted, escaped := "", 0
	f.Entry.OnSubmitted = func(text string) { submitted = text }
	f.Entry.OnEscape = func() { escaped++ }
	test.Type(f.Entry, "anna")
	f.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	f.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if submitted != "anna" || escaped != 1 || f.Text() != "anna" {
		t.Errorf("submitted %q, escaped %d times, holds %q", submitted, escaped, f.Text())
	}
}

// What is wrong is said in a sentence as well as by the outline.
func TestFieldSaysWhatIsWrong(t *testing.T) {
	themed(t, Light, 1)
	f := NewField("Name", "")
	test.NewTempWindow(t, f)
	plain := f.HeightFor(300)
	f.SetWrong("Type the name you want to sign in with.")
	if f.shape.StrokeColor != Color(Brick) || !f.hint.Visible() || f.hint.lines[0].Color != Color(Brick) {
		t.Error("neither outline nor sentence is brick")
	}
	if f.HeightFor(300) <= plain {
		t.Error("the sentence has no room")
	}
	f.SetWrong("")
	if f.Wrong() != "" || f.hint.Visible() || f.shape.StrokeColor == Color(Brick) {
		t.Error("it stays wrong")
	}
}

func TestPasswordIsHiddenUntilAsked(t *testing.T) {
	themed(t, Light, 1)
	f := NewPasswordField("Password", "", "Show", "Hide")
	test.NewTempWindow(t, f)
	if !f.Entry.Password {
		t.Fatal("a password is shown unasked")
	}
	for _, shown := range []bool{true, false} {
		test.Tap(f.eye)
		if f.Entry.Password == shown || (f.eye.Text() == "Hide") != shown {
			t.Errorf("hidden %v, the button says %q", f.Entry.Password, f.eye.Text())
		}
	}
}

func TestCodeRingRunsDown(t *testing.T) {
	themed(t, Light, 1)
	c := NewCode("4071")
	test.NewTempWindow(t, c)
	for _, s := range []struct {
		left  time.Duration
		angle float32
		late  bool
	}{{2 * time.Minute, 360, false}, {time.Minute, 180, false}, {15 * time.Second, 45, true}, {0, 0, true}, {-time.Second, 0, true}, {time.Hour, 360, false}} {
		c.SetLeft(s.left, 2*time.Minute, s.left.String())
		colour := Color(Pine)
		if s.late {
			colour = Color(Brass)
		}
		if c.rest.EndAngle != s.angle || c.rest.FillColor != colour || c.Words() != s.left.String() {
			t.Errorf("%v left: to %.0f degrees in %v, says %q", s.left, c.rest.EndAngle, c.rest.FillColor, c.Words())
		}
	}
	var shown strings.Builder
	for _, d := range c.digits {
		shown.WriteString(d.Text)
	}
	if shown.String() != "4071" {
		t.Errorf("shows %q", shown.String())
	}
}
