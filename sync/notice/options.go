package notice

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"reflect"
	"strings"

	"github.com/countersign/countersign/sync/api"
)

// Options are what the operator writes about gateways. A medium without options has
// no sender.
type Options struct {
	Mail MailOptions `toml:"mail"`
	Text TextOptions `toml:"text"`
	Wake WakeOptions `toml:"wake"`
}

// MailOptions name an SMTP server.
type MailOptions struct {
	Host         string `toml:"host"`          // "" = no mails
	Port         int    `toml:"port"`          // 0 = 25, 465 or 587, as TLS says
	From         string `toml:"from"`          // "Name <address>" or an address
	User         string `toml:"user"`          // "" = does not sign in there
	PasswordFile string `toml:"password_file"` // its first line
	TLS          string `toml:"tls"`           // "none", "starttls" (if offered), "starttls-required" (default), "tls"
	CAFile       string `toml:"ca_file"`       // PEM; "" = the system's
}

// TextOptions choose how text messages go out.
type TextOptions struct {
	Via     string         `toml:"via"`     // "" = none; "webhook", "command", "smpp"
	SignIn  bool           `toml:"sign_in"` // people may have such messages let them in
	Webhook WebhookOptions `toml:"webhook"`
	Command CommandOptions `toml:"command"`
	SMPP    SMPPOptions    `toml:"smpp"`
}

// WebhookOptions name an HTTP service that sends text messages.
type WebhookOptions struct {
	URL        string            `toml:"url"`         // https, or http to this computer
	Format     string            `toml:"format"`      // "form" (default) or "json"
	Fields     map[string]string `toml:"fields"`      // "{to}" and "{text}" stand for number and message
	HeaderFile string            `toml:"header_file"` // lines "Name: value", for what is secret
	CAFile     string            `toml:"ca_file"`     // PEM; "" = the system's
}

// CommandOptions name a program that sends text messages. The message is on its
// standard input, in UTF-8, as what is in arguments is seen by all users.
type CommandOptions struct {
	Path string   `toml:"path"` // absolute
	Args []string `toml:"args"` // "{to}" stands for the number
}

// SMPPOptions name a message centre that speaks SMPP 3.4.
type SMPPOptions struct {
	Address      string `toml:"address"` // host:port
	SystemID     string `toml:"system_id"`
	PasswordFile string `toml:"password_file"` // its first line, at most 8 bytes
	SystemType   string `toml:"system_type"`
	From         string `toml:"from"`    // a number with "+", or at most 11 letters
	TLS          string `toml:"tls"`     // "tls" (default), "none"
	CAFile       string `toml:"ca_file"` // PEM; "" = the system's
}

// WakeOptions say whether wake-ups are sent to ntfy topics.
type WakeOptions struct {
	On     bool     `toml:"on"`
	Allow  []string `toml:"allow"`   // hosts that may have private addresses
	CAFile string   `toml:"ca_file"` // PEM; "" = the system's
}

// New makes the senders that the options name. It reads all files and connects to
// nothing.
func New(o Options) (map[api.Medium]Sender, error) {
	senders := make(map[api.Medium]Sender)
	if o.Mail != (MailOptions{}) {
		s, err := newMailer(o.Mail)
		if err != nil {
			return nil, fmt.Errorf("[mail] %w", err)
		}
		senders[api.MediumMail] = s
	}
	if !reflect.ValueOf(o.Text).IsZero() {
		s, err := newText(o.Text)
		if err != nil {
			return nil, fmt.Errorf("[text] %w", err)
		}
		senders[api.MediumText] = s
	}
	if o.Wake.On {
		s, err := newWaker(o.Wake)
		if err != nil {
			return nil, fmt.Errorf("[wake] %w", err)
		}
		senders[api.MediumWake] = s
	}
	return senders, nil
}

// newText makes the sender that is chosen. The error of one is named after its table.
func newText(o TextOptions) (Sender, error) {
	var s Sender
	var err error
	switch o.Via {
	case "":
		return nil, errors.New(`via is "": sign_in and the tables need "webhook", "command" or "smpp" there`)
	case "webhook":
		s, err = newWebhook(o.Webhook)
	case "command":
		s, err = newCommand(o.Command)
	case "smpp":
		s, err = newSMPP(o.SMPP)
	default:
		return nil, fmt.Errorf(`via is %q: it is "webhook", "command" or "smpp"`, o.Via)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Via, err)
	}
	return s, nil
}

// readSecret gives the first line of a file; nothing for no file.
func readSecret(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	line, _, _ := bytes.Cut(raw, []byte("\n"))
	secret := strings.TrimSuffix(string(line), "\r")
	if secret == "" {
		return "", fmt.Errorf("%q has an empty first line", file)
	}
	return secret, nil
}

// clientTLS trusts the certificates of a file, or the system's for no file.
func clientTLS(host, file string) (*tls.Config, error) {
	config := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if file == "" {
		return config, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM(pem) {
		return nil, errors.New("there is no certificate in it")
	}
	return config, nil
}

// isLoopback reports whether a host is this computer by its name alone.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}
