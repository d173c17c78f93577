// Package web draws the sign-in page and the account page: plain HTML that works
// without scripts and moves on by itself with a small one. It keeps cookies and
// forms; every decision is sync/server's.
//
// Source: docs/protocol.md §6.2 and the Web tests of its last section.
package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/countersign/countersign/assets"
	"github.com/countersign/countersign/sync/server"
)

//go:embed pages words static
var files embed.FS

// Pages serves the pages of one server. Safe for concurrent use.
type Pages struct {
	server  *server.Server
	address func(*http.Request) netip.Addr
	https   bool
	mux     *http.ServeMux
	cross   *http.CrossOriginProtection
	words   map[string]words
	pages   map[string]map[string]*template.Template // by language, by page
	shared  map[string][]byte                        // what pages are drawn with, by name; read once, given to all
	began   time.Time

	mu     sync.Mutex
	lives  map[chan struct{}]struct{}
	closed bool
}

// New reads templates and sentences; address tells from where a request comes.
func New(s *server.Server, address func(*http.Request) netip.Addr) (*Pages, error) {
	p := &Pages{
		server: s, address: address, https: strings.HasPrefix(s.Origin(), "https://"), mux: http.NewServeMux(),
		cross: http.NewCrossOriginProtection(), began: time.Now(), lives: make(map[chan struct{}]struct{}),
	}
	if err := p.cross.AddTrustedOrigin(s.Origin()); err != nil {
		return nil, fmt.Errorf("reading origin: %w", err)
	}
	if err := p.read(); err != nil {
		return nil, err
	}
	p.routes()
	return p, nil
}

// read parses everything that is embedded, for each language.
func (p *Pages) read() (err error) {
	if p.words, err = readWords(); err != nil {
		return err
	}
	p.pages = make(map[string]map[string]*template.Template)
	for language, w := range p.words {
		if p.pages[language], err = readPages(w); err != nil {
			return err
		}
	}
	colours, err := assets.CSSVariables()
	if err != nil {
		return err
	}
	p.shared, err = readShared(colours)
	return err
}

func readPages(w words) (map[string]*template.Template, error) {
	names, err := fs.Glob(files, "pages/*.html")
	if err != nil {
		return nil, err
	}
	out := make(map[string]*template.Template)
	funcs := template.FuncMap{
		"t": w.say, "icon": icon, "mark": mark, "left": w.left, "letter": func(s string) []string { return strings.Split(s, "") },
		"cells": func(n int) []struct{} { return make([]struct{}, n) },
	}
	for _, name := range names {
		if name == "pages/frame.html" {
			continue
		}
		t, err := template.New("frame.html").Funcs(funcs).ParseFS(files, "pages/frame.html", name)
		if err != nil {
			return nil, err
		}
		out[strings.TrimSuffix(strings.TrimPrefix(name, "pages/"), ".html")] = t
	}
	return out, nil
}

// icon gives a line icon in the colour of the text around it.
func icon(name string) template.HTML {
	svg := strings.ReplaceAll(string(assets.Icon(name)), "#000000", "currentColor")
	return template.HTML(strings.Replace(svg, "<svg ", `<svg class="icon" aria-hidden="true" `, 1))
}

func mark() template.HTML {
	svg := string(assets.Art("mark.svg"))
	svg = strings.NewReplacer(`fill="#1F5C4A"`, `class="left"`, `fill="#A96A12"`, `class="right"`).Replace(svg)
	return template.HTML(strings.Replace(svg, "<svg ", `<svg class="mark" aria-hidden="true" `, 1))
}

func (p *Pages) routes() {
	p.mux.HandleFunc("GET /{$}", p.signInForm)
	p.mux.HandleFunc("POST /{$}", p.password)
	p.mux.HandleFunc("GET /sign-in", p.progress)
	p.mux.HandleFunc("POST /sign-in", p.code)
	p.mux.HandleFunc("POST /sign-in/device", p.choose)
	p.mux.HandleFunc("POST /sign-in/stop", p.stop)
	p.mux.HandleFunc("GET /sign-in/live", p.live)
	p.mux.HandleFunc("GET /sign-in/offline", p.offlineForm)
	p.mux.HandleFunc("POST /sign-in/offline", p.offline)
	p.mux.HandleFunc("GET /sign-in/text", p.textForm)
	p.mux.HandleFunc("POST /sign-in/text", p.text)
	p.mux.HandleFunc("POST /sign-in/text/send", p.sendText)
	p.mux.HandleFunc("GET /account", p.account)
	p.mux.HandleFunc("POST /account/sign-out", p.signOut)
	p.mux.HandleFunc("POST /account/forget", p.forget)
	p.mux.HandleFunc("GET /i", p.invitation)
	for _, path := range pairPaths() {
		p.mux.HandleFunc("GET "+path, p.pair)
	}
	p.stopRoutes()
	p.waitRoutes()
	p.appRoutes()
	p.mux.HandleFunc("GET /static/", p.static)
	p.mux.HandleFunc("GET /favicon.ico", p.favicon)
	p.mux.HandleFunc("/", p.nothing)
}

// policyOf is the content policy of a page whose scripts and forms may send to
// these places.
func policyOf(send string) string {
	return "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src " + send +
		"; form-action " + send + "; base-uri 'none'; frame-ancestors 'none'"
}

// maxForm is the longest form that is read, in bytes.
const maxForm = 16 << 10

// ServeHTTP answers with a page.
func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policyOf("'self'"))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if p.https {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if p.cross.Check(r) != nil {
		p.show(w, r, http.StatusForbidden, "message", p.sorry(r, "foreign"))
		return
	}
	p.mux.ServeHTTP(w, r)
}

// show writes a page in the reader's language. It is made whole before anything
// is sent.
func (p *Pages) show(w http.ResponseWriter, r *http.Request, status int, page string, data view) {
	language := p.language(r)
	data.Language, data.Server = language, p.server.Name()
	var b bytes.Buffer
	if err := p.pages[language][page].Execute(&b, data); err != nil {
		http.Error(w, "this page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Vary", "Accept-Language")
	w.WriteHeader(status)
	w.Write(b.Bytes())
}

// Close ends the connections of pages that wait.
func (p *Pages) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for end := range p.lives {
		close(end)
	}
	clear(p.lives)
}
