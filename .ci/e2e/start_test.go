package e2e

import (
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// startRounds is how often each program is started for one figure.
const startRounds = 7

// BenchmarkStart measures how long it takes from starting the program to its
// first frame, against a bare Fyne window of the same size, each in turn. The
// first frame is when the middle of an empty display is no longer black.
func BenchmarkStart(b *testing.B) {
	d := newDesk(b)
	d.startKeyring()
	bare := filepath.Join(b.TempDir(), "bare")
	app := filepath.Join(b.TempDir(), "app")
	for path, of := range map[string]string{bare: "./.ci/e2e/bare", app: "."} {
		build := exec.Command("go", "build", "-o", path, of)
		build.Dir = filepath.Join("..", "..")
		if out, err := build.CombinedOutput(); err != nil {
			b.Fatalf("building %s: %v %s", of, err, out)
		}
	}
	args := []string{"--data", d.path("data/countersign"), "--local-listen", "localhost:" + d.port}
	d.hand("mousemove", "0", "0") // the pointer is part of the picture
	d.firstFrame(app, args...)    // both fill the cache of shaders
	d.firstFrame(bare)
	for b.Loop() {
		var apps, bares, ratios []float64
		for range startRounds {
			one, other := d.firstFrame(app, args...), d.firstFrame(bare)
			apps, bares, ratios = append(apps, one), append(bares, other), append(ratios, one/other)
		}
		b.ReportMetric(median(apps), "ms/app")
		b.ReportMetric(median(bares), "ms/bare")
		b.ReportMetric(median(ratios), "app/bare")
	}
}

// firstFrame starts a program and gives the milliseconds to its first frame.
func (d *desk) firstFrame(path string, args ...string) float64 {
	d.t.Helper()
	d.wait("an empty display", func() bool { return d.middle() == 0 })
	cmd := d.command(path, args...)
	started := time.Now()
	p := begin(d.t, cmd)
	for d.middle() == 0 {
		if time.Since(started) > patience {
			d.fail("%s draws nothing", path)
		}
	}
	took := time.Since(started)
	p.kill()
	return float64(took.Microseconds()) / 1000
}

// middle gives the point in the middle of the display, 0 for black.
func (d *desk) middle() uint32 {
	file, err := os.Open(filepath.Join(d.frames, "Xvfb_screen0"))
	if err != nil {
		d.t.Fatal(err)
	}
	defer file.Close()
	head := make([]byte, 100)
	if _, err := file.ReadAt(head, 0); err != nil {
		d.t.Fatal(err)
	}
	number := func(i int) int64 { return int64(binary.BigEndian.Uint32(head[4*i:])) }
	at := number(0) + number(19)*colourLength + number(12)*(screenHeight/2) + 4*(screenWidth/2)
	point := make([]byte, 4)
	if _, err := file.ReadAt(point, at); err != nil {
		d.t.Fatal(err)
	}
	return binary.LittleEndian.Uint32(point) & 0xFFFFFF
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}
