package notice

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"
)

// webhook has an HTTP service send text messages.
type webhook struct {
	options WebhookOptions
	header  http.Header
	client  *http.Client
}

func newWebhook(o WebhookOptions) (*webhook, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" {
		return nil, errors.New("url is no address of the web")
	}
	if u.Scheme != "https" && !(u.Scheme == "http" && isLoopback(u.Hostname())) {
		return nil, errors.New("url is https, or http to this computer")
	}
	if o.Format = first(o.Format, "form"); o.Format != "form" && o.Format != "json" {
		return nil, fmt.Errorf(`format is %q: it is "form" or "json"`, o.Format)
	}
	if !names(o.Fields, "{to}") || !names(o.Fields, "{text}") {
		return nil, errors.New(`fields name neither or one of "{to}" and "{text}": both are needed`)
	}
	w := &webhook{options: o}
	if w.header, err = readHeader(o.HeaderFile); err != nil {
		return nil, fmt.Errorf("header_file: %w", err)
	}
	config, err := clientTLS(u.Hostname(), o.CAFile)
	if err != nil {
		return nil, fmt.Errorf("ca_file: %w", err)
	}
	w.client = &http.Client{
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: config, IdleConnTimeout: time.Minute},
		CheckRedirect: stay,
		Timeout:       gatewayTime,
	}
	return w, nil
}

// names reports whether a placeholder is used.
func names(fields map[string]string, placeholder string) bool {
	for _, value := range fields {
		if strings.Contains(value, placeholder) {
			return true
		}
	}
	return false
}

// stay follows no redirect: what is sent is for the named service only.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// readHeader reads lines "Name: value". What is wrong is not told with what stands
// in the file.
func readHeader(file string) (http.Header, error) {
	if file == "" {
		return make(http.Header), nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	lines := io.MultiReader(bytes.NewReader(bytes.TrimSpace(raw)), strings.NewReader("\n\n"))
	header, err := textproto.NewReader(bufio.NewReader(lines)).ReadMIMEHeader()
	if err != nil || len(header) == 0 {
		return nil, errors.New(`its lines are not "Name: value"`)
	}
	return http.Header(header), nil
}

// Send implements Sender.
func (s *webhook) Send(ctx context.Context, m Message) error {
	text, to, err := forTelephone(m)
	if err != nil || text == "" {
		return err
	}
	body, kind, err := s.body(to, text)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.options.URL, strings.NewReader(body))
	if err != nil {
		return errors.New("the address of the service is broken")
	}
	r.Header = s.header.Clone()
	r.Header.Set("Content-Type", kind)
	resp, err := s.client.Do(r)
	if err != nil {
		return fmt.Errorf("reaching the text message service: %w", bare(err))
	}
	drain(resp)
	switch {
	case resp.StatusCode/100 == 2:
		return nil
	case resp.StatusCode == http.StatusBadRequest || resp.StatusCode == http.StatusUnprocessableEntity:
		return fmt.Errorf("%w: the text message service answered %d", ErrRefused, resp.StatusCode)
	}
	return fmt.Errorf("the text message service answered %d", resp.StatusCode)
}

// body fills the fields.
func (s *webhook) body(to, text string) (body, kind string, err error) {
	fill := strings.NewReplacer("{to}", to, "{text}", text)
	fields := make(map[string]string, len(s.options.Fields))
	form := make(url.Values, len(s.options.Fields))
	for name, value := range s.options.Fields {
		fields[name] = fill.Replace(value)
		form.Set(name, fields[name])
	}
	if s.options.Format == "form" {
		return form.Encode(), "application/x-www-form-urlencoded", nil
	}
	raw, err := json.Marshal(fields)
	return string(raw), "application/json", err
}

// bare takes the address off an error of an HTTP client: it may be somebody's.
func bare(err error) error {
	var outer *url.Error
	if errors.As(err, &outer) {
		return outer.Err
	}
	return err
}

// drain reads a little of an answer, so that its connection can be used again.
func drain(resp *http.Response) {
	_, _ = io.CopyN(io.Discard, resp.Body, 4096) // nothing in it is looked at
	resp.Body.Close()
}

// forTelephone gives what a text message says and to whom; "" if there is nothing to
// say. A number is in the international form, so it can be nothing else to whoever
// takes it: no option of a command, no second address.
func forTelephone(m Message) (text, to string, err error) {
	if ok, err := regexp.MatchString(`^\+[1-9][0-9]{6,14}$`, m.Address); err != nil || !ok {
		return "", "", ErrRefused
	}
	words, _, err := Compose(m)
	return words.Short, m.Address, err
}
