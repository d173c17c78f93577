package notice

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestNoOptionsNoSenders(t *testing.T) {
	if senders, err := New(Options{}); err != nil || len(senders) != 0 {
		t.Errorf("nothing asked for gives %v, %v", senders, err)
	}
}

// Each mistake is told at the start, with the table and the name it is under, and
// without what stands in a file of secrets.
func TestMistakesInOptions(t *testing.T) {
	mail := func(change func(*MailOptions)) Options {
		o := MailOptions{Host: "mx.example.org", From: "id@example.org"}
		change(&o)
		return Options{Mail: o}
	}
	hook := func(change func(*WebhookOptions)) Options {
		o := WebhookOptions{URL: "https://sms.example.org/", Fields: map[string]string{"a": "{to}", "b": "{text}"}}
		change(&o)
		return Options{Text: TextOptions{Via: "webhook", Webhook: o}}
	}
	office := func(change func(*SMPPOptions)) Options {
		o := SMPPOptions{Address: "smpp.example.org:2775", SystemID: "id"}
		change(&o)
		return Options{Text: TextOptions{Via: "smpp", SMPP: o}}
	}
	run := func(o CommandOptions) Options { return Options{Text: TextOptions{Via: "command", Command: o}} }
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	secret, nothing, absent := fileWith(t, "much too secret\n"), fileWith(t, "\n"), filepath.Join(t.TempDir(), "absent")
	for want, o := range map[string]Options{
		"[mail] host":                   mail(func(o *MailOptions) { o.Host = "" }),
		"[mail] from":                   mail(func(o *MailOptions) { o.From = "Example" }),
		"[mail] port":                   mail(func(o *MailOptions) { o.Port = 65536 }),
		"[mail] tls":                    mail(func(o *MailOptions) { o.TLS = "ssl" }),
		"[mail] user":                   mail(func(o *MailOptions) { o.User = "id" }),
		"[mail] a password":             mail(func(o *MailOptions) { o.User, o.PasswordFile, o.TLS = "id", secret, "starttls" }),
		"[mail] password_file":          mail(func(o *MailOptions) { o.User, o.PasswordFile = "id", nothing }),
		"[mail] ca_file":                mail(func(o *MailOptions) { o.CAFile = secret }),
		"[text] via":                    {Text: TextOptions{Via: "pigeon"}},
		"[text] via is \"\"":            {Text: TextOptions{SMPP: SMPPOptions{SystemID: "id"}}},
		"[text] via is \"\": sign_in":   {Text: TextOptions{SignIn: true}},
		"[text] webhook: url is https":  hook(func(o *WebhookOptions) { o.URL = "http://sms.example.org/" }),
		"[text] webhook: url is no":     hook(func(o *WebhookOptions) { o.URL = "sms.example.org" }),
		"[text] webhook: format":        hook(func(o *WebhookOptions) { o.Format = "xml" }),
		"[text] webhook: fields":        hook(func(o *WebhookOptions) { o.Fields = map[string]string{"a": "{to}"} }),
		"[text] webhook: header_file":   hook(func(o *WebhookOptions) { o.HeaderFile = secret }),
		"[text] webhook: ca_file":       hook(func(o *WebhookOptions) { o.CAFile = absent }),
		"[text] command: path is no":    run(CommandOptions{Path: "send", Args: []string{"{to}"}}),
		"[text] command: path: ":        run(CommandOptions{Path: absent, Args: []string{"{to}"}}),
		"[text] command: args":          run(CommandOptions{Path: sh}),
		"[text] smpp: address":          office(func(o *SMPPOptions) { o.Address = "smpp.example.org" }),
		"[text] smpp: system_id":        office(func(o *SMPPOptions) { o.SystemID = strings.Repeat("a", 16) }),
		"[text] smpp: password_file ho": office(func(o *SMPPOptions) { o.PasswordFile = secret }),
		"[text] smpp: password_file: ":  office(func(o *SMPPOptions) { o.PasswordFile = absent }),
		"[text] smpp: system_type":      office(func(o *SMPPOptions) { o.SystemType = "a\x00b" }),
		"[text] smpp: from":             office(func(o *SMPPOptions) { o.From = "Müller" }),
		"[text] smpp: tls":              office(func(o *SMPPOptions) { o.TLS = "starttls" }),
		"[text] smpp: ca_file":          office(func(o *SMPPOptions) { o.CAFile = nothing }),
		"[wake] allow":                  {Wake: WakeOptions{On: true, Allow: []string{"https://ntfy.example.org"}}},
		"[wake] ca_file":                {Wake: WakeOptions{On: true, CAFile: absent}},
	} {
		senders, err := New(o)
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "too secret") || senders != nil {
			t.Errorf("wanted %q, got %v", want, err)
		}
	}
}

func TestEverySenderAtOnce(t *testing.T) {
	senders, err := New(Options{
		Mail: MailOptions{Host: "mx.example.org", From: "id@example.org", User: "id", PasswordFile: fileWith(t, "geheim")},
		Text: TextOptions{Via: "webhook", Webhook: WebhookOptions{URL: "https://sms.example.org/", Fields: map[string]string{"a": "{to}{text}"}}},
		Wake: WakeOptions{On: true, Allow: []string{"::1", "ntfy.home.arpa"}},
	})
	if err != nil || len(senders) != 3 {
		t.Errorf("all asked for gives %v, %v", senders, err)
	}
}
