package ui

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// The two sizes that every screen is drawn at.
var (
	phone = fyne.NewSize(390, 844)
	wide  = fyne.NewSize(1000, 680)
)

// tester is a window in a test: its goroutine is the test's, its clock is still.
type tester struct {
	*UI
	t       *testing.T
	device  *device
	clock   time.Time
	ticks   map[int]func()
	desk    *desk
	opened  []string // addresses the browser got
	later   []func() // work that the test has not let run yet
	waiting bool     // keep work for later
}

// desk notes what the desktop was told.
type desk struct {
	rings, quiets int
	tray          TrayState
}

func (d *desk) Ring()                 { d.rings++ }
func (d *desk) Quiet()                { d.quiets++ }
func (d *desk) TrayState(s TrayState) { d.tray = s }

// variantApp is a Fyne app on a system that is light or dark.
type variantApp struct {
	fyne.App
	settings variantSettings
}

type variantSettings struct {
	fyne.Settings
	variant fyne.ThemeVariant
}

func (a *variantApp) Settings() fyne.Settings             { return a.settings }
func (s variantSettings) ThemeVariant() fyne.ThemeVariant { return s.variant }
func (s variantSettings) ShowAnimations() bool            { return false }
func newVariantApp(a fyne.App, v fyne.ThemeVariant) fyne.App {
	return &variantApp{a, variantSettings{a.Settings(), v}}
}

// newTester opens a window over a device.
func newTester(t *testing.T, d *device, size fyne.Size) *tester {
	t.Helper()
	speak(t, "en")
	return openTester(t, d, size, newApp(t, theme.VariantLight))
}

// newApp starts a Fyne app on a light or dark system.
func newApp(t *testing.T, v fyne.ThemeVariant) fyne.App {
	a := newVariantApp(test.NewTempApp(t), v)
	fyne.SetCurrentApp(a)
	return a
}

func openTester(t *testing.T, d *device, size fyne.Size, a fyne.App) *tester {
	t.Helper()
	u := &tester{t: t, device: d, clock: noon, ticks: map[int]func(){}, desk: &desk{}}
	u.UI = New(a, func(context.Context, Asker) (Device, error) { return d, nil }, Options{
		Desktop: u.desk, OpenURL: func(address string) error { u.opened = append(u.opened, address); return nil },
		Stopper: d,
		Version: "0.1.0", DeviceName: "Anna’s ThinkPad", Kind: "laptop",
		Dispatch: func(f func()) { f() }, Go: u.work, Now: func() time.Time { return u.clock }, Every: u.every,
	})
	u.window.Resize(size)
	u.start()
	t.Cleanup(func() { u.end(); u.window.Close() })
	return u
}

func (u *tester) work(f func()) {
	if u.waiting {
		u.later = append(u.later, f)
		return
	}
	f()
}

func (u *tester) every(_ time.Duration, f func()) func() {
	n := len(u.ticks)
	for u.ticks[n] != nil {
		n++
	}
	u.ticks[n] = f
	return func() { delete(u.ticks, n) }
}

// pass lets time go by, a tick each second.
func (u *tester) pass(d time.Duration) {
	for end := u.clock.Add(d); u.clock.Before(end); {
		u.clock = u.clock.Add(time.Second)
		for _, f := range u.ticks {
			f()
		}
	}
}

// speak makes a language the system's.
func speak(t *testing.T, language string) {
	t.Helper()
	for _, name := range []string{"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"} {
		t.Setenv(name, language+"_"+map[string]string{"en": "US", "de": "DE"}[language]+".UTF-8")
	}
	if err := Speak(); err != nil {
		t.Fatal(err)
	}
}

// drawn is one visible object and where it is in the window.
type drawn struct {
	object  fyne.CanvasObject
	at      fyne.Position
	size    fyne.Size
	scrolls bool // it stands in something that scrolls up and down
	typed   bool // it belongs to an entry, which scrolls sideways
}

// onTop walks what can be reached: the sheet if there is one, else the window.
func (u *tester) onTop() []drawn {
	top := u.window.Canvas().Overlays().Top()
	if top == nil {
		top = u.window.Canvas().Content()
	}
	var all []drawn
	collect(drawn{object: top}, &all)
	return all
}

// collect adds an object, placed in its parent, and all that is in it.
func collect(d drawn, all *[]drawn) {
	if !d.object.Visible() {
		return
	}
	d.at, d.size = d.at.Add(d.object.Position()), d.object.Size()
	*all = append(*all, d)
	switch d.object.(type) {
	case *container.Scroll:
		d.scrolls = true
	case *widgets.Entry:
		d.typed = true
	}
	for _, child := range children(d.object) {
		collect(drawn{object: child, at: d.at, scrolls: d.scrolls, typed: d.typed}, all)
	}
}

func children(o fyne.CanvasObject) []fyne.CanvasObject {
	switch o := o.(type) {
	case *fyne.Container:
		return o.Objects
	case fyne.Widget:
		return test.WidgetRenderer(o).Objects()
	}
	return nil
}

// says reports every text that can be read on top, in order.
func (u *tester) says() []string {
	var out []string
	for _, d := range u.onTop() {
		if text := textOf(d.object); text != "" {
			out = append(out, text)
		}
	}
	return out
}

// textOf gives what a control or a paragraph says.
func textOf(o fyne.CanvasObject) string {
	switch o := o.(type) {
	case *widgets.Text:
		return o.Text()
	case *widgets.Button:
		return o.Text()
	case *widgets.Place:
		return o.Text()
	case *widgets.Chip:
		return o.Text()
	}
	return ""
}

// mustSay fails unless each text stands on top.
func (u *tester) mustSay(texts ...string) {
	u.t.Helper()
	said := u.says()
	for _, want := range texts {
		if !contains(said, want) {
			u.t.Errorf("nothing says %q; there is %q", want, said)
		}
	}
}

// mustNotSay fails if a text stands on top.
func (u *tester) mustNotSay(texts ...string) {
	u.t.Helper()
	for _, text := range texts {
		if contains(u.says(), text) {
			u.t.Errorf("something says %q", text)
		}
	}
}

func contains(all []string, one string) bool {
	for _, s := range all {
		if s == one {
			return true
		}
	}
	return false
}

// find gives the control or paragraph on top that says text.
func (u *tester) find(text string) fyne.CanvasObject {
	u.t.Helper()
	for _, d := range u.onTop() {
		if textOf(d.object) == text {
			return d.object
		}
	}
	u.t.Fatalf("nothing says %q; there is %q", text, u.says())
	return nil
}

// tap presses the control that says text, or whose first text does.
func (u *tester) tap(text string) {
	u.t.Helper()
	var found fyne.Tappable
	for _, d := range u.onTop() {
		if control, ok := d.object.(fyne.Tappable); ok && saysFirst(d.object, text) {
			found = control
		}
	}
	if found == nil {
		u.t.Fatalf("nothing that says %q can be pressed; there is %q", text, u.says())
	}
	test.Tap(found)
}

func saysFirst(o fyne.CanvasObject, text string) bool {
	if said := textOf(o); said != "" {
		return said == text
	}
	if _, sheet := o.(*widgets.Sheet); sheet {
		return false
	}
	var all []drawn
	collect(drawn{object: o}, &all)
	for _, d := range all[1:] {
		if said := textOf(d.object); said != "" {
			return said == text
		}
	}
	return false
}

// press presses a key, as the window's driver does: what has the focus gets it.
func (u *tester) press(key fyne.KeyName) {
	c := u.window.Canvas()
	if key == fyne.KeyTab {
		c.FocusNext()
		return
	}
	if at := c.Focused(); at != nil {
		at.TypedKey(&fyne.KeyEvent{Name: key})
	} else if typed := c.OnTypedKey(); typed != nil {
		typed(&fyne.KeyEvent{Name: key})
	}
}

// control presses a key together with Ctrl. The test driver's canvas drops
// shortcuts, so they go to what the window's canvas was given.
func (u *tester) control(key fyne.KeyName) {
	u.keys.TypedShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault})
}

// typeInto types into the field with a label.
func (u *tester) typeInto(label, text string) {
	u.t.Helper()
	field := u.field(label)
	u.window.Canvas().Focus(field.Entry)
	field.Entry.SetText("")
	test.Type(field.Entry, text)
}

func (u *tester) field(label string) *widgets.Field {
	u.t.Helper()
	for _, d := range u.onTop() {
		if f, ok := d.object.(*widgets.Field); ok && saysFirst(f, label) {
			return f
		}
	}
	u.t.Fatalf("no field is labelled %q; there is %q", label, u.says())
	return nil
}

// look changes the device's view.
func (u *tester) look(change func(v *app.View)) {
	v := u.device.view
	change(&v)
	u.device.show(v)
}
