package notice

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/notice/noticetest"
)

// relay is a mail server that does what a Postfix cannot be brought to do at will:
// want a password, refuse a sender, break off or fall silent at a chosen word.
type relay struct {
	listener net.Listener
	work     sync.WaitGroup
	mu       sync.Mutex
	answers  map[string]string // by the word that is answered; "" = break off, "silence" = none
	heard    []string
}

func newRelay(t *testing.T, config *tls.Config, answers map[string]string) *relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if config != nil {
		l = tls.NewListener(l, config)
	}
	r := &relay{listener: l, answers: map[string]string{"EHLO": "250-relay\r\n250 AUTH PLAIN LOGIN", "AUTH": "235 welcome", "MAIL": "250 on", "RCPT": "250 on", "DATA": "354 go on", ".": "250 taken", "QUIT": "221 farewell", "RSET": "250 on"}}
	for word, answer := range answers {
		r.answers[word] = answer
	}
	r.work.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			r.work.Go(func() {
				defer conn.Close()
				r.serve(conn)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		r.work.Wait()
	})
	return r
}

func (r *relay) serve(conn net.Conn) {
	fmt.Fprint(conn, "220 relay\r\n")
	inData := false
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		word, _, _ := strings.Cut(lines.Text(), " ")
		r.mu.Lock()
		r.heard = append(r.heard, lines.Text())
		answer, known := r.answers[word]
		r.mu.Unlock()
		if inData && word != "." || answer == "silence" {
			continue
		}
		if !known || answer == "" {
			return
		}
		inData = strings.HasPrefix(answer, "354")
		fmt.Fprint(conn, answer+"\r\n")
	}
}

func (r *relay) did(word string) (line string, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, line := range r.heard {
		if strings.HasPrefix(line, word) {
			return line, true
		}
	}
	return "", false
}

func (r *relay) options(tls, ca string) Options {
	return Options{Mail: MailOptions{Host: "127.0.0.1", Port: r.listener.Addr().(*net.TCPAddr).Port, From: "id@mx.example.org", TLS: tls, CAFile: ca}}
}

func (r *relay) send(t *testing.T, o Options) error {
	t.Helper()
	return sender(t, "mail", o).Send(t.Context(), mailTo("anna@example.org"))
}

func TestMailWithAPassword(t *testing.T) {
	certificate, key := noticetest.SelfSigned(t)
	loaded, err := tls.X509KeyPair([]byte(certificate), []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	r := newRelay(t, &tls.Config{Certificates: []tls.Certificate{loaded}}, nil)
	o := r.options("tls", fileWith(t, certificate))
	o.Mail.User, o.Mail.PasswordFile = "id", fileWith(t, "geheim\r\nmore\n")
	if err := r.send(t, o); err != nil {
		t.Fatal(err)
	}
	if line, ok := r.did("AUTH"); !ok || line != "AUTH PLAIN "+base64.StdEncoding.EncodeToString([]byte("\x00id\x00geheim")) {
		t.Errorf("it signed in with %q", line)
	}
	wrong := newRelay(t, &tls.Config{Certificates: []tls.Certificate{loaded}}, map[string]string{"AUTH": "535 no", "*": "501 so be it"})
	o.Mail.Port = wrong.options("", "").Mail.Port
	if err := wrong.send(t, o); err == nil || errors.Is(err, ErrRefused) || strings.Contains(err.Error(), "geheim") {
		t.Errorf("a wrong password gives %v", err)
	}
}

// What happens after the mail was taken must not have it sent again.
func TestMailIsTakenOnce(t *testing.T) {
	for _, parting := range []string{"", "421 too busy", "500 what"} {
		r := newRelay(t, nil, map[string]string{"QUIT": parting, "RSET": parting, "NOOP": parting})
		if err := r.send(t, r.options("none", "")); err != nil {
			t.Errorf("parting with %q gives %v", parting, err)
		}
	}
}

func TestMailServersAnswers(t *testing.T) {
	for _, c := range []struct {
		word, answer string
		refused      bool
	}{
		{"EHLO", "", false}, {"MAIL", "550 not from you", false}, {"MAIL", "451 later", false}, {"RCPT", "550 5.1.1 no anna@example.org", true}, {"RCPT", "421 later", false}, {"RCPT", "452 full", false}, {"RCPT", "", false},
		{"DATA", "554 no", true}, {"DATA", "", false}, {".", "552 too big", true}, {".", "554 spam", true}, {".", "451 later", false}, {".", "", false},
	} {
		r := newRelay(t, nil, map[string]string{c.word: c.answer})
		err := r.send(t, r.options("none", ""))
		if err == nil || errors.Is(err, ErrRefused) != c.refused || strings.Contains(err.Error(), "anna") {
			t.Errorf("%s answered with %q gives %v", c.word, c.answer, err)
		}
	}
}

// A server that says nothing must not keep the backend from stopping.
func TestMailStops(t *testing.T) {
	for _, word := range []string{"EHLO", "RCPT", "."} {
		r := newRelay(t, nil, map[string]string{word: "silence"})
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
				if _, ok := r.did(word); ok {
					break
				}
				<-time.After(time.Millisecond)
			}
			cancel()
		}()
		begun := time.Now()
		err := sender(t, "mail", r.options("none", "")).Send(ctx, mailTo("anna@example.org"))
		if err == nil || errors.Is(err, ErrRefused) || time.Since(begun) > 5*time.Second {
			t.Errorf("silence after %s gives %v after %v", word, err, time.Since(begun))
		}
	}
}
