// Package client is api.Account over HTTP: what a trusted device reaches its
// backend with. It keeps no session and no state of an account; each call stands
// for itself, and Watch holds one stream of server-sent events.
//
// It trusts the certificates of the web and follows no redirect: an answer comes
// from the origin that was asked, or it is none.
//
// Source: docs/protocol.md §5.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

const (
	// callLife is how long one call may take: the slowest waits behind others
	// for a password hash.
	callLife = 30 * time.Second
	// maxAnswer is the longest answer that is read, in bytes: a chain of ten
	// thousand entries.
	maxAnswer = 16 << 20
	// silence is how long a stream may say nothing: the backend sends a line
	// every 25 s.
	silence = 60 * time.Second
)

// ErrPlain says that an origin is http and not on this computer.
var ErrPlain = errors.New("without encryption only a backend on this computer is reached: use an https:// address")

// errAnswer says that something answered, but not as a backend does.
var errAnswer = errors.New("the answer is not a backend's")

// Options change what New makes.
type Options struct {
	Version   string            // of the program, told to the backend; empty = "dev"
	Transport http.RoundTripper // nil = one of its own, over TCP and TLS
	Silence   time.Duration     // longest silence of a stream; 0 = 60 s
}

// Client is an api.Account over HTTP. It is safe for concurrent use.
type Client struct {
	origin  string
	agent   string
	http    *http.Client
	silence time.Duration
}

var _ api.Account = (*Client)(nil)

// New gives the backend at origin, "https://host[:port]", or http on the
// loopback. It does not dial. ErrPlain for http elsewhere.
func New(origin string, o Options) (*Client, error) {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is not an origin", origin)
	}
	if u.Scheme == "http" && !api.PlainAllowed(u.Hostname()) {
		return nil, fmt.Errorf("%q: %w", origin, ErrPlain)
	}
	if o.Version == "" {
		o.Version = "dev"
	}
	if o.Transport == nil {
		o.Transport = newTransport()
	}
	if o.Silence == 0 {
		o.Silence = silence
	}
	refuse := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{
		origin: origin, agent: "countersign/" + o.Version, silence: o.Silence,
		http: &http.Client{Transport: o.Transport, CheckRedirect: refuse},
	}, nil
}

func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment, // never for the loopback
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  callLife,
		IdleConnTimeout:        90 * time.Second,
		MaxIdleConnsPerHost:    2,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

// Server implements api.Account.
func (c *Client) Server(ctx context.Context) (s api.Server, err error) {
	err = c.call(ctx, api.PathServer, nil, api.Empty{}, &s)
	return s, err
}

// Invitation implements api.Account.
func (c *Client) Invitation(ctx context.Context, secret api.Secret) (i api.Invitation, err error) {
	err = c.call(ctx, api.PathInvitation, nil, api.InvitationCall{Invitation: secret}, &i)
	return i, err
}

// Register implements api.Account.
func (c *Client) Register(ctx context.Context, r api.Registration) error {
	return c.call(ctx, api.PathRegister, nil, r, &api.Empty{})
}

// Nonce implements api.Account.
func (c *Client) Nonce(ctx context.Context, account trust.AccountID, device trust.DeviceID) (api.Secret, error) {
	var a api.NonceAnswer
	err := c.call(ctx, api.PathNonce, nil, api.NonceCall{Account: account, Device: device}, &a)
	return a.Nonce, err
}

// Session implements api.Account.
func (c *Client) Session(ctx context.Context, p api.SessionProof) (s api.Session, err error) {
	err = c.call(ctx, api.PathSession, nil, p, &s)
	return s, err
}

// Status implements api.Account.
func (c *Client) Status(ctx context.Context, token api.Secret) (s api.Status, err error) {
	err = c.call(ctx, api.PathStatus, token, api.Empty{}, &s)
	return s, err
}

// Chain implements api.Account.
func (c *Client) Chain(ctx context.Context, token api.Secret, from uint64) ([][]byte, error) {
	var a api.ChainAnswer
	err := c.call(ctx, api.PathChain, token, api.ChainCall{From: from}, &a)
	return a.Entries, err
}

// Requests implements api.Account.
func (c *Client) Requests(ctx context.Context, token api.Secret, opened bool) ([]api.Request, error) {
	var a api.RequestsAnswer
	err := c.call(ctx, api.PathRequests, token, api.RequestsCall{Opened: opened}, &a)
	return a.Requests, err
}

// Answer implements api.Account.
func (c *Client) Answer(ctx context.Context, token api.Secret, approval []byte) error {
	return c.call(ctx, api.PathAnswer, token, api.AnswerCall{Approval: approval}, &api.Empty{})
}

// Events implements api.Account.
func (c *Client) Events(ctx context.Context, token api.Secret, after uint64, limit int) ([]api.Event, error) {
	var a api.EventsAnswer
	err := c.call(ctx, api.PathEvents, token, api.EventsCall{After: after, Limit: limit}, &a)
	return a.Events, err
}

// Resume implements api.Account.
func (c *Client) Resume(ctx context.Context, token api.Secret, password string) error {
	return c.call(ctx, api.PathResume, token, api.PasswordCall{Password: password}, &api.Empty{})
}

// OpenDoor implements api.Account.
func (c *Client) OpenDoor(ctx context.Context, token api.Secret, password string) (d api.Door, err error) {
	err = c.call(ctx, api.PathDoor, token, api.PasswordCall{Password: password}, &d)
	return d, err
}

// ChangePassword implements api.Account.
func (c *Client) ChangePassword(ctx context.Context, token api.Secret, present, next string) error {
	return c.call(ctx, api.PathPassword, token, api.PasswordChange{Present: present, Next: next}, &api.Empty{})
}

// call posts one object and reads one. Nothing of an answer is used unless all
// of it could be read.
func (c *Client) call(ctx context.Context, path string, token api.Secret, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, callLife)
	defer cancel()
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("writing call: %w", err)
	}
	req, err := c.request(ctx, http.MethodPost, path, token, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("calling backend: %w", err)
	}
	defer resp.Body.Close()
	return read(resp, out)
}

func (c *Client) request(ctx context.Context, method, path string, token api.Secret, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.origin+path, body)
	if err != nil {
		return nil, fmt.Errorf("writing call: %w", err)
	}
	req.Header.Set("User-Agent", c.agent)
	if token != nil {
		req.Header.Set("Authorization", api.Bearer(token))
	}
	return req, nil
}

// read reads an answer of 200 into out, and any other as a refusal.
func read(resp *http.Response, out any) error {
	if resp.StatusCode == http.StatusOK {
		return readJSON(resp, out)
	}
	var refusal api.Error
	if err := readJSON(resp, &refusal); err != nil || refusal.Code < api.CodeInternal || refusal.Message == "" {
		return fmt.Errorf("answered with status %d: %w", resp.StatusCode, errAnswer)
	}
	return &refusal
}

// readJSON reads exactly one object. Members it does not know are passed over,
// because a newer backend may say more; anything else that is not as expected
// is errAnswer.
func readJSON(resp *http.Response, out any) error {
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return fmt.Errorf("answered with content of type %q: %w", kind, errAnswer)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return fmt.Errorf("reading answer: %w", err)
	}
	trimmed := bytes.TrimSpace(body)
	if len(body) > maxAnswer || len(trimmed) == 0 || trimmed[0] != '{' || json.Unmarshal(trimmed, out) != nil {
		return fmt.Errorf("reading answer: %w", errAnswer)
	}
	return nil
}
