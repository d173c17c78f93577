package web

import "strings"

// agent gives a browser's name in fixed words, "Firefox on Linux". The header
// itself is never shown: who asks could write anything into it.
func agent(header string) string {
	program, system := first(header, programs), first(header, systems)
	switch {
	case program == "" && system == "":
		return unknownProgram
	case program == "":
		return someProgram + on + system
	case system == "":
		return program
	}
	return program + on + system
}

// What agent puts together. It is signed and stored in these words; pages say it
// in the reader's language.
const (
	unknownProgram = "An unknown program"
	someProgram    = "A program"
	on             = " on "
)

// agent says a browser's fixed words in this language.
func (w words) agent(fixed string) string {
	program, system, both := strings.Cut(fixed, on)
	said := fixed
	switch {
	case fixed == unknownProgram:
		said = w["agent.unknown"]
	case both && program == someProgram:
		said, _ = w.say("agent.some", "system", system)
	case both:
		said, _ = w.say("agent.on", "program", program, "system", system)
	}
	return said
}

type sign struct{ part, word string }

// programs and systems are looked for in this order, since most browsers also
// claim to be others.
var (
	programs = []sign{
		{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Vivaldi/", "Vivaldi"},
		{"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"}, {"HeadlessChrome/", "Chrome"},
		{"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}, {"Wget/", "Wget"},
	}
	systems = []sign{
		{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"},
		{"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}, {"FreeBSD", "FreeBSD"},
	}
)

func first(header string, signs []sign) string {
	for _, s := range signs {
		if strings.Contains(header, s.part) {
			return s.word
		}
	}
	return ""
}
