package notice

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/notice/noticetest"
)

func mailTo(address string) Message {
	m := told(api.EventDone, api.EventData{Agent: "Firefox on Windows", Address: "192.0.2.7"})
	m.Address, m.Language, m.Server = address, "de", "Schlüsseldienst"
	return m
}

// sender makes the one sender that options name.
func sender(t *testing.T, medium api.Medium, o Options) Sender {
	t.Helper()
	senders, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if senders[medium] == nil {
		t.Fatalf("there is no sender for %q", medium)
	}
	return senders[medium]
}

// postfix is the real mail server with what this package sends to it.
type postfix struct{ *noticetest.Postfix }

func (p *postfix) options(port int, tls, ca string) Options {
	return Options{Mail: MailOptions{Host: "127.0.0.1", Port: port, From: "Sign-in <id@mx.example.org>", TLS: tls, CAFile: ca}}
}

func (p *postfix) send(o Options, m Message) error {
	return sender(p.T, api.MediumMail, o).Send(p.T.Context(), m)
}

// One server for the whole story, as it takes a second to start.
func TestMailArrives(t *testing.T) {
	p := &postfix{noticetest.StartPostfix(t)}
	t.Run("as text and page", p.in((*postfix).arrives))
	t.Run("over TLS", p.in((*postfix).arrivesOverTLS))
	t.Run("with a certificate nobody vouches for", p.in((*postfix).refusesCertificate))
	t.Run("without TLS although required", p.in((*postfix).requiresTLS))
	t.Run("later", p.in((*postfix).arrivesLater))
	t.Run("at nobody", p.in((*postfix).isRefused))
	t.Run("twice", p.in((*postfix).arrivesTwice))
}

func (p *postfix) in(f func(*postfix)) func(*testing.T) {
	return func(t *testing.T) {
		before := p.T
		p.T = t
		defer func() { p.T = before }()
		f(p)
	}
}

// last waits until there is one mail more than before send, and gives it.
func (p *postfix) last(send func()) string {
	p.T.Helper()
	n := len(p.Inbox(0))
	send()
	return p.Inbox(n + 1)[n]
}

func (p *postfix) arrives() {
	t := p.T
	raw := p.last(func() {
		if err := p.send(p.options(p.Plain, "none", ""), mailTo("anna@example.org")); err != nil {
			t.Fatal(err)
		}
	})
	m, body := noticetest.Parsed(t, raw)
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "Schlüsseldienst: Jemand hat sich aus einem neuen Browser angemeldet" {
		t.Errorf("the subject is %q, %v", subject, err)
	}
	for name, want := range map[string]string{
		"To": "<anna@example.org>", "From": `"Sign-in" <id@mx.example.org>`, "Auto-Submitted": "auto-generated",
		"Message-Id": "<notice.7." + strconv.FormatInt(at.UnixNano(), 36) + "@mx.example.org>", "User-Agent": "", "X-Mailer": "",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	text := compose(t, mailTo("anna@example.org"))
	got := parts(t, m.Header.Get("Content-Type"), body)
	if len(got) != 2 || got[0] != text.Plain || got[1] != text.HTML {
		t.Errorf("the mail holds %q", got)
	}
	if _, err := m.Header.Date(); err != nil {
		t.Error(err)
	}
}

// parts are those of a mail that says the same in several forms.
func parts(t *testing.T, contentType, body string) []string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("the mail is %q, %v", contentType, err)
	}
	var out []string
	for r := multipart.NewReader(strings.NewReader(body), params["boundary"]); ; {
		part, err := r.NextRawPart()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.ReplaceAll(string(raw), "\r\n", "\n"))
	}
}

func (p *postfix) arrivesOverTLS() {
	for port, mode := range map[int]string{p.STARTTLS: "starttls-required", p.TLS: "tls"} {
		raw := p.last(func() {
			if err := p.send(p.options(port, mode, p.CA), mailTo("anna@example.org")); err != nil {
				p.T.Fatalf("%s: %v", mode, err)
			}
		})
		if !strings.Contains(raw, "(using TLSv1.3") {
			p.T.Errorf("%s: the mail came without TLS:\n%s", mode, raw)
		}
	}
	raw := p.last(func() {
		if err := p.send(p.options(p.STARTTLS, "starttls", p.CA), mailTo("anna@example.org")); err != nil {
			p.T.Fatal(err)
		}
	})
	if !strings.Contains(raw, "(using TLSv1.3") {
		p.T.Errorf("TLS was offered and not used:\n%s", raw)
	}
	p.last(func() {
		if err := p.send(p.options(p.Plain, "starttls", p.CA), mailTo("anna@example.org")); err != nil {
			p.T.Errorf("without TLS on offer: %v", err)
		}
	})
}

// Whoever sits between must not read mails that hold a link which stops things.
func (p *postfix) refusesCertificate() {
	n := len(p.Inbox(0))
	for _, ca := range []string{"", p.Other} {
		for port, modes := range map[int][]string{p.STARTTLS: {"starttls", "starttls-required"}, p.TLS: {"tls"}} {
			for _, mode := range modes {
				p.later(p.send(p.options(port, mode, ca), mailTo("anna@example.org")), mode)
			}
		}
	}
	if got := len(p.Inbox(0)); got != n {
		p.T.Errorf("%d mails went through", got-n)
	}
}

// later wants a failure that may mend itself and says nothing about anybody.
func (p *postfix) later(err error, what string) {
	p.T.Helper()
	if err == nil || errors.Is(err, ErrRefused) || strings.Contains(err.Error(), "@example.org") {
		p.T.Errorf("%s: sending gives %v", what, err)
	}
}

func (p *postfix) requiresTLS() {
	p.later(p.send(p.options(p.Plain, "starttls-required", p.CA), mailTo("anna@example.org")), "no TLS on offer")
	p.later(p.send(p.options(noticetest.FreePort(p.T), "none", ""), mailTo("anna@example.org")), "nobody listens")
}

// The whole way: the server puts the mail off, the Postman comes again. Its clock is a
// minute slow, so that it is to come again at once.
func (p *postfix) arrivesLater() {
	m := mailTo("later@example.org")
	m.Created = time.Now()
	l := newLedger(m)
	ctx, stop := context.WithCancel(p.T.Context())
	var work sync.WaitGroup
	postman := &Postman{
		Source: l, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return time.Now().Add(-firstPause) },
		Senders: map[api.Medium]Sender{api.MediumMail: sender(p.T, api.MediumMail, p.options(p.Plain, "none", ""))},
	}
	defer work.Wait()
	defer stop()
	p.last(func() { work.Go(func() { postman.Run(ctx) }) })
	noticetest.Until(p.T, "the mail is off the list", func() bool { return l.ended(m.ID) })
	if puts := l.puts[m.ID]; len(puts) != 1 {
		p.T.Errorf("the mail was put off %d times", len(puts))
	}
}

func (p *postfix) isRefused() {
	n := len(p.Inbox(0))
	for _, address := range []string{"gone@example.org", "", "anna", "Anna <anna@example.org>", "anna@example.org, gone@example.org", "anna@example.org\r\nRCPT TO:<eve@example.org>", "<anna@example.org>"} {
		err := p.send(p.options(p.Plain, "none", ""), mailTo(address))
		if !errors.Is(err, ErrRefused) || strings.Contains(err.Error(), "example.org") {
			p.T.Errorf("%q gives %v", address, err)
		}
	}
	if got := len(p.Inbox(0)); got != n {
		p.T.Errorf("%d mails went through", got-n)
	}
}

// A mail that is sent again can be told from another one; a code that is sent again
// is another code, which nothing on the way may drop.
func (p *postfix) arrivesTwice() {
	id := func(m Message) string {
		raw := p.last(func() {
			if err := p.send(p.options(p.Plain, "none", ""), m); err != nil {
				p.T.Fatal(err)
			}
		})
		mail, _ := noticetest.Parsed(p.T, raw)
		return mail.Header.Get("Message-Id")
	}
	event, code := mailTo("anna@example.org"), mailTo("anna@example.org")
	code.Code = "01234567"
	if a, b := id(event), id(event); a != b {
		p.T.Errorf("the same message is called %q and %q", a, b)
	}
	if a, b := id(code), id(code); a == b || strings.Contains(a+b, code.Code) {
		p.T.Errorf("two codes are called %q and %q", a, b)
	}
}
