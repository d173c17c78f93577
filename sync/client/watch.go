package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/countersign/countersign/sync/api"
)

// maxLine is the longest line of a stream, in bytes: an event with a challenge
// is below 4 KiB.
const maxLine = 128 << 10

var (
	errSilent = errors.New("the backend was silent for too long")
	errEnded  = errors.New("the backend ended the stream")
)

// Watch implements api.Account with one stream of server-sent events. Any line,
// a comment too, counts as a word from the backend.
func (c *Client) Watch(ctx context.Context, token api.Secret, after uint64, alive func(), each func(api.Event) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	quiet := time.AfterFunc(c.silence, func() { cancel(errSilent) })
	defer quiet.Stop()
	heard := func() {
		quiet.Reset(c.silence)
		if alive != nil {
			alive()
		}
	}
	err := c.stream(ctx, token, after, heard, func(e api.Event) error {
		defer quiet.Reset(c.silence) // taking an event over is not the backend's silence
		return each(e)
	})
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

func (c *Client) stream(ctx context.Context, token api.Secret, after uint64, heard func(), each func(api.Event) error) error {
	req, err := c.request(ctx, http.MethodGet, api.PathWatch, token, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Last-Event-ID", strconv.FormatUint(after, 10))
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("opening stream: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return read(resp, &api.Empty{})
	}
	if kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err != nil || kind != "text/event-stream" {
		return fmt.Errorf("opening stream of type %q: %w", kind, errAnswer)
	}
	heard()
	return readStream(resp.Body, heard, each)
}

// readStream reads server-sent events until the stream ends; it never returns nil.
func readStream(r io.Reader, heard func(), each func(api.Event) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4<<10), maxLine)
	var m message
	for lines.Scan() {
		heard()
		if line := lines.Text(); line != "" {
			m.add(line)
			continue
		}
		if err := m.dispatch(each); err != nil {
			return err
		}
		m = message{}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("reading stream: %w", err)
	}
	return errEnded
}

// message is one server-sent event as it is being read.
type message struct {
	id   string
	data []string
	size int
}

func (m *message) add(line string) {
	name, value, _ := strings.Cut(line, ":")
	value = strings.TrimPrefix(value, " ")
	switch name { // a line that begins with a colon is a comment
	case "id":
		m.id = value
	case "data":
		if m.size += len(value); m.size <= maxLine {
			m.data = append(m.data, value)
		}
	}
}

// dispatch hands a complete message over. One without data says nothing.
func (m *message) dispatch(each func(api.Event) error) error {
	if len(m.data) == 0 {
		return nil
	}
	var e api.Event
	err := json.Unmarshal([]byte(strings.Join(m.data, "\n")), &e)
	if err != nil || m.size > maxLine || m.id != "" && m.id != strconv.FormatUint(e.Seq, 10) {
		return fmt.Errorf("reading event: %w", errAnswer)
	}
	return each(e)
}
