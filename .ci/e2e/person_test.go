package e2e

import (
	"strconv"
	"strings"
	"time"
)

// stillness is how long a picture or a place may take to hold still.
const stillness = 2 * time.Second

// hand does something with pointer or keyboard. Letters beyond ASCII need a
// locale that has them.
func (d *desk) hand(does ...string) {
	d.t.Helper()
	cmd := d.command("xdotool", does...)
	cmd.Env = append(cmd.Env, "LC_ALL=C.UTF-8")
	if out, err := cmd.CombinedOutput(); err != nil {
		d.fail("xdotool %s: %v %s", does[0], err, out)
	}
}

// handle gives the window's number on the display, "" if it cannot be seen.
// Another device's window may be there beside it.
func (w *window) handle() string {
	pid := strconv.Itoa(w.process.cmd.Process.Pid)
	for handle := range strings.Lines(w.maybe("xdotool", "search", "--all", "--onlyvisible", "--pid", pid, "--name", windowTitle)) {
		return strings.TrimSpace(handle)
	}
	return ""
}

// press points at something with a text on it and clicks, once it holds still: a
// sheet that comes up is not yet where it will be.
func (w *window) press(text string) {
	w.t.Helper()
	const often = 4
	x, still := w.find(text), 0
	eventually(stillness, func() bool {
		last := x
		x = w.find(text)
		still++
		if x != last {
			still = 0
		}
		return still >= often
	})
	x = w.scrollTo(x)
	w.clickAt(x.X+x.W/2, x.Y+x.H/2)
}

func (w *window) clickAt(x, y int) {
	w.t.Helper()
	w.hand("mousemove", "--window", w.handle(), strconv.Itoa(x), strconv.Itoa(y), "click", "1")
}

// scrollTo turns the wheel until a thing is inside the window.
func (w *window) scrollTo(x thing) thing {
	w.t.Helper()
	const margin = 8
	eventually(patience, func() bool {
		_, height := w.size()
		x = w.find(x.Text)
		if x.Y+x.H/2 >= margin && x.Y+x.H/2 <= height-margin {
			return true
		}
		wheel := "5" // down
		if x.Y < 0 {
			wheel = "4"
		}
		w.hand("mousemove", "--window", w.handle(), strconv.Itoa(x.X+x.W/2), strconv.Itoa(height/2), "click", wheel)
		return false
	})
	return x
}

// size gives the window's size in pixels.
func (w *window) size() (width, height int) {
	for _, line := range strings.Split(w.maybe("xdotool", "getwindowgeometry", "--shell", w.handle()), "\n") {
		name, value, _ := strings.Cut(line, "=")
		n, _ := strconv.Atoi(value) // the other lines are not numbers that count
		switch name {
		case "WIDTH":
			width = n
		case "HEIGHT":
			height = n
		}
	}
	return width, height
}

// fill types into the n-th field from the top, instead of what is there. It
// clicks until the field has the keyboard, as people do.
func (w *window) fill(n int, text string) {
	w.t.Helper()
	w.wait("a field to type into", func() bool { return len(w.entries()) > n })
	w.wait("the field to have the keyboard", func() bool {
		if w.focusedAt(n) {
			return true
		}
		if all := w.entries(); len(all) > n {
			w.clickAt(all[n].X+all[n].W/2, all[n].Y+all[n].H/2)
		}
		return eventually(stillness, func() bool { return w.focusedAt(n) })
	})
	w.key("ctrl+a")
	w.write(text)
	w.wait("what was typed", func() bool { all := w.entries(); return len(all) > n && all[n].Text == text })
}

func (w *window) focusedAt(n int) bool {
	all := w.entries()
	return len(all) > n && all[n].Focused
}

// write types letters.
func (d *desk) write(text string) { d.t.Helper(); d.hand("type", "--delay", "8", "--", text) }

// key presses one key or a chord.
func (d *desk) key(name string) { d.t.Helper(); d.hand("key", "--clearmodifiers", name) }

// active reports whether the window is the one that has the keyboard.
func (w *window) active() bool {
	handle := w.handle()
	return handle != "" && w.maybe("xdotool", "getactivewindow") == handle
}

// close does what a person does who closes the window: again, if it did not take it,
// as when the desktop had given nobody the keyboard yet.
func (w *window) close() {
	w.t.Helper()
	const take = 3 * time.Second
	w.wait("the window to close", func() bool {
		handle := w.handle()
		if handle == "" {
			return true
		}
		w.maybe("xdotool", "windowactivate", "--sync", handle)
		w.maybe("xdotool", "key", "alt+F4")
		return eventually(take, func() bool { return w.handle() == "" })
	})
}

// move puts the window somewhere on the display.
func (w *window) move(x, y int) {
	w.t.Helper()
	w.hand("windowmove", w.handle(), strconv.Itoa(x), strconv.Itoa(y))
}

// resize gives the window another size.
func (w *window) resize(width, height int) {
	w.t.Helper()
	w.hand("windowsize", "--sync", w.handle(), strconv.Itoa(width), strconv.Itoa(height))
}
