package main

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// offlineCommand lets a device show an offline code and keeps it.
func offlineCommand(ts *testscript.TestScript, neg bool, args []string) {
	var out bytes.Buffer
	err := runDevice(ts, args[0], append([]string{"offline-code", "--json"}, args[1:]...), &out)
	if (err != nil) != neg {
		ts.Fatalf("%s's offline code: %v", args[0], err)
	}
	if neg {
		return
	}
	var said struct {
		Code  string
		Until time.Time
	}
	ts.Check(json.Unmarshal(out.Bytes(), &said))
	if left := time.Until(said.Until); len(said.Code) != 8 || left < 0 || left > 31*time.Second {
		ts.Fatalf("offline-code says %s", out.Bytes())
	}
	ts.Setenv("CODE", said.Code)
}
