package web

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/countersign/countersign/assets"
)

// static serves what pages are drawn with. It may be kept for an hour: it holds
// nothing of anybody.
func (p *Pages) static(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/static/")
	raw := p.staticFile(name)
	if raw == nil {
		p.nothing(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=3600")
	http.ServeContent(w, r, name, p.began, bytes.NewReader(raw))
}

func (p *Pages) staticFile(name string) []byte {
	switch name {
	case "style.css":
		return p.sheet
	case "live.js":
		raw, err := files.ReadFile("static/live.js")
		if err != nil {
			return nil
		}
		return raw
	case "IBMPlexSans-Regular.ttf", "IBMPlexSans-Medium.ttf", "IBMPlexSans-SemiBold.ttf":
		return assets.Font(name)
	case "app.svg":
		return assets.Art(name)
	}
	return nil
}

func (p *Pages) favicon(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Write(assets.Art("app.svg"))
}
