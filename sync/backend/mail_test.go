package backend_test

import (
	"fmt"
	"net/http"
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

// posted is a backend that sends its mails to a real mail server.
type posted struct {
	t      *testing.T
	p      *noticetest.Postfix
	data   string
	listen string
	b      *backend.Backend
	to     *client.Client
	device *apitest.Device
	token  api.Secret
}

const mailPassword = "correct horse battery"

func newPosted(t *testing.T) *posted {
	t.Helper()
	h := &posted{t: t, p: noticetest.StartPostfix(t), data: t.TempDir(), listen: fmt.Sprintf("127.0.0.1:%d", noticetest.FreePort(t))}
	text := fmt.Sprintf("[mail]\nhost = \"127.0.0.1\"\nport = %d\nfrom = \"id@mx.example.org\"\ntls = \"starttls-required\"\nca_file = %q\n", h.p.STARTTLS, h.p.CA)
	h.ok(os.WriteFile(filepath.Join(h.data, backend.ConfigName), []byte(text), 0o600))
	h.start()
	t.Cleanup(func() { h.b.Close() })
	var err error
	h.to, err = client.New(h.b.URL(), client.Options{})
	h.ok(err)
	link, err := h.b.Invite(t.Context(), "anna")
	h.ok(err)
	h.device, err = apitest.Join(t.Context(), h.to, link, "anna", mailPassword, time.Now())
	h.ok(err)
	h.token, err = h.device.Session(t.Context(), h.to)
	h.ok(err)
	return h
}

func (h *posted) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *posted) start() {
	h.t.Helper()
	config, err := backend.ReadConfig(h.data, "")
	h.ok(err)
	h.b, err = backend.Start(h.t.Context(), backend.Options{Data: h.data, Listen: h.listen, Config: config})
	h.ok(err)
}

// text waits for the n-th mail and gives what it says.
func (h *posted) text(n int) string {
	h.t.Helper()
	m, body := noticetest.Parsed(h.t, h.p.Inbox(n)[n-1])
	if got := m.Header.Get("Auto-Submitted"); got != "auto-generated" {
		h.t.Errorf("Auto-Submitted is %q", got)
	}
	return strings.ReplaceAll(body, "=\r\n", "")
}

func (h *posted) waits() int {
	h.t.Helper()
	s, err := h.to.Status(h.t.Context(), h.token)
	h.ok(err)
	return len(s.Waits)
}

// visit opens a page, or sends its form.
func (h *posted) visit(method, page string) string {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), method, page, http.NoBody)
	h.ok(err)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", h.b.URL())
	}
	resp, err := http.DefaultClient.Do(req)
	h.ok(err)
	h.ok(resp.Body.Close())
	return resp.Status
}

// A real mail arrives in a real mailbox: the code that confirms the address, and the
// word that somebody asked for a device, with the link that stops it. The backend is
// started anew between, so what was to be told outlives it.
func TestMailsReachTheMailbox(t *testing.T) {
	h := newPosted(t)
	k, err := h.to.AddContact(t.Context(), h.token, api.ContactCall{Medium: api.MediumMail, Address: "anna@example.org", Language: "en", Password: mailPassword})
	h.ok(err)
	code := regexp.MustCompile(`\b\d{4} ?\d{4}\b`).FindString(h.text(1))
	if err := h.to.ConfirmContact(t.Context(), h.token, k.ID, code); err != nil {
		t.Fatalf("the code %q of the mail gives %v", code, err)
	}
	h.text(2)
	stranger, err := apitest.NewMember("New phone", trust.Phone, h.b.URL())
	h.ok(err)
	_, err = stranger.Regain(t.Context(), h.to, "anna", mailPassword, h.device.Paper)
	h.ok(err)
	h.ok(h.b.Close())
	h.start()
	body := h.text(3)
	stop := regexp.MustCompile(regexp.QuoteMeta(h.b.URL()) + `/s/[\w-]+`).FindString(body)
	if stop == "" {
		t.Fatalf("no link in\n%s", body)
	}
	if got := h.visit(http.MethodGet, stop); got != "200 OK" || h.waits() != 1 {
		t.Errorf("the link's page is %s, and %d waits go on", got, h.waits())
	}
	if got := h.visit(http.MethodPost, stop); h.waits() != 0 {
		t.Errorf("Stop gives %s, and the wait goes on", got)
	}
	h.text(4)
}
