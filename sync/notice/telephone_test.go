package notice

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"unicode/utf16"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/notice/noticetest"
)

const number = "+4915112345678"

// ringing is a message with a code to a telephone.
func ringing() Message {
	m := told(api.EventPassword, api.EventData{})
	m.Medium, m.Address, m.Language, m.Code, m.Server = api.MediumText, number, "de", "01234567", "Schlüsseldienst"
	return m
}

const rings = "Schlüsseldienst: 01234567 ist der Code, der diese Nummer für anna bestätigt. Sage ihn niemandem."

func textTo(t *testing.T, o TextOptions, m Message) error {
	t.Helper()
	return sender(t, api.MediumText, Options{Text: o}).Send(t.Context(), m)
}

func fileWith(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// receiver is a web service that keeps what it is sent and answers as it is told.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	header http.Header
	path   string
	bodies []string
}

func newReceiver(t *testing.T, tls bool) *receiver {
	r := &receiver{status: http.StatusCreated}
	r.Server = httptest.NewUnstartedServer(http.HandlerFunc(r.take))
	if tls {
		r.StartTLS()
	} else {
		r.Start()
	}
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) take(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		body = []byte(err.Error())
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.header, r.path, r.bodies = q.Header, q.URL.String(), append(r.bodies, string(body))
	if r.status/100 == 3 {
		w.Header().Set("Location", r.URL+"/elsewhere")
	}
	w.WriteHeader(r.status)
}

func (r *receiver) answer(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

func (r *receiver) took() (http.Header, []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.header, r.bodies
}

func (r *receiver) ca(t *testing.T) string { return fileWith(t, noticetest.PEM(r.Certificate().Raw)) }

func TestWebhookPostsAForm(t *testing.T) {
	r := newReceiver(t, true)
	err := textTo(t, TextOptions{Via: "webhook", Webhook: WebhookOptions{
		URL: r.URL + "/Messages.json", CAFile: r.ca(t), HeaderFile: fileWith(t, "Authorization: Basic c2VjcmV0\nX-Two: 2\n"),
		Fields: map[string]string{"To": "{to}", "Body": "{text}", "From": "+15005550006"},
	}}, ringing())
	if err != nil {
		t.Fatal(err)
	}
	header, bodies := r.took()
	want := "Body=Schl%C3%BCsseldienst%3A+01234567+ist+der+Code%2C+der+diese+Nummer+f%C3%BCr+anna+best%C3%A4tigt.+Sage+ihn+niemandem.&From=%2B15005550006&To=%2B4915112345678"
	if len(bodies) != 1 || bodies[0] != want {
		t.Errorf("the service took %q", bodies)
	}
	if header.Get("Authorization") != "Basic c2VjcmV0" || header.Get("X-Two") != "2" || header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		t.Errorf("the header is %v", header)
	}
}

func TestWebhookPostsJSON(t *testing.T) {
	r := newReceiver(t, false)
	err := textTo(t, TextOptions{Via: "webhook", Webhook: WebhookOptions{URL: r.URL, Format: "json", Fields: map[string]string{"recipient": "{to}", "content": "{text} {to}"}}}, ringing())
	if err != nil {
		t.Fatal(err)
	}
	_, bodies := r.took()
	var got map[string]string
	if err := json.Unmarshal([]byte(bodies[0]), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got["recipient"] != number || got["content"] != rings+" "+number {
		t.Errorf("the service took %q", got)
	}
}

func TestWebhookAnswers(t *testing.T) {
	r := newReceiver(t, false)
	o := TextOptions{Via: "webhook", Webhook: WebhookOptions{URL: r.URL + "/secret-path", Fields: map[string]string{"a": "{to}", "b": "{text}"}}}
	for status, refused := range map[int]bool{400: true, 422: true, 401: false, 404: false, 429: false, 500: false, 503: false, 302: false, 307: false, 308: false} {
		r.answer(status)
		err := textTo(t, o, ringing())
		if err == nil || errors.Is(err, ErrRefused) != refused {
			t.Errorf("%d gives %v", status, err)
		}
		discreet(t, err)
	}
	if _, bodies := r.took(); len(bodies) != 10 || r.path != "/secret-path" {
		t.Errorf("the service was asked %d times, last at %q: a redirect was followed", len(bodies), r.path)
	}
	r.Close()
	err := textTo(t, o, ringing())
	if err == nil || errors.Is(err, ErrRefused) {
		t.Errorf("a service that is gone gives %v", err)
	}
	discreet(t, err)
}

// discreet wants a failure to tell neither number nor message nor where it went.
func discreet(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	for _, secret := range []string{"15112345678", "01234567", "secret"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%q tells %q", err, secret)
		}
	}
}

func TestOnlyNumbersAreRung(t *testing.T) {
	r := newReceiver(t, false)
	for _, address := range []string{"", "15112345678", "+0151123456", "+49", "-rf", "+4915112345678 ", "+4915112345678\n", "+49151123456789012", "anna@example.org", "+4915112345678,+4915112345679"} {
		m := ringing()
		m.Address = address
		err := textTo(t, TextOptions{Via: "webhook", Webhook: WebhookOptions{URL: r.URL, Fields: map[string]string{"a": "{to}", "b": "{text}"}}}, m)
		if !errors.Is(err, ErrRefused) {
			t.Errorf("%q gives %v", address, err)
		}
	}
	if _, bodies := r.took(); len(bodies) > 0 {
		t.Errorf("the service took %q", bodies)
	}
}

func TestNothingToSayIsNotSent(t *testing.T) {
	r := newReceiver(t, false)
	m := ringing()
	m.Code, m.Event.Kind = "", api.EventSignOut
	if err := textTo(t, TextOptions{Via: "webhook", Webhook: WebhookOptions{URL: r.URL, Fields: map[string]string{"a": "{to}", "b": "{text}"}}}, m); err != nil {
		t.Error(err)
	}
	if _, bodies := r.took(); len(bodies) > 0 {
		t.Errorf("the service took %q", bodies)
	}
}

const gammuRC = `[gammu]
model = dummy
connection = none
device = DIR/phone
[smsd]
service = files
logfile = DIR/log
inboxpath = DIR/in/
outboxpath = DIR/out/
sentsmspath = DIR/sent/
errorsmspath = DIR/failed/
commtimeout = 1
loopsleep = 1
`

// gammu is the real daemon for text messages with a telephone that is none.
func gammu(t *testing.T) (dir string) {
	t.Helper()
	if _, err := exec.LookPath("gammu-smsd-inject"); err != nil {
		noticetest.Lacking(t, "gammu-smsd is not installed (Debian: apt-get install gammu-smsd)")
	}
	dir = t.TempDir()
	for _, d := range []string{"in", "out", "sent", "failed", "phone"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "rc"), []byte(strings.ReplaceAll(gammuRC, "DIR", dir)), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("gammu-smsd", "-c", filepath.Join(dir, "rc"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		_ = cmd.Wait() // it ends with a status of its own for a signal
	})
	return dir
}

func TestCommandSendsThroughGammu(t *testing.T) {
	dir := gammu(t)
	inject, err := exec.LookPath("gammu-smsd-inject")
	if err != nil {
		t.Fatal(err)
	}
	o := TextOptions{Via: "command", Command: CommandOptions{Path: inject, Args: []string{"-c", filepath.Join(dir, "rc"), "TEXT", "{to}", "-autolen", "600"}}}
	if err := textTo(t, o, ringing()); err != nil {
		t.Fatal(err)
	}
	var sent []string
	noticetest.Until(t, "the telephone sends", func() bool {
		sent, err = filepath.Glob(filepath.Join(dir, "sent", "*"))
		return err == nil && len(sent) == 1
	})
	raw, err := os.ReadFile(sent[0])
	if err != nil {
		t.Fatal(err)
	}
	if got := gammuText(t, string(raw)); got != rings || !strings.Contains(string(raw), `Number = "`+number+`"`) {
		t.Errorf("the telephone sent %q:\n%s", got, raw)
	}
}

// gammuText reads the text of a message as the daemon keeps it: UTF-16 in hex. Once
// sent, the message is there a second time.
func gammuText(t *testing.T, raw string) string {
	t.Helper()
	_, raw, _ = strings.Cut(raw, "[SMSBackup000]")
	raw, _, _ = strings.Cut(raw, "[SMSBackup000]")
	var all strings.Builder
	for line := range strings.Lines(raw) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " = ")
		if strings.HasPrefix(name, "Text") {
			all.WriteString(value)
		}
	}
	return fromUCS2(t, all.String())
}

func fromUCS2(t *testing.T, digits string) string {
	t.Helper()
	octets, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	var units []uint16
	for i := 0; i+1 < len(octets); i += 2 {
		units = append(units, binary.BigEndian.Uint16(octets[i:]))
	}
	return string(utf16.Decode(units))
}

// What a command is given can be seen by all users, so the code is not in it.
func TestCommandHidesTheText(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "send")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ncat >"+dir+"/stdin\ntr '\\0' '\\n' </proc/$$/cmdline >"+dir+"/seen\nenv >>"+dir+"/seen\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("COUNTERSIGN_SECRET", "of the server")
	if err := textTo(t, TextOptions{Via: "command", Command: CommandOptions{Path: script, Args: []string{"--to={to}"}}}, ringing()); err != nil {
		t.Fatal(err)
	}
	stdin, err1 := os.ReadFile(filepath.Join(dir, "stdin"))
	seen, err2 := os.ReadFile(filepath.Join(dir, "seen"))
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if string(stdin) != rings || !strings.Contains(string(seen), "\n--to="+number+"\n") {
		t.Errorf("the command was given %q and read %q", seen, stdin)
	}
	if strings.Contains(string(seen), "01234567 ") || strings.Contains(string(seen), "of the server") {
		t.Errorf("everybody sees %q", seen)
	}
}

func TestCommandEnds(t *testing.T) {
	for status, refused := range map[int]bool{1: false, 65: true, 67: true, 75: false, 127: false} {
		script := filepath.Join(t.TempDir(), "send")
		if err := os.WriteFile(script, fmt.Appendf(nil, "#!/bin/sh\ncat >&2\nexit %d\n", status), 0o700); err != nil {
			t.Fatal(err)
		}
		err := textTo(t, TextOptions{Via: "command", Command: CommandOptions{Path: script, Args: []string{"{to}"}}}, ringing())
		if err == nil || errors.Is(err, ErrRefused) != refused {
			t.Errorf("status %d gives %v", status, err)
		}
		discreet(t, err)
	}
}
