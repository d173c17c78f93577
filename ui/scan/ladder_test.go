package scan

import (
	"cmp"
	"flag"
	"image"
	"image/color"
	"slices"
	"testing"
	"time"
)

var table = flag.Bool("table", false, "read every picture of the table and log it")

// turns are the 24 ways round, 15 degrees apart.
const turns = 24

// conditions are what a code is read under, and how many of its turns have to be
// read at the least: what was measured, less a margin wherever the first look does
// not read them all, as processors round differently.
func conditions() []struct {
	name  string
	shot  shot
	least int
} {
	phone := shot{w: 640, h: 480, module: 6, blur: .8, noise: 5, jpeg: 75}
	with := func(change func(*shot)) shot { s := phone; change(&s); return s }
	return []struct {
		name  string
		shot  shot
		least int
	}{
		{"clean, 4 pixels a module", shot{w: 640, h: 480, module: 4}, turns},
		{"usual: 6 pixels, blur 0.8, noise 5, JPEG 75", phone, turns},
		{"and light falling to a half", with(func(s *shot) { s.gradient = .5 }), turns},
		{"and light falling to a fifth", with(func(s *shot) { s.gradient = .8 }), turns},
		{"and dark, a quarter of the light", with(func(s *shot) { s.dark = .75 }), turns},
		{"and tilted, far edge a fifth shorter", with(func(s *shot) { s.tilt = .25 }), turns - 3},
		{"and noise 15", with(func(s *shot) { s.noise = 15 }), turns},
		{"and noise 30", with(func(s *shot) { s.noise = 30 }), turns - 2},
		{"and blur 2", with(func(s *shot) { s.blur = 2 }), turns - 2},
		{"and blur 3", with(func(s *shot) { s.blur = 3 }), 0},
		{"and a busy place around", with(func(s *shot) { s.clutter = true }), turns},
		{"and light on dark", with(func(s *shot) { s.inverted = true }), turns},
		{"small: 3 pixels, blur 0.8, noise 5", with(func(s *shot) { s.module = 3 }), turns - 2},
		{"smaller: 2 pixels, blur 0.6, noise 5", with(func(s *shot) { s.module, s.blur = 2, .6 }), 0},
		{"1280 by 720, 10 pixels, blur 2, noise 40, falling light", shot{w: 1280, h: 720, module: 10, blur: 2, noise: 40, gradient: .7}, turns - 2},
		{"1280 by 720, 12 pixels, blur 5, noise 10", shot{w: 1280, h: 720, module: 12, blur: 5, noise: 10}, 18},
		{"1280 by 720, 7 pixels, tilted, noise 12, busy", shot{w: 1280, h: 720, module: 7, tilt: .2, blur: 1, noise: 12, clutter: true, jpeg: 75}, turns - 3},
	}
}

// TestTable reads what a camera may see. Without -table it takes every fifth turn,
// all of them different to a square, which is enough to see a rung break.
func TestTable(t *testing.T) {
	code := modules(t, link)
	step := 5
	if *table {
		step = 1
	}
	for _, c := range conditions() {
		hits, tried, times := 0, 0, []time.Duration(nil)
		rungs := map[string]int{}
		for i := 1; i <= turns; i += step {
			c.shot.turn = float64(i) * 360 / turns
			img := c.shot.take(t, code, uint64(i))
			begin := time.Now()
			text, on := climb(newPlaneOf(img))
			times = append(times, time.Since(begin))
			tried++
			switch text {
			case link:
				hits++
				rungs[on]++
			case "":
			default:
				t.Errorf("%s, turn %d: read the wrong text %q", c.name, i, text)
			}
		}
		if lost := tried - hits; lost > turns-c.least {
			t.Errorf("%s: %d of %d read, at most %d may be lost", c.name, hits, tried, turns-c.least)
		}
		slices.Sort(times)
		t.Logf("| %s | %d of %d | %d ms | %d ms | %v", c.name, hits, tried,
			times[len(times)/2].Milliseconds(), times[len(times)-1].Milliseconds(), rungs)
	}
}

// TestScreens reads codes as screens show them, on all grounds and in all sizes.
func TestScreens(t *testing.T) {
	code := modules(t, link)
	clear, ink := color.NRGBA{}, color.NRGBA{20, 20, 60, 255}
	for _, c := range []struct {
		name   string
		module int
		img    image.Image
	}{
		{"one pixel a module", 1, flat(code, 1, color.Black, color.White)},
		{"two pixels a module", 2, flat(code, 2, color.Black, color.White)},
		{"colours", 5, flat(code, 5, ink, color.NRGBA{250, 230, 200, 255})},
		{"nothing behind", 5, flat(code, 5, ink, clear)},
		{"light on dark", 5, flat(code, 5, color.White, ink)},
		{"thirty pixels a module", 30, flat(code, 30, color.Black, color.White)},
		{"part of a picture", 5, flat(code, 5, ink, color.White).SubImage(image.Rect(2, 3, 999, 999))},
	} {
		if text, err := Decode(c.img); text != link || err != nil {
			t.Errorf("%s: read %q, %v", c.name, cmp.Or(text, "nothing"), err)
		}
	}
}
