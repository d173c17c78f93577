package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// opensCommand asks as a web server does whether a name and a password open a service:
// opens SERVICE NAME PASSWORD; with ! the answer has to be 401.
func opensCommand(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("opens SERVICE NAME PASSWORD")
	}
	r, err := http.NewRequest(http.MethodGet, ts.Getenv("URL")+"/v1/check/"+args[0], nil)
	ts.Check(err)
	r.SetBasicAuth(args[1], args[2])
	back, err := http.DefaultClient.Do(r)
	ts.Check(err)
	back.Body.Close()
	want := http.StatusOK
	if neg {
		want = http.StatusUnauthorized
	}
	if back.StatusCode != want {
		ts.Fatalf("%s for %s: status %d, want %d", args[0], args[1], back.StatusCode, want)
	}
}

// madeCommand keeps what app-passwords create --json printed: made ID PASSWORD, names of
// variables.
func madeCommand(ts *testscript.TestScript, neg bool, args []string) {
	var said struct{ ID, Password string }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &said))
	if len(strings.ReplaceAll(said.Password, "-", "")) != 24 {
		ts.Fatalf("%q is no app password", said.Password)
	}
	ts.Setenv(args[0], said.ID)
	ts.Setenv(args[1], said.Password)
}

// listedCommand finds an app password in what app-passwords list --json printed: listed ID
// FIELD=VALUE ...
func listedCommand(ts *testscript.TestScript, neg bool, args []string) {
	var list []map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &list))
	for _, one := range list {
		if one["id"] != args[0] {
			continue
		}
		for _, want := range args[1:] {
			field, value, _ := strings.Cut(want, "=")
			if got := fmt.Sprint(one[field]); got != value && !(value == "*" && one[field] != nil) {
				ts.Fatalf("%s is %q, want %q", field, got, value)
			}
		}
		return
	}
	ts.Fatalf("%s is not listed", args[0])
}
