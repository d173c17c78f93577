package backend

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust/chain"
)

// newRequest makes a request to the admin socket.
func newRequest(ctx context.Context, method, path string, in any) (*http.Request, error) {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(raw)
	}
	return http.NewRequestWithContext(ctx, method, "http://admin"+path, body)
}

// devices counts the trusted devices of an account.
func devices(tx store.Tx, a store.Account) (int, error) {
	entries, err := tx.Entries(a.ID, 0)
	if err != nil {
		return 0, err
	}
	st, err := chain.Open(entries)
	if err != nil {
		return 0, err
	}
	return len(st.Devices()), nil
}
