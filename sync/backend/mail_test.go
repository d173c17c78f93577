package backend_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/api/apitest"
	"github.com/countersign/countersign/sync/backend"
	"github.com/countersign/countersign/sync/client"
	"github.com/countersign/countersign/sync/notice/noticetest"
	"github.com/countersign/countersign/trust"
)

// A real mail arrives in a real mailbox: the code that confirms the address, and the
// word that somebody asked for a device, with the link that stops it. The backend is
// started anew between, so what was to be told outlives it.
func TestMailsReachTheMailbox(t *testing.T) {
	p := noticetest.StartPostfix(t)
	data := t.TempDir()
	text := fmt.Sprintf("[mail]\nhost = \"127.0.0.1\"\nport = %d\nfrom = \"id@mx.example.org\"\ntls = \"starttls-required\"\nca_file = %q\n", p.STARTTLS, p.CA)
	if err := os.WriteFile(filepath.Join(data, backend.ConfigName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	listen := fmt.Sprintf("127.0.0.1:%d", noticetest.FreePort(t))
	start := func() *backend.Backend {
		config, err := backend.ReadConfig(data, "")
		if err != nil {
			t.Fatal(err)
		}
		b, err := backend.Start(t.Context(), backend.Options{Data: data, Listen: listen, Config: config})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	b := start()
	defer func() { b.Close() }()
	to, err := client.New(b.URL(), client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	link, err := b.Invite(t.Context(), "anna")
	if err != nil {
		t.Fatal(err)
	}
	const password = "correct horse battery"
	d, err := apitest.Join(t.Context(), to, link, "anna", password, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	token, err := d.Session(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	k, err := to.AddContact(t.Context(), token, api.ContactCall{Medium: api.MediumMail, Address: "anna@example.org", Language: "en", Password: password})
	if err != nil {
		t.Fatal(err)
	}
	_, body := noticetest.Parsed(t, p.Inbox(1)[0])
	code := regexp.MustCompile(`\b\d{4} ?\d{4}\b`).FindString(body)
	if err := to.ConfirmContact(t.Context(), token, k.ID, code); err != nil {
		t.Fatalf("the code %q of the mail gives %v", code, err)
	}
	p.Inbox(2)
	stranger, err := apitest.NewMember("New phone", trust.Phone, b.URL())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stranger.Regain(t.Context(), to, "anna", password, d.Paper); err != nil {
		t.Fatal(err)
	}
	b.Close()
	b = start()
	m, body := noticetest.Parsed(t, p.Inbox(3)[2])
	if got := m.Header.Get("Auto-Submitted"); got != "auto-generated" {
		t.Errorf("Auto-Submitted is %q", got)
	}
	stop := regexp.MustCompile(regexp.QuoteMeta(b.URL()) + `/s/[\w-]+`).FindString(strings.ReplaceAll(body, "=\r\n", ""))
	if stop == "" {
		t.Fatalf("no link in\n%s", body)
	}
	look := func() string {
		resp, err := http.Get(stop)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		return resp.Status
	}
	if got := look(); got != "200 OK" {
		t.Errorf("the link's page is %s", got)
	}
	waits := func() int {
		s, err := to.Status(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		return len(s.Waits)
	}
	if waits() != 1 {
		t.Error("looking at the link stopped the wait")
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, stop, strings.NewReader(url.Values{}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", b.URL())
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if waits() != 0 {
		t.Errorf("Stop gives %s, and the wait goes on", resp.Status)
	}
	p.Inbox(4)
}
