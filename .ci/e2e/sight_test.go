package e2e

import (
	"slices"
	"strings"
)

// recoveryKey reads the key from its tiles: a number and four symbols on each.
func (w *window) recoveryKey() string {
	w.t.Helper()
	var groups []string
	single := w.singles("widgets.KeyTiles")
	for len(single) >= 5 {
		groups = append(groups, strings.Join(single[1:5], ""))
		single = single[5:]
	}
	if len(groups) != 7 || len(single) > 0 {
		w.fail("a recovery key has seven groups of four, this one %q", groups)
	}
	return strings.Join(groups, "-")
}

// code waits for the code in its ring, and reads it.
func (w *window) code() string {
	w.t.Helper()
	var digits string
	w.wait("a code", func() bool { digits = strings.Join(w.singles("widgets.Code"), ""); return len(digits) == 4 })
	return digits
}

// letters reads the three letters of the request in front.
func (w *window) letters() string {
	w.t.Helper()
	var all string
	for _, x := range w.front() {
		if x.Type == "widgets.Text" && len(x.Text) == 1 && x.Text >= "A" && x.Text <= "Z" {
			all += x.Text
		}
	}
	if len(all) != 3 {
		w.fail("a request shows three letters, this one %q", all)
	}
	return all
}

// after gives the text that stands after another.
func (w *window) after(text string) string {
	w.t.Helper()
	all := w.texts()
	i := slices.Index(all, text)
	if i < 0 || i+1 == len(all) {
		w.fail("nothing stands after %q: %q", text, all)
	}
	return all[i+1]
}

// singles gives the texts of one letter within a thing of a type, in order.
func (w *window) singles(kind string) (all []string) {
	things := w.front()
	i := slices.IndexFunc(things, func(x thing) bool { return x.Type == kind })
	if i < 0 {
		return nil
	}
	in := things[i]
	for _, x := range things[i+1:] {
		if x.X < in.X || x.Y < in.Y || x.X >= in.X+in.W || x.Y >= in.Y+in.H {
			break
		}
		if x.Type == "canvas.Text" && len(x.Text) == 1 {
			all = append(all, x.Text)
		}
	}
	return all
}

// focus waits until something has the keyboard.
func (w *window) focus(text string) {
	w.t.Helper()
	w.wait("the keyboard at "+text, func() bool { x, ok := w.focused(); return ok && x.Text == text })
}

// tab presses Tab until something has the keyboard that can be pressed.
func (w *window) tab(text string) {
	w.t.Helper()
	w.find(text) // Allow waits a second before it can be reached
	for range 8 {
		w.key("Tab")
		if eventually(stillness, func() bool { x, ok := w.focused(); return ok && x.Text == text }) {
			return
		}
	}
	w.fail("Tab does not lead to %q", text)
}
