package terminal

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
)

// chainJSON is the trust chain as others may examine it: its entries, byte for
// byte as they were signed, from the first on.
type chainJSON struct {
	Entries [][]byte `json:"entries"` // Base64
}

func chainCommand(ctx context.Context, c *call) error {
	if c.args[0] != "export" {
		return usageError{fmt.Sprintf("chain %q: it is export", c.args[0])}
	}
	d, err := c.account(ctx, false, nil)
	if err != nil {
		return err
	}
	defer d.Close()
	entries, err := d.Export()
	if err != nil {
		return err
	}
	return c.print(chainJSON{entries}, func(w io.Writer) {
		for _, raw := range entries {
			fmt.Fprintln(w, hex.EncodeToString(raw))
		}
	})
}
