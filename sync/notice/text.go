package notice

import (
	"bytes"
	"fmt"
	html "html/template"
	"strings"
	plain "text/template"
	"unicode"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// Text is a message in words.
type Text struct {
	Subject string // one line
	Plain   string // of lines that end with "\n"
	HTML    string // a whole page that loads nothing
	Short   string // one line for a text message, and a second one with the link that stops
}

// letter is what the two templates are filled with.
type letter struct {
	Language string
	Title    string
	Means    string
	Code     string
	CodeName string
	Facts    []fact
	Advice   string
	StopName string
	Stop     string
	Foot     string
}

// fact is one line of what is known: when, from where, which device.
type fact struct{ Name, Value string }

// Compose writes a message in its language. It is false for an event that nobody
// is to be told of by message. What others named is shown as trust.Printable shows
// it, and not so that a mail program would make a link of it.
func Compose(m Message) (Text, bool, error) {
	k, ok := about(m)
	if !ok {
		return Text{}, false, nil
	}
	w, err := readWords(m.Language)
	if err != nil {
		return Text{}, false, err
	}
	l := w.letter(m, k)
	text := Text{
		Subject: w.say("mail.subject", "server", own(m.Server), "subject", l.Title),
		Short:   w.short(m, k, l.Title),
	}
	if text.Plain, text.HTML, err = l.write(); err != nil {
		return Text{}, false, fmt.Errorf("writing a message of kind %q: %w", k.name, err)
	}
	return text, true, nil
}

func (w words) letter(m Message, k kind) letter {
	until := ""
	if wait := m.Event.Data.Wait; wait != nil {
		until = w.moment(wait.Until)
	}
	return letter{
		Language: w["language"],
		Title:    w.say(k.name + ".subject"),
		Means:    w.say(first(k.means, k.name)+".means", "until", until),
		Code:     m.Code,
		CodeName: w["mail.code"],
		Facts:    w.facts(m),
		Advice:   w["do."+k.advice],
		StopName: w["mail.stop"],
		Stop:     m.Stop,
		Foot:     w.say("mail.foot", "server", own(m.Server), "origin", own(m.Origin)),
	}
}

// facts are those that are known, in the order in which they are shown.
func (w words) facts(m Message) []fact {
	var out []fact
	add := func(name, value string) {
		if value != "" {
			out = append(out, fact{w["fact."+name], value})
		}
	}
	add("account", own(m.Account))
	if m.Code != "" {
		return out
	}
	d := m.Event.Data
	device, by, from := first(m.Device, d.Name), m.By, d.Address
	if program(m.Event) != "" {
		device = m.Device
	}
	if d.Wait != nil {
		device, by, from = waited(m, *d.Wait)
	}
	add("when", w.moment(m.Event.At))
	add("device", foreign(device))
	add("by", foreign(by))
	add("stopped", w["stopped."+d.By])
	add("program", foreign(program(m.Event)))
	add("service", foreign(d.Service))
	add("browser", foreign(d.Agent))
	if m.Event.Kind == api.EventContact {
		add("address", own(from))
	} else {
		add("from", own(from))
	}
	if d.Until != nil {
		add("until", w.moment(*d.Until))
	}
	return out
}

// waited gives which device a wait is about, which asked for it or stopped it where
// that is another one, and from where.
func waited(m Message, w api.Wait) (device, by, from string) {
	device, from = first(w.Name, m.Device), first(m.Event.Data.Address, w.Address)
	if m.Device != device {
		by = m.Device
	}
	return device, first(m.By, by), from
}

// short is the message for a telephone: one part of 160 letters unless names or the
// link take it further.
func (w words) short(m Message, k kind, title string) string {
	key := "text.event"
	switch k.advice {
	case "code":
		key = "text.code"
	case "code-sign-in":
		key = "text.code-sign-in"
	case "wait":
		key = "text.wait"
	case "operator":
		key = "text.replaced"
	}
	_, host, _ := strings.Cut(own(m.Origin), "://") // with the scheme telephones make it a link
	text := w.say(key, "server", clip(own(m.Server), 22), "account", clip(own(m.Account), 16), "subject", title, "code", m.Code,
		"at", host)
	if m.Stop != "" {
		text += "\n" + m.Stop
	}
	return text
}

// write fills the templates.
func (l letter) write() (text, page string, err error) {
	p, err := plain.ParseFS(files, "mail.txt")
	if err != nil {
		return "", "", err
	}
	h, err := html.ParseFS(files, "mail.html")
	if err != nil {
		return "", "", err
	}
	var asText, asPage bytes.Buffer
	if err := p.Execute(&asText, l); err != nil {
		return "", "", err
	}
	if err := h.Execute(&asPage, l); err != nil {
		return "", "", err
	}
	return asText.String(), asPage.String(), nil
}

// longest is how much of a name from outside is shown, in bytes: names are at most
// 64, programs and services a little more.
const longest = 128

// own shows what the account or the server is called.
func own(name string) string { return trust.Printable(name, longest) }

// foreign shows a name that somebody else may have chosen, such as who tries to get
// in. Mail programs turn what looks like an address into a link; a message that
// says "if this was not you" must not carry a stranger's.
func foreign(name string) string {
	letters := []rune(own(name))
	for i, r := range letters {
		inside := i > 0 && i+1 < len(letters) && !unicode.IsSpace(letters[i-1])
		if r == '@' || inside && (r == '/' || r == '.' && unicode.IsLetter(letters[i+1])) {
			letters[i] = '·'
		}
	}
	return string(letters)
}

// clip gives at most max letters of a name.
func clip(name string, max int) string {
	letters := []rune(name)
	if len(letters) <= max {
		return name
	}
	return strings.TrimSpace(string(letters[:max-1])) + "."
}

func first(names ...string) string {
	for _, n := range names {
		if n != "" {
			return n
		}
	}
	return ""
}
