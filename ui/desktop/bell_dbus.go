//go:build (linux || freebsd || openbsd || netbsd) && !android

package desktop

import (
	"bytes"
	"context"
	"image"
	"image/draw"
	"image/png"
	"slices"
	"time"

	"fyne.io/fyne/v2/lang"
	"github.com/godbus/dbus/v5"

	"github.com/countersign/countersign/assets"
)

const (
	notifications     = "org.freedesktop.Notifications"
	notificationsPath = dbus.ObjectPath("/org/freedesktop/Notifications")
	// bellLife is longer than anybody can ask, so a notification that nobody
	// could take back still ends.
	bellLife = 3 * time.Minute
	// newsLife is for somebody who is away from the computer for a while; chosen
	// arbitrarily.
	newsLife = time.Hour
	// showAction is invoked by a click anywhere on the notification.
	showAction = "default"

	urgencyNormal   = byte(1)
	urgencyCritical = byte(2)
)

// bell is our notification: a second ring replaces the first, and it goes when
// nobody asks any more. Beside it there may be another, of news: a ring does not
// take that away.
type bell struct {
	server  dbus.BusObject
	shell   *shell
	id      uint32 // of the notification that is shown; 0 = none
	newsID  uint32 // of the one of news, likewise
	asks    bool   // it says that somebody asks
	rang    int    // of wanted.rings
	said    int    // of wanted.kept
	told    int    // of wanted.news
	actions func(context.Context) []string
}

func newBell(conn *dbus.Conn, s *shell) *bell {
	n := &bell{server: conn.Object(notifications, notificationsPath), shell: s}
	n.actions = n.askActions
	if err := conn.AddMatchSignal(dbus.WithMatchInterface(notifications)); err != nil {
		s.log.Warn("desktop: listening to notifications", "cause", err)
	}
	return n
}

// settle makes the notification what it should be.
func (n *bell) settle(ctx context.Context, w wanted) {
	rings, kept, news := w.rings > n.rang, w.kept > n.said, w.news > n.told
	n.rang, n.said, n.told = w.rings, w.kept, w.news
	switch {
	case w.asking && rings:
		n.asks = true
		n.notify(ctx, &n.id, askingMessage(), urgencyCritical, bellLife)
	case n.asks && !w.asking:
		n.asks = false
		n.take(ctx, &n.id)
	case kept && !w.asking:
		n.notify(ctx, &n.id, keptMessage(), urgencyNormal, bellLife)
	}
	if news {
		n.notify(ctx, &n.newsID, newsMessage(), urgencyNormal, newsLife)
	}
}

// notify shows a message in the place of the notification whose number id has.
func (n *bell) notify(ctx context.Context, id *uint32, m message, urgency byte, life time.Duration) {
	hints := map[string]dbus.Variant{
		"urgency":       dbus.MakeVariant(urgency),
		"desktop-entry": dbus.MakeVariant(n.shell.id),
	}
	if picture, err := readPicture(assets.Art("app-64.png")); err == nil {
		hints["image-data"] = dbus.MakeVariant(picture)
	}
	// Also at the end its number has to be known, or nobody could take it back.
	err := call(context.WithoutCancel(ctx), n.server, notifications+".Notify", lang.X("app.name", "app.name"), *id, "",
		m.title, m.body, n.actions(ctx), hints, int32(life.Milliseconds())).Store(id)
	if err != nil {
		n.shell.log.Info("desktop: no notification", "cause", err)
	}
}

// askActions asks once what the server can do: some that know no actions show
// them as text.
func (n *bell) askActions(ctx context.Context) []string {
	var can, actions []string
	if err := call(ctx, n.server, notifications+".GetCapabilities").Store(&can); err != nil {
		return nil
	}
	if slices.Contains(can, "actions") {
		actions = []string{showAction, lang.X("do.show", "do.show")}
	}
	n.actions = func(context.Context) []string { return actions }
	return actions
}

// heard takes note of a click on the notification, and of its end.
func (n *bell) heard(signal *dbus.Signal) {
	for _, id := range []*uint32{&n.id, &n.newsID} {
		if len(signal.Body) == 0 || *id == 0 || signal.Body[0] != *id {
			continue
		}
		switch signal.Name {
		case notifications + ".ActionInvoked":
			n.shell.hooks.show()
		case notifications + ".NotificationClosed":
			*id = 0
		}
	}
}

// take closes a notification.
func (n *bell) take(ctx context.Context, id *uint32) {
	if *id != 0 {
		call(ctx, n.server, notifications+".CloseNotification", *id)
		*id = 0
	}
}

// end takes the notifications away as the app ends; they must not outlive it.
func (n *bell) end() {
	n.take(context.Background(), &n.id)
	n.take(context.Background(), &n.newsID)
}

// picture is an image as notification servers read it.
type picture struct {
	Width, Height, Stride int32
	Alpha                 bool
	Bits, Channels        int32
	Pixels                []byte
}

func readPicture(file []byte) (picture, error) {
	decoded, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		return picture{}, err
	}
	size := decoded.Bounds().Size()
	pixels := image.NewNRGBA(image.Rectangle{Max: size})
	draw.Draw(pixels, pixels.Rect, decoded, decoded.Bounds().Min, draw.Src)
	return picture{int32(size.X), int32(size.Y), int32(pixels.Stride), true, 8, 4, pixels.Pix}, nil
}
