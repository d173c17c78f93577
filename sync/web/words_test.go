package web

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust/verify"
)

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

func TestEveryLanguageSaysTheSame(t *testing.T) {
	all, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	first := all[languages[0]]
	for language, w := range all {
		if got, want := slices.Sorted(maps.Keys(w)), slices.Sorted(maps.Keys(first)); !slices.Equal(got, want) {
			t.Errorf("%s has other keys than %s:\n%q\n%q", language, languages[0], got, want)
		}
		for key, sentence := range w {
			if strings.TrimSpace(sentence) == "" || sentence != strings.TrimSpace(sentence) {
				t.Errorf("%s: %s is %q", language, key, sentence)
			}
			if got, want := slots(sentence), slots(first[key]); !slices.Equal(got, want) {
				t.Errorf("%s: %s takes %q, in %s it takes %q", language, key, got, languages[0], want)
			}
		}
	}
}

func slots(sentence string) []string {
	found := placeholder.FindAllString(sentence, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// unwanted has no place on a page, in either language.
var unwanted = regexp.MustCompile(`(?i)!|\b(tokens?|credentials?|factors?|challenges?|please|errors?|ok|submit|bitte|fehler|faktor(en)?|zugangsdaten)\b`)

func TestWordsAreOurs(t *testing.T) {
	all, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	for language, w := range all {
		for key, sentence := range w {
			if bad := unwanted.FindString(sentence); bad != "" {
				t.Errorf("%s: %s says %q: %s", language, key, bad, sentence)
			}
		}
	}
}

// A sentence nobody says is a sentence nobody mends.
func TestEverySentenceIsSaid(t *testing.T) {
	w, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	said := sources(t)
	for key := range w["en"] {
		if !said[key] && !made(key) {
			t.Errorf("no page says %s", key)
		}
	}
}

var quoted = regexp.MustCompile(`"([a-z]+\.[a-z -]+)"`)

// sources gives the keys that stand in pages and code.
func sources(t *testing.T) map[string]bool {
	t.Helper()
	said := make(map[string]bool)
	read := func(raw []byte, err error) {
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range quoted.FindAllSubmatch(raw, -1) {
			said[string(m[1])] = true
		}
	}
	pages, err := fs.Glob(files, "pages/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range pages {
		read(fs.ReadFile(files, name))
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range sources {
		if !strings.HasSuffix(name, "_test.go") {
			read(os.ReadFile(name))
		}
	}
	return said
}

// made tells the keys that are put together from what happened.
func made(key string) bool {
	kind, rest, _ := strings.Cut(key, ".")
	rest = strings.TrimSuffix(rest, ".means")
	switch kind {
	case "unit":
		return slices.Contains([]string{"minute", "minutes", "second", "seconds"}, rest)
	case "activity":
		return slices.Contains(eventKinds, api.EventKind(rest)) || slices.Contains(ways, rest)
	case "stopped":
		return slices.Contains(stoppers, rest)
	case "asked":
		return slices.Contains(waitKinds, api.WaitKind(rest))
	case "refused":
		return slices.Contains(reasons, verify.Reason(rest))
	case "end":
		return slices.Contains(ends, verify.State(rest))
	}
	return false
}

// What keys are put together from.
var (
	eventKinds = []api.EventKind{
		api.EventCreated, api.EventRequest, api.EventDone, api.EventWrong, api.EventBurned, api.EventDenied, api.EventExpired, api.EventStopped,
		api.EventRefused, api.EventTwoStep, api.EventPaused, api.EventOff, api.EventResumed, api.EventDoor, api.EventSignOut, "password",
		api.EventWait, api.EventHalf, api.EventReady, api.EventStop, api.EventRegained, api.EventLeft, api.EventOffline, api.EventContact, api.EventReplaced,
		api.EventUsed, api.EventStale, api.EventText,
	}
	ways = []string{
		"chain-added", "chain-removed", "chain-recovery", "chain-verifier", "chain-policy", "chain-credential", "chain-revoked",
		"app-credential", "app-revoked", "step-request", "step-done", "step-burned", "step-expired", "step-stopped", "reset-key", "reset-wait", "wrong-offline", "wrong-text", "done-password", "contact-removed", "contact-sign-in", "contact-no-sign-in",
	}
	stoppers = []string{"device", "password", "key", "mail", "removed", "replaced"}
	reasons  = []verify.Reason{
		"wrong", verify.TooOften, verify.OpenOthers, verify.Paused, verify.Off, verify.WrongOften, verify.Disabled, verify.Network,
	}
	ends = []verify.State{
		verify.Denied, verify.Expired, verify.Burned, verify.Stopped, "broken", "form", "foreign", "nothing", "no-wait", "wait-stopped", "wait-done", "not-now",
		"app-made", "app-removed", "app-not", "no-app",
	}
	waitKinds = []api.WaitKind{api.WaitDevice, api.WaitPassword, api.WaitLeave, api.WaitRenew, api.WaitRemove, "other"}
)

func TestWhatHappensHasItsSentence(t *testing.T) {
	all, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, k := range eventKinds {
		keys = append(keys, "activity."+string(k))
	}
	for _, k := range ways {
		keys = append(keys, "activity."+k)
	}
	for _, k := range stoppers {
		keys = append(keys, "stopped."+k)
	}
	for _, r := range reasons {
		keys = append(keys, "refused."+string(r))
	}
	for _, k := range waitKinds {
		keys = append(keys, "asked."+string(k))
	}
	for _, e := range ends {
		keys = append(keys, "end."+string(e), "end."+string(e)+".means")
	}
	for _, key := range keys {
		if all["en"][key] == "" {
			t.Errorf("%s has no sentence", key)
		}
	}
}
