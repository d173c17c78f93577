package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/netip"

	"github.com/countersign/countersign/sync/api"
)

// Handler serves the contract over HTTP.
type Handler struct {
	server  *Server
	mux     *http.ServeMux
	streams *streams
	address func(*http.Request) netip.Addr
}

// NewHandler serves s; address tells from where a request comes. Close ends the
// streams it holds.
func NewHandler(s *Server, address func(*http.Request) netip.Addr) *Handler {
	h := &Handler{server: s, mux: http.NewServeMux(), streams: newStreams(), address: address}
	h.routes()
	return h
}

// ServeHTTP answers one call.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r = r.WithContext(WithAddress(r.Context(), h.address(r)))
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	h.mux.ServeHTTP(w, r)
}

// Close ends all streams. Devices come back by themselves.
func (h *Handler) Close() { h.streams.close() }

func (h *Handler) routes() {
	s := h.server
	handle(h, api.PathServer, func(ctx context.Context, _ api.Secret, _ api.Empty) (api.Server, error) { return s.Server(ctx) })
	handle(h, api.PathInvitation, func(ctx context.Context, _ api.Secret, c api.InvitationCall) (api.Invitation, error) {
		return s.Invitation(ctx, c.Invitation)
	})
	handle(h, api.PathRegister, func(ctx context.Context, _ api.Secret, c api.Registration) (api.Empty, error) {
		return api.Empty{}, s.Register(ctx, c)
	})
	handle(h, api.PathNonce, func(ctx context.Context, _ api.Secret, c api.NonceCall) (api.NonceAnswer, error) {
		n, err := s.Nonce(ctx, c.Account, c.Device)
		return api.NonceAnswer{Nonce: n}, err
	})
	handle(h, api.PathSession, func(ctx context.Context, _ api.Secret, c api.SessionProof) (api.Session, error) {
		return s.Session(ctx, c)
	})
	h.deviceRoutes()
	h.chainRoutes()
	h.boxRoutes()
	h.regainRoutes()
	h.waitRoutes()
	h.contactRoutes()
	h.mux.HandleFunc("GET "+api.PathWatch, h.watch)
	h.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { no(w, refuse(api.CodeNotFound, "no such call", "")) })
}

func (h *Handler) deviceRoutes() {
	s := h.server
	handle(h, api.PathStatus, func(ctx context.Context, t api.Secret, _ api.Empty) (api.Status, error) { return s.Status(ctx, t) })
	handle(h, api.PathChain, func(ctx context.Context, t api.Secret, c api.ChainCall) (api.ChainAnswer, error) {
		e, err := s.Chain(ctx, t, c.From)
		return api.ChainAnswer{Entries: e}, err
	})
	handle(h, api.PathRequests, func(ctx context.Context, t api.Secret, c api.RequestsCall) (api.RequestsAnswer, error) {
		r, err := s.Requests(ctx, t, c.Opened)
		return api.RequestsAnswer{Requests: r}, err
	})
	handle(h, api.PathAnswer, func(ctx context.Context, t api.Secret, c api.AnswerCall) (api.Empty, error) {
		return api.Empty{}, s.Answer(ctx, t, c.Approval)
	})
	handle(h, api.PathEvents, func(ctx context.Context, t api.Secret, c api.EventsCall) (api.EventsAnswer, error) {
		e, err := s.Events(ctx, t, c.After, c.Limit)
		return api.EventsAnswer{Events: e}, err
	})
	handle(h, api.PathResume, func(ctx context.Context, t api.Secret, c api.PasswordCall) (api.Empty, error) {
		return api.Empty{}, s.Resume(ctx, t, c.Password)
	})
	handle(h, api.PathPassword, func(ctx context.Context, t api.Secret, c api.PasswordChange) (api.Empty, error) {
		return api.Empty{}, s.ChangePassword(ctx, t, c.Present, c.Next)
	})
	handle(h, api.PathDoor, func(ctx context.Context, t api.Secret, c api.PasswordCall) (api.Door, error) {
		return s.OpenDoor(ctx, t, c.Password)
	})
}

// handle serves one call: a JSON object in, a JSON object out.
func handle[In, Out any](h *Handler, path string, call func(context.Context, api.Secret, In) (Out, error)) {
	handleUpTo(h, path, api.MaxBody, call)
}

// handleUpTo is handle for a body of another length, in bytes.
func handleUpTo[In, Out any](h *Handler, path string, most int64, call func(context.Context, api.Secret, In) (Out, error)) {
	h.mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
		var in In
		if err := readBody(w, r, most, &in); err != nil {
			no(w, err)
			return
		}
		token, _ := api.ParseBearer(r.Header.Get("Authorization"))
		out, err := call(r.Context(), token, in)
		if err != nil {
			no(w, err)
			return
		}
		answer(w, http.StatusOK, out)
	})
}

// readBody reads one JSON object of at most so many bytes; anything else is one
// flat refusal.
func readBody(w http.ResponseWriter, r *http.Request, most int64, v any) error {
	flat := refuse(api.CodeMalformed, "the message cannot be read", "")
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return flat
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if err != nil || !bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{")) { // null would read as a message
		return flat
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if d.Decode(v) != nil {
		return flat
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return flat
	}
	return nil
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v) // the other side is gone if this fails
}

// no answers with a refusal.
func no(w http.ResponseWriter, err error) {
	var e *api.Error
	if !errors.As(err, &e) {
		e = &api.Error{Code: api.CodeInternal, Message: "the server could not do this"}
	}
	answer(w, statusOf(e.Code), e)
}

func statusOf(c api.Code) int {
	switch c {
	case api.CodeInternal:
		return http.StatusInternalServerError
	case api.CodeSession:
		return http.StatusUnauthorized
	case api.CodeDevice, api.CodePassword, api.CodeYoung:
		return http.StatusForbidden
	case api.CodeNotFound:
		return http.StatusNotFound
	case api.CodeSlow:
		return http.StatusTooManyRequests
	case api.CodeAnswered, api.CodeLate, api.CodeName, api.CodeStale:
		return http.StatusConflict
	}
	return http.StatusBadRequest
}
