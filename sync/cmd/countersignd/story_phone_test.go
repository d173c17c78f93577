package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// phoneCommand is a telephone that text messages arrive at, by a command that the
// operator has configured: phone on, before the backend starts; phone reads PATTERN,
// which waits for a message and keeps what the pattern's group found in $READ.
func phoneCommand(ts *testscript.TestScript, neg bool, args []string) {
	inbox := ts.MkAbs("inbox")
	switch args[0] {
	case "on":
		data := ts.MkAbs("backend")
		ts.Check(os.MkdirAll(data, 0o700))
		config := fmt.Sprintf("[text]\nvia = \"command\"\n[text.command]\npath = \"/bin/sh\"\nargs = [\"-c\", 'cat >> \"$0\"; echo >> \"$0\"', %q, \"{to}\"]\n", inbox)
		ts.Check(os.WriteFile(filepath.Join(data, "countersignd.toml"), []byte(config), 0o600))
	case "reads":
		ts.Setenv("READ", awaitMessage(ts, inbox, regexp.MustCompile(args[1])))
	default:
		ts.Fatalf("phone on|reads PATTERN")
	}
}

// awaitMessage waits for a message, and gives the last group of the pattern.
func awaitMessage(ts *testscript.TestScript, inbox string, wanted *regexp.Regexp) string {
	var text []byte
	for end := time.Now().Add(storyPatience); time.Now().Before(end); {
		text, _ = os.ReadFile(inbox) // not there before the first message
		if found := wanted.FindSubmatch(text); found != nil {
			return string(found[len(found)-1])
		}
		<-time.After(10 * time.Millisecond)
	}
	ts.Fatalf("no message says %q, but %q", wanted, text)
	return ""
}
