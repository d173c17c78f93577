package ui

import (
	"context"
	"errors"
	"image"
	"io"
	"os"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/storage"

	"github.com/countersign/countersign/ui/scan"
	"github.com/countersign/countersign/ui/widgets"
)

// Scanner reads the text of a QR picture, see package scan for what it promises.
type Scanner interface {
	Read(r io.Reader) (string, error)
	Screen(ctx context.Context) (string, error)
	CameraThere() bool
	Camera(ctx context.Context, see func(image.Image)) (string, error)
}

// Scan is the Scanner of this machine.
func Scan() Scanner { return machine{} }

type machine struct{}

func (machine) Read(r io.Reader) (string, error)           { return scan.Read(r) }
func (machine) Screen(ctx context.Context) (string, error) { return scan.Screen(ctx) }
func (machine) CameraThere() bool                          { return scan.CameraThere() }
func (machine) Camera(ctx context.Context, see func(image.Image)) (string, error) {
	return scan.Camera(ctx, see)
}

// scanSentence says why a picture gave nothing.
func scanSentence(err error) string {
	for known, key := range map[error]string{
		scan.ErrNone: "scan.none", scan.ErrPicture: "scan.picture", scan.ErrLarge: "scan.large",
		scan.ErrNoScreen: "scan.screen", scan.ErrNoCamera: "scan.camera",
	} {
		if errors.Is(err, known) {
			return say(key)
		}
	}
	return say("scan.none")
}

// picture asks for the file with the picture in it.
func (p *joinWaysPage) picture() {
	p.u.askLine(&fieldSheet{
		title: say("join.picture"), action: say("join.picture.do"),
		field: widgets.NewField(say("join.picture.path"), say("join.picture.hint")),
		work: func(path string, done func(error)) {
			file, err := os.Open(strings.Trim(strings.TrimPrefix(strings.TrimSpace(path), "file://"), `"'`))
			done(err)
			if err == nil {
				p.readFile(file)
			}
		},
		sentence: func(error) string { return say("join.picture.missing") },
	}, "")
}

func (p *joinWaysPage) readFile(file io.ReadCloser) {
	p.read(func(context.Context) (string, error) {
		defer file.Close()
		return p.u.o.Scanner.Read(file)
	})
}

// dropped reads a picture that was dropped on the window, where one is wanted.
func (u *UI) dropped(_ fyne.Position, files []fyne.URI) {
	p, ok := u.page.(*joinWaysPage)
	if !ok || u.o.Scanner == nil || u.front != nil || len(files) == 0 {
		return
	}
	file, err := storage.Reader(files[0])
	if err != nil {
		p.complain(scanSentence(scan.ErrPicture))
		return
	}
	p.readFile(file)
}

// cameraPage shows what the camera sees until there is a code in it.
type cameraPage struct {
	u      *UI
	before *joinWaysPage
	cancel context.CancelFunc
	image  *canvas.Image
}

// newCameraPage turns the camera on.
func newCameraPage(u *UI, before *joinWaysPage) page {
	p := &cameraPage{u: u, before: before, image: &canvas.Image{FillMode: canvas.ImageFillContain}}
	ctx, cancel := context.WithCancel(u.ctx)
	p.cancel = cancel
	var text string
	u.wait(ctx, func(ctx context.Context) (err error) {
		text, err = u.o.Scanner.Camera(ctx, func(frame image.Image) { u.o.Dispatch(func() { p.see(frame) }) })
		return err
	}, func(err error) {
		if ctx.Err() == nil {
			cancel()
			before.take(text, err)
		}
	})
	return p
}

func (p *cameraPage) see(frame image.Image) {
	p.image.Image = frame
	p.image.Refresh()
}

// leave turns the camera off.
func (p *cameraPage) leave() {
	p.cancel()
	p.before.trouble = ""
	p.u.goTo(p.before)
}

func (p *cameraPage) draw(s shape) fyne.CanvasObject {
	head := widgets.Column(0, backTitle(say("join.camera"), p.leave), lead(say("join.camera.body")))
	view := widgets.NewBox(widgets.WellLook, widgets.Over(widgets.Gap(240, 320), widgets.Pad(8, 8, 8, 8, p.image)))
	return task(s, widgets.Column(20, head, view), widgets.NewButton(widgets.SecondButton, say("do.cancel"), p.leave))
}
