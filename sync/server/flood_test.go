package server_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
)

// A flood of passwords at one place shuts nobody out of another: not of signing in, not
// of stopping what waits, not of changing something on a device.
func TestAFloodOfPasswordsStaysWhereItIs(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna").grownUp()
	must(a.fresh("New phone").device.Regain(ctx, a.s, a.name, password, a.device.Paper))
	doors := []struct {
		name string
		use  func() error
	}{
		{"the sign-in page", func() error { _, err := a.begin(stranger, password); return err }},
		{"where waits are stopped", func() error { _, err := a.s.WaitsBy(ctx, api.Factor{Name: a.name, Password: password}); return err }},
		{"a device", func() error { return a.s.Resume(ctx, a.token(), password) }},
	}
	for flooded := range doors {
		end := a.s.TestOnlyFlood(flooded)
		for i, d := range doors {
			err := d.use()
			if slow := errors.Is(err, &api.Error{Code: api.CodeSlow}); slow != (i == flooded) || err != nil && !slow {
				t.Errorf("while %s is flooded, %s gives %v", doors[flooded].name, d.name, err)
			}
		}
		end()
		a.pass(10 * time.Minute)
	}
}
