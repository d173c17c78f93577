package main

import (
	"context"
	"fmt"
	"time"

	"github.com/countersign/countersign/sync/backend"
)

// renew is the operator's last resort for who has lost all three things.
func (c command) renew(ctx context.Context, args []string) int {
	var o backend.Options
	f := c.flags("renew", &o)
	asJSON := f.Bool("json", false, "")
	words, ok := c.parse(f, args, 1)
	if !ok {
		return exitUsage
	}
	out, err := backend.Renew(ctx, o, words[0])
	if err != nil {
		return c.fail(err)
	}
	if *asJSON {
		return c.json(out)
	}
	if out.Link == "" {
		fmt.Fprintf(c.out, "Waiting until %s. All devices and addresses of %s are told; run this again then.\n",
			out.Until.Local().Format(time.DateTime), words[0])
		return exitOK
	}
	fmt.Fprintln(c.out, out.Link)
	return exitOK
}
