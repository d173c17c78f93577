package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/net/html"
)

// browser is a browser without scripts: it keeps cookies, follows redirects,
// reads forms and posts them.
type browser struct {
	http   *http.Client
	at     *url.URL
	status int
	page   *html.Node
	text   string // of the page, as a person reads it
	raw    string
}

// form is a form of a page, with what would be sent if nobody typed anything.
type form struct {
	action  string
	method  string
	values  url.Values
	fields  []string // what can be typed or chosen
	buttons []button
}

type button struct{ name, value, text string }

func browserCommand(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("browser NAME open|submit|press|at|status|shows|letters|reaches [ARG ...]")
	}
	b, verb, args := storyOf(ts).browser(args[0]), args[1], args[2:]
	switch verb {
	case "open":
		ts.Check(b.get(ts.Getenv("URL") + args[0]))
	case "submit":
		ts.Check(b.submit(args))
	case "press":
		ts.Check(b.press(args[0]))
	case "at":
		b.expect(ts, neg, b.at.Path == args[0], "is at %s", b.at.Path)
	case "status":
		b.expect(ts, neg, fmt.Sprint(b.status) == args[0], "has status %d", b.status)
	case "shows":
		found, err := regexp.MatchString(args[0], b.text)
		ts.Check(err)
		b.expect(ts, neg, found, "shows")
	case "letters": // drawn apart, for reading them out
		b.expect(ts, neg, strings.Contains(b.text, strings.Join(strings.Split(args[0], ""), " ")), "shows other letters than %s", args[0])
	case "reaches":
		ts.Check(b.reach(args[0]))
	default:
		ts.Fatalf("a browser cannot %q", verb)
	}
}

func (b *browser) expect(ts *testscript.TestScript, neg, holds bool, format string, args ...any) {
	if holds == neg {
		ts.Fatalf("the page %s:\n%s\n%s", fmt.Sprintf(format, args...), b.at, b.text)
	}
}

func (s *story) browser(name string) *browser {
	if s.browsers[name] == nil {
		jar, err := cookiejar.New(nil)
		if err != nil {
			panic(err)
		}
		s.browsers[name] = &browser{http: &http.Client{Jar: jar, Timeout: storyPatience}}
	}
	return s.browsers[name]
}

func (b *browser) get(address string) error {
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	return b.do(req)
}

func (b *browser) do(req *http.Request) error {
	req.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	req.Header.Set("Accept-Language", "en")
	resp, err := b.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	b.at, b.status, b.raw = resp.Request.URL, resp.StatusCode, string(raw)
	b.page, err = html.ParseWithOptions(strings.NewReader(b.raw), html.ParseOptionEnableScripting(false))
	b.text = words(b.page)
	return err
}

// reach loads the page again until it is at path: what a page does by itself
// where there are no scripts.
func (b *browser) reach(path string) error {
	for end := time.Now().Add(storyPatience); ; {
		if b.at.Path == path {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("the page stays at %s:\n%s", b.at, b.text)
		}
		if err := b.get(b.at.String()); err != nil {
			return err
		}
	}
}

// submit fills the first form that has all the fields, and sends it.
func (b *browser) submit(pairs []string) error {
	typed := url.Values{}
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		typed.Add(name, value)
	}
	for _, f := range forms(b.page) {
		if f.has(typed) {
			for name, values := range typed {
				f.values[name] = values
			}
			return b.send(f)
		}
	}
	return fmt.Errorf("no form with the fields %s:\n%s", pairs, b.raw)
}

// press presses a button by its text.
func (b *browser) press(text string) error {
	for _, f := range forms(b.page) {
		for _, one := range f.buttons {
			if one.text == text || one.value == text {
				if one.name != "" {
					f.values.Set(one.name, one.value)
				}
				return b.send(f)
			}
		}
	}
	return fmt.Errorf("no button %q:\n%s", text, b.raw)
}

func (b *browser) send(f form) error {
	to, err := b.at.Parse(f.action)
	if err != nil {
		return err
	}
	if f.method != "post" {
		to.RawQuery = f.values.Encode()
		return b.get(to.String())
	}
	req, err := http.NewRequest(http.MethodPost, to.String(), strings.NewReader(f.values.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(req)
}

func (f *form) has(typed url.Values) bool {
	for name := range typed {
		if !slices.Contains(f.fields, name) {
			return false
		}
	}
	return true
}

// forms reads the page's forms.
func forms(page *html.Node) (all []form) {
	for n := range page.Descendants() {
		if n.Type == html.ElementNode && n.Data == "form" {
			f := form{action: attribute(n, "action"), method: strings.ToLower(attribute(n, "method")), values: url.Values{}}
			for c := range n.Descendants() {
				f.read(c)
			}
			all = append(all, f)
		}
	}
	return all
}

func (f *form) read(n *html.Node) {
	if n.Type != html.ElementNode {
		return
	}
	name, value, kind := attribute(n, "name"), attribute(n, "value"), attribute(n, "type")
	switch {
	case n.Data == "button" || n.Data == "input" && kind == "submit":
		f.buttons = append(f.buttons, button{name, value, strings.TrimSpace(words(n))})
		f.fields = append(f.fields, name)
	case n.Data == "input" && (kind == "checkbox" || kind == "radio"):
		f.fields = append(f.fields, name)
		if has(n, "checked") {
			f.values.Add(name, value)
		}
	case n.Data == "input" && kind == "hidden":
		f.values.Add(name, value)
	case n.Data == "input":
		f.fields = append(f.fields, name)
		f.values.Set(name, value)
	case n.Data == "select":
		f.fields = append(f.fields, name)
	}
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// words is the text of a node as a person reads it, without what is only code.
func words(n *html.Node) string {
	var all []string
	var visit func(*html.Node)
	visit = func(n *html.Node) {
		if n.Type == html.ElementNode && (n.Data == "script" || n.Data == "style" || n.Data == "head") {
			return
		}
		if n.Type == html.TextNode {
			all = append(all, strings.Fields(n.Data)...)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			visit(c)
		}
	}
	visit(n)
	return strings.Join(all, " ")
}
