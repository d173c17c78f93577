package notice

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/countersign/countersign/sync/api"
)

var at = time.Date(2026, 3, 9, 7, 5, 0, 0, time.UTC)

// told is a message with everything in it.
func told(kind api.EventKind, data api.EventData) Message {
	return Message{
		ID: 7, Medium: api.MediumMail, Address: "anna@example.org", Language: "en",
		Account: "anna", Server: "Example", Origin: "https://id.example.org",
		Event: api.Event{Seq: 3, Kind: kind, At: at, Data: data}, Created: at,
	}
}

func waiting(kind api.WaitKind) *api.Wait {
	return &api.Wait{Kind: kind, Name: "Old phone", Since: at, Until: at.Add(24 * time.Hour), Address: "192.0.2.7"}
}

// everything is a message of each kind there has to be one of.
func everything() map[string]Message {
	later := at.Add(time.Hour)
	all := map[string]Message{
		"code":               {ID: 9, Medium: api.MediumMail, Address: "anna@example.org", Account: "anna", Server: "Example", Origin: "https://id.example.org", Code: "01234567", Created: at},
		"done":               told(api.EventDone, api.EventData{Agent: "Firefox on Windows", Address: "192.0.2.7"}),
		"done-alone":         told(api.EventDone, api.EventData{Agent: "Firefox on Windows", Address: "192.0.2.7", By: "password"}),
		"chain":              told(api.EventChain, api.EventData{Seq: 4}),
		"reset-key":          told(api.EventReset, api.EventData{By: "key"}),
		"reset-wait":         told(api.EventReset, api.EventData{By: "wait"}),
		"contact-confirmed":  told(api.EventContact, api.EventData{Address: "other@example.org"}),
		"contact-removed":    told(api.EventContact, api.EventData{Address: "other@example.org", By: "removed"}),
		"contact-sign-in":    told(api.EventContact, api.EventData{Address: "+491711234567", By: api.ContactSignIn}),
		"contact-no-sign-in": told(api.EventContact, api.EventData{Address: "+491711234567", By: api.ContactNoSignIn}),
		"by-text":            told(api.EventText, api.EventData{Agent: "Firefox on Windows", Address: "192.0.2.7"}),
		"code-sign-in":       {ID: 9, Medium: api.MediumText, Address: "+491711234567", Account: "anna", Server: "Example", Origin: "https://id.example.org", Code: "01234567", SignIn: true, Created: at},
		"paused":             told(api.EventPaused, api.EventData{Until: &later}),
		"app-used":           told(api.EventUsed, api.EventData{Service: "Mail", Name: "Thunderbird", Address: "192.0.2.0/24"}),
		"chain-app":          told(api.EventChain, api.EventData{Op: api.ChangeCredential, Service: "Mail", Name: "Thunderbird", Count: 1}),
		"chain-app-ended":    told(api.EventChain, api.EventData{Op: api.ChangeRevoked, Service: "Mail", Name: "Thunderbird", Count: 1}),
		"chain-apps-ended":   told(api.EventChain, api.EventData{Op: api.ChangeRevoked, Count: 3}),
	}
	for _, k := range []api.EventKind{api.EventPassword, api.EventRegained, api.EventLeft, api.EventDenied, api.EventBurned, api.EventOff, api.EventOffline, api.EventTwoStep, api.EventReplaced} {
		all[string(k)] = told(k, api.EventData{})
	}
	for _, c := range []api.Change{api.ChangeAdded, api.ChangeRemoved, api.ChangeRecovery, api.ChangeVerifier, api.ChangePolicy, api.ChangeCredential, api.ChangeRevoked} {
		all["chain-"+string(c)] = told(api.EventChain, api.EventData{Op: c, Name: "Tablet"})
	}
	for _, stage := range []api.EventKind{api.EventWait, api.EventHalf, api.EventReady, api.EventStop} {
		for _, w := range []api.WaitKind{api.WaitDevice, api.WaitPassword, api.WaitLeave, api.WaitRenew, api.WaitRemove, "other"} {
			all[string(stage)+"-"+string(w)] = told(stage, api.EventData{Wait: waiting(w)})
		}
	}
	return all
}

func compose(t *testing.T, m Message) Text {
	t.Helper()
	text, ok, err := Compose(m)
	if err != nil || !ok {
		t.Fatalf("composing %+v: %v, %v", m.Event, ok, err)
	}
	return text
}

func TestEachEventIsWrittenAbout(t *testing.T) {
	subjects := make(map[string]string)
	for name, m := range everything() {
		for _, language := range languages {
			m.Language = language
			text := compose(t, m)
			w, err := readWords(language)
			if err != nil {
				t.Fatal(err)
			}
			k, _ := about(m)
			if w[first(k.means, k.name)+".means"] == "" || w[k.name+".subject"] == "" || w["do."+k.advice] == "" {
				t.Errorf("%s lacks a sentence in %s", name, language)
			}
			if want := "Example: " + w[name+".subject"]; text.Subject != want {
				t.Errorf("%s in %s has the subject %q, want %q", name, language, text.Subject, want)
			}
			if other := subjects[text.Subject]; other != "" && other != name {
				t.Errorf("%s and %s have the same subject %q", name, other, text.Subject)
			}
			subjects[text.Subject] = name
			for _, body := range []string{text.Plain, visible(t, text.HTML)} {
				if m.Code == "" && !strings.Contains(body, w.moment(at)) {
					t.Errorf("%s in %s does not say when: %s", name, language, body)
				}
				if !strings.Contains(body, w["do."+advice(m)]) || !strings.Contains(body, "anna") {
					t.Errorf("%s in %s does not say what to do, or whose account it is: %s", name, language, body)
				}
				if strings.ContainsAny(body, "{}") || strings.Contains(text.Short, "{") {
					t.Errorf("%s in %s has a place that was not filled: %s", name, language, body)
				}
			}
		}
	}
}

// Which app password a message is about stands in it, and is no device.
func TestTheAppPasswordIsNamed(t *testing.T) {
	for _, name := range []string{"app-used", "chain-app", "chain-app-ended"} {
		m := everything()[name]
		m.Device, m.Language = "Laptop", "en"
		text := compose(t, m)
		if !strings.Contains(text.Plain, "App password: Thunderbird") || !strings.Contains(text.Plain, "Service: Mail") || strings.Contains(text.Plain, "Device: Thunderbird") {
			t.Errorf("%s says %s", name, text.Plain)
		}
	}
}

// The message with the code fits into one, says where the code belongs, and has
// nothing to tap.
func TestTheCodeThatLetsInIsOneShortMessage(t *testing.T) {
	m := everything()["code-sign-in"]
	for _, language := range languages {
		m.Language = language
		short := compose(t, m).Short
		if !strings.Contains(short, "01234567") || !strings.Contains(short, " id.example.org") || strings.Contains(short, "://") || len([]rune(short)) > 160 {
			t.Errorf("in %s it is %q", language, short)
		}
	}
}

// Who switches it on is told what a telephone number is worth.
func TestSignInByTextMessageIsToldWithItsRisk(t *testing.T) {
	m := everything()["contact-sign-in"]
	for language, risk := range map[string]string{"en": "can be taken over", "de": "übernehmen"} {
		m.Language = language
		if text := compose(t, m); !strings.Contains(text.Plain, risk) || !strings.Contains(text.Plain, "+491711234567") {
			t.Errorf("in %s: %s", language, text.Plain)
		}
	}
}

// Who works in a shell all day is not written to at each sign-in there.
func TestSignInsAtServicesAreNotWrittenAbout(t *testing.T) {
	if Matters(api.Event{Kind: api.EventDone, Data: api.EventData{Service: "SSH", By: ByService}}) {
		t.Error("a message is written")
	}
}

func advice(m Message) string {
	k, _ := about(m)
	return k.advice
}

// visible is what a reader of a page sees.
func visible(t *testing.T, page string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return b.String()
}

func TestFactsAreTold(t *testing.T) {
	m := told(api.EventWait, api.EventData{Wait: waiting(api.WaitDevice)})
	m.By, m.Stop = "Laptop", "https://id.example.org/stop#secret"
	text := compose(t, m)
	for _, want := range []string{
		"Account: anna\n", "When: 9 March 2026, 07:05 (UTC+00:00)\n", "Device: Old phone\n", "Done on: Laptop\n", "From: 192.0.2.7\n",
		"Nothing happens before 10 March 2026, 07:05 (UTC+00:00).", "\nhttps://id.example.org/stop#secret\n",
	} {
		if !strings.Contains(text.Plain, want) {
			t.Errorf("the message does not say %q:\n%s", want, text.Plain)
		}
	}
	if !strings.Contains(text.HTML, `<a href="https://id.example.org/stop#secret">`) || !strings.HasSuffix(text.Short, "\nhttps://id.example.org/stop#secret") {
		t.Errorf("the link that stops is not there:\n%s\n%s", text.HTML, text.Short)
	}
	m.Stop = ""
	if text := compose(t, m); strings.Contains(text.HTML, "<a") || strings.Contains(text.Plain, "Stop it:") {
		t.Errorf("there is a link where nothing can be stopped:\n%s", text.HTML)
	}
}

// A wait is about one device and may be asked for, or stopped, on another.
func TestWaitsNameTheirDevices(t *testing.T) {
	m := told(api.EventStop, api.EventData{Wait: waiting(api.WaitDevice), By: "device"})
	m.Device = "Laptop"
	text := compose(t, m)
	for _, want := range []string{"Device: Old phone\n", "Done on: Laptop\n", "Stopped with: a trusted device\n"} {
		if !strings.Contains(text.Plain, want) {
			t.Errorf("the message does not say %q:\n%s", want, text.Plain)
		}
	}
	m.Device = "Old phone"
	if text := compose(t, m); strings.Contains(text.Plain, "Done on") {
		t.Errorf("one device is named twice:\n%s", text.Plain)
	}
}

// A new kind of wait is told of before there are words of its own for it.
func TestWaitsOfUnknownKindAreTold(t *testing.T) {
	m := told(api.EventWait, api.EventData{Wait: waiting("tomorrow's")})
	if got, want := compose(t, m), compose(t, everything()["wait-other"]); got != want {
		t.Errorf("it is told as %q", got.Subject)
	}
}

// What the outbox takes is written about; else it would be lost without a word.
func TestWhatMattersIsWritten(t *testing.T) {
	for name, m := range everything() {
		if m.Code != "" || name == "chain" || name == "chain-verifier" {
			continue // no event; told in general words, not told
		}
		if !Matters(m.Event) {
			t.Errorf("%s does not matter", name)
		}
	}
}

func TestTimeIsToldWithItsDistanceFromUTC(t *testing.T) {
	m := told(api.EventPassword, api.EventData{})
	m.Language, m.Event.At = "de", at.In(time.FixedZone("", -(3*3600+1800)))
	if text := compose(t, m); !strings.Contains(text.Plain, "Wann: 9. März 2026, 03:35 Uhr (UTC-03:30)\n") {
		t.Errorf("the time is not there:\n%s", text.Plain)
	}
}

func TestWhatNobodyIsToldOf(t *testing.T) {
	for _, m := range []Message{
		told(api.EventDone, api.EventData{Known: true}),
		told(api.EventRequest, api.EventData{}),
		told(api.EventSignOut, api.EventData{}),
		told("tomorrow's", api.EventData{}),
		told(api.EventWait, api.EventData{}),
		told("", api.EventData{}),
	} {
		if text, ok, err := Compose(m); ok || err != nil || text != (Text{}) {
			t.Errorf("%+v gives %q, %v, %v", m.Event, text.Subject, ok, err)
		}
	}
}

func TestUnknownLanguageIsTheFirst(t *testing.T) {
	m := told(api.EventPassword, api.EventData{})
	want := compose(t, m)
	for _, language := range []string{"", "fr", "../en", "DE"} {
		m.Language = language
		if got := compose(t, m); got != want {
			t.Errorf("%q gives %q", language, got.Subject)
		}
	}
}

// What a stranger may name tries to end a header, to become part of the page, to
// become a link, to turn the text round, or to be filled in itself.
func TestNamesStayNames(t *testing.T) {
	evil := []string{
		"a\r\nBcc: eve@evil.example", "<script>alert(1)</script>", `"><img src=https://evil.example/x>`,
		"{{.Stop}} {stop} {server}", "www.evil.example", "https://evil.example/now", "eve@evil.example", "\u202egnp.exe", "a\u0000b\u2028c", "\xff\xfe",
	}
	tags := regexp.MustCompile(`<[a-z]+`)
	for name, m := range everything() {
		clean := tags.FindAllString(compose(t, m).HTML, -1)
		for _, e := range evil {
			bad := m
			bad.Device, bad.By, bad.Event.Data.Name, bad.Event.Data.Agent, bad.Event.Data.Service = e, e, e, e, e
			text := compose(t, bad)
			if strings.ContainsAny(text.Subject, "\r\n") || strings.Contains(text.Plain, "\nBcc:") || strings.ContainsAny(text.Plain, "\r\u202e\u0000\u2028\ufffd") {
				t.Errorf("%s with %q: %q\n%s", name, e, text.Subject, text.Plain)
			}
			for _, tag := range tags.FindAllString(text.HTML, -1) {
				if !slices.Contains(clean, tag) {
					t.Errorf("%s with %q has a %s", name, e, tag)
				}
			}
			for _, body := range []string{text.Plain, text.HTML, text.Short} {
				if strings.Contains(body, "evil.example") || strings.Contains(body, "://evil") || strings.Contains(body, "alert(1)</script>") {
					t.Errorf("%s with %q carries it on:\n%s", name, e, body)
				}
			}
			bad.Account, bad.Server, bad.Origin = e, e, e
			if text := compose(t, bad); strings.ContainsAny(text.Subject+text.Short, "\r\n\u202e\u0000") || strings.Contains(text.HTML, "<script") || strings.Contains(text.HTML, "<img") {
				t.Errorf("%s of an account %q: %q\n%s", name, e, text.Subject, text.HTML)
			}
		}
	}
}

// A page in a mail must not tell anybody that it was opened.
func TestPagesLoadNothing(t *testing.T) {
	for name, m := range everything() {
		m.Stop = "https://id.example.org/stop#secret"
		page := compose(t, m).HTML
		for _, bad := range []string{"src=", "url(", "<link", "<script", "@import", "<img", "<form"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s has %q", name, bad)
			}
		}
	}
}

func TestAStopLinkIsALinkOfTheWeb(t *testing.T) {
	m := told(api.EventWait, api.EventData{Wait: waiting(api.WaitDevice)})
	m.Stop = "javascript:alert(1)"
	if page := compose(t, m).HTML; strings.Contains(page, `href="javascript`) {
		t.Errorf("the link runs a script:\n%s", page)
	}
}

func TestTextMessagesAreOnePart(t *testing.T) {
	for name, m := range everything() {
		for _, language := range languages {
			m.Language, m.Server, m.Account = language, strings.Repeat("Server", 10), strings.Repeat("anna", 16)
			text := compose(t, m).Short
			if coded, ok := toGSM(text); !ok || len(coded) > 160 {
				t.Errorf("%s in %s takes %d letters (in the alphabet: %v): %s", name, language, len(coded), ok, text)
			}
		}
	}
}

// Words for a screen the person does not sit at.
var unwanted = regexp.MustCompile(`(?i)!|\b(tokens?|credentials?|factors?|challenges?|please|errors?|ok|yes|submit|bitte|fehler|faktor(en)?|zugangsdaten)\b`)

var place = regexp.MustCompile(`\{[a-z]+\}`)

func TestEveryLanguageSaysTheSame(t *testing.T) {
	first := sentences(t, languages[0])
	for _, language := range languages {
		w := sentences(t, language)
		if got, want := slices.Sorted(maps.Keys(w)), slices.Sorted(maps.Keys(first)); !slices.Equal(got, want) {
			t.Errorf("%s has other keys than %s:\n%q\n%q", language, languages[0], got, want)
		}
		for key, sentence := range w {
			if got, want := places(sentence), places(first[key]); !slices.Equal(got, want) {
				t.Errorf("%s: %s takes %q, in %s it takes %q", language, key, got, languages[0], want)
			}
			if strings.TrimSpace(sentence) != sentence || sentence == "" || unwanted.MatchString(sentence) {
				t.Errorf("%s: %s says %q", language, key, sentence)
			}
		}
	}
}

func places(sentence string) []string {
	found := place.FindAllString(sentence, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

func sentences(t *testing.T, language string) words {
	t.Helper()
	w, err := readWords(language)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// A sentence nobody says is a sentence nobody mends.
func TestEverySentenceIsSaid(t *testing.T) {
	said := make(map[string]bool)
	for _, m := range everything() {
		k, _ := about(m)
		said[k.name+".subject"], said["do."+k.advice] = true, true
		if k.means == "" {
			said[k.name+".means"] = true
		}
	}
	var source strings.Builder
	for _, name := range []string{"text.go", "words.go", "wake.go"} {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(raw)
	}
	for key := range sentences(t, "en") {
		group, rest, _ := strings.Cut(key, ".")
		inSource := strings.Contains(source.String(), `"`+key+`"`) || group == "fact" && strings.Contains(source.String(), `add("`+rest+`"`)
		if !said[key] && !inSource && group != "month" && group != "stopped" {
			t.Errorf("nobody says %s", key)
		}
	}
}
