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
	raw := p.shared[name]
	if raw == nil {
		p.nothing(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=3600")
	http.ServeContent(w, r, name, p.began, bytes.NewReader(raw))
}

// readShared reads what pages are drawn with.
func readShared(colours []byte) (map[string][]byte, error) {
	sheet, err := files.ReadFile("static/style.css")
	if err != nil {
		return nil, err
	}
	shared := map[string][]byte{"style.css": append(colours, sheet...), "app.svg": assets.Art("app.svg")}
	for _, name := range []string{"live.js", "pair.js"} {
		if shared[name], err = files.ReadFile("static/" + name); err != nil {
			return nil, err
		}
	}
	for _, name := range []string{"IBMPlexSans-Regular.ttf", "IBMPlexSans-Medium.ttf", "IBMPlexSans-SemiBold.ttf"} {
		shared[name] = assets.Font(name)
	}
	return shared, nil
}

func (p *Pages) favicon(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Write(p.shared["app.svg"])
}
