package notice

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// gatewayTime is how long a gateway may take over one message; chosen so that a dead
// one does not hold the others up for long.
const gatewayTime = 20 * time.Second

// mailer sends mails through one SMTP server, each on a connection of its own.
type mailer struct {
	options  MailOptions
	from     *netmail.Address
	password string
	tls      *tls.Config
}

// newMailer checks the options and reads the files they name.
func newMailer(o MailOptions) (*mailer, error) {
	from, err := netmail.ParseAddress(o.From)
	switch {
	case o.Host == "":
		return nil, errors.New("host is missing")
	case o.Port < 0 || o.Port > 65535:
		return nil, fmt.Errorf("port %d is none", o.Port)
	case err != nil:
		return nil, fmt.Errorf("from %q is no address", o.From)
	case (o.User == "") != (o.PasswordFile == ""):
		return nil, errors.New("user and password_file come together")
	}
	o.TLS = first(o.TLS, "starttls-required")
	port, ok := map[string]int{"none": 25, "starttls": 587, "starttls-required": 587, "tls": 465}[o.TLS]
	if !ok {
		return nil, fmt.Errorf(`tls is %q: it is "none", "starttls", "starttls-required" or "tls"`, o.TLS)
	}
	if o.Port == 0 {
		o.Port = port
	}
	if o.User != "" && (o.TLS == "none" || o.TLS == "starttls") && !isLoopback(o.Host) {
		return nil, errors.New(`a password is sent with tls = "starttls-required" or "tls" only`)
	}
	m := &mailer{options: o, from: from}
	if m.password, err = readSecret(o.PasswordFile); err != nil {
		return nil, fmt.Errorf("password_file: %w", err)
	}
	if m.tls, err = clientTLS(o.Host, o.CAFile); err != nil {
		return nil, fmt.Errorf("ca_file: %w", err)
	}
	return m, nil
}

// Send implements Sender. What it says of a failure names no address of anybody.
func (s *mailer) Send(ctx context.Context, m Message) error {
	text, ok, err := Compose(m)
	if err != nil || !ok {
		return err
	}
	msg, err := s.write(m, text)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, gatewayTime)
	defer cancel()
	client, err := s.client(ctx)
	if err != nil {
		return fmt.Errorf("preparing the mail connection: %w", err)
	}
	if err := client.DialWithContext(ctx); err != nil {
		return fmt.Errorf("reaching the mail server: %w", err)
	}
	err = client.Send(msg)
	// The server has the mail by now or has not; how the parting goes changes nothing.
	_ = client.Close()
	if msg.IsDelivered() {
		return nil
	}
	return mailFailure(err)
}

// client speaks to the server; its connection is cut when ctx is done.
func (s *mailer) client(ctx context.Context) (*mail.Client, error) {
	dial := func(ctx2 context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx2, network, address)
		if err != nil {
			return nil, err
		}
		context.AfterFunc(ctx, func() { conn.Close() })
		if s.options.TLS != "tls" {
			return conn, nil
		}
		over := tls.Client(conn, s.tls)
		if err := over.HandshakeContext(ctx2); err != nil {
			conn.Close()
			return nil, err
		}
		return over, nil
	}
	options := []mail.Option{
		mail.WithPort(s.options.Port), mail.WithTimeout(gatewayTime), mail.WithDialContextFunc(dial),
		mail.WithTLSConfig(s.tls), mail.WithTLSPolicy(s.policy()), mail.WithoutNoop(), mail.WithoutRset(),
	}
	if s.options.User != "" {
		options = append(options, mail.WithUsername(s.options.User), mail.WithPassword(s.password), mail.WithOpportunisticSMTPAuth(
			mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthSCRAMSHA1, mail.SMTPAuthPlain, mail.SMTPAuthLogin, mail.SMTPAuthCramMD5))
	}
	return mail.NewClient(s.options.Host, options...)
}

func (s *mailer) policy() mail.TLSPolicy {
	switch s.options.TLS {
	case "starttls":
		return mail.TLSOpportunistic
	case "starttls-required":
		return mail.TLSMandatory
	}
	return mail.NoTLS // or the connection has it from the start
}

// write makes the mail: plain text, and the same as a page.
func (s *mailer) write(m Message, text Text) (*mail.Msg, error) {
	to, err := netmail.ParseAddress(m.Address)
	if err != nil || to.Address != m.Address {
		return nil, ErrRefused
	}
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	msg.FromMailAddress(s.from)
	msg.ToMailAddress(to)
	msg.Subject(text.Subject)
	msg.SetDate()
	msg.SetMessageIDWithValue(s.messageID(m))
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(mail.TypeTextPlain, text.Plain)
	msg.AddAlternativeString(mail.TypeTextHTML, text.HTML)
	return msg, nil
}

// messageID names a mail so that one that was sent twice can be told: receivers drop
// the second. A code differs each time it is sent, and only the last one is good, so
// those mails must not be taken for each other.
func (s *mailer) messageID(m Message) string {
	_, domain, _ := strings.Cut(s.from.Address, "@")
	name := strconv.FormatInt(m.Created.UnixNano(), 36)
	if m.Code != "" {
		name = rand.Text()
	}
	return fmt.Sprintf("notice.%d.%s@%s", m.ID, name, domain)
}

// mailFailure sorts what the server answered. A recipient or text that it will never
// take ends the message; that it does not take the sender is for the operator to
// mend, so the message waits.
func mailFailure(err error) error {
	var answer *mail.SendError
	if !errors.As(err, &answer) {
		return errors.New("the connection to the mail server broke")
	}
	code, step := answer.ErrorCode(), answer.Reason.String()
	final := answer.Reason == mail.ErrSMTPRcptTo || answer.Reason == mail.ErrSMTPData || answer.Reason == mail.ErrSMTPDataClose
	if final && code >= 500 && code < 600 {
		return fmt.Errorf("%w: the mail server answered %d", ErrRefused, code)
	}
	return fmt.Errorf("the mail server answered %d: %s", code, step)
}
