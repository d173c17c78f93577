package backend

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust"
)

// ErrStopped says that no backend runs on the data folder.
var ErrStopped = errors.New("countersignd does not run on this data folder: start it first")

type testCall struct {
	Name    string          `json:"name,omitempty"`
	Service string          `json:"service,omitempty"`
	ID      trust.AccountID `json:"id,omitzero"`
}

func (b *Backend) handleTests(mux *http.ServeMux) {
	mux.HandleFunc("POST /test/begin", func(w http.ResponseWriter, r *http.Request) {
		b.adminTest(w, r, func(c testCall) (any, error) { return b.server.BeginTest(r.Context(), c.Name, c.Service) })
	})
	mux.HandleFunc("POST /test/end", func(w http.ResponseWriter, r *http.Request) {
		b.adminTest(w, r, func(c testCall) (any, error) { return struct{}{}, b.server.EndTest(r.Context(), c.ID) })
	})
	mux.HandleFunc("GET /services", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(b.server.Services())
	})
}

func (b *Backend) adminTest(w http.ResponseWriter, r *http.Request, do func(testCall) (any, error)) {
	var c testCall
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10)).Decode(&c); err != nil {
		adminNo(w, err)
		return
	}
	out, err := do(c)
	if err != nil {
		adminNo(w, err)
		return
	}
	json.NewEncoder(w).Encode(out)
}

// RunningServices gives what the backend that runs on a data folder opens. ErrStopped.
func RunningServices(ctx context.Context, data string) (list []front.Service, err error) {
	err = askRunning(ctx, data, http.MethodGet, "/services", nil, &list)
	return list, err
}

// BeginTest has the running backend make an account to try a service with, to be ended by
// EndTest. ErrStopped.
func BeginTest(ctx context.Context, data, name, service string) (out server.TestAccount, err error) {
	err = askRunning(ctx, data, http.MethodPost, "/test/begin", testCall{Name: name, Service: service}, &out)
	return out, err
}

// EndTest ends such an account.
func EndTest(ctx context.Context, data string, id trust.AccountID) error {
	return askRunning(ctx, data, http.MethodPost, "/test/end", testCall{ID: id}, &struct{}{})
}

func askRunning(ctx context.Context, data, method, path string, in, out any) error {
	there, err := ask(ctx, data, method, path, in, out)
	if err == nil && !there {
		err = ErrStopped
	}
	return err
}
