package backend_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/sync/backend"
)

// A setting that is not known, or a gateway that cannot be used, is said at the start
// and not when the first mail is due.
func TestConfigurationsThatAreRefused(t *testing.T) {
	for text, says := range map[string]string{
		"[mail]\nhost = \"mx\"\nhots = \"mx\"\n":            "hots",
		"[mail":                                             "countersignd.toml",
		"[mail]\nhost = \"mx\"\n":                           "from",
		"[text]\nvia = \"pigeon\"\n":                        "pigeon",
		"[text]\nsign_in = true\n":                          "via",
		"mail = \"mx\"\n":                                   "mail",
		"[mail]\nhost=\"mx\"\nfrom=\"a@b.c\"\ntls=\"no\"\n": "tls",
	} {
		data := t.TempDir()
		if err := os.WriteFile(filepath.Join(data, backend.ConfigName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		config, err := backend.ReadConfig(data, "")
		if err == nil {
			_, err = backend.Start(context.Background(), backend.Options{Data: data, Listen: "127.0.0.1:0", Config: config})
		}
		if !errors.Is(err, backend.ErrOptions) || !strings.Contains(err.Error(), says) {
			t.Errorf("%q gives %v", text, err)
		}
	}
	if _, err := backend.ReadConfig(t.TempDir(), ""); err != nil {
		t.Errorf("a folder without a file gives %v", err)
	}
	if _, err := backend.ReadConfig(t.TempDir(), "elsewhere.toml"); !errors.Is(err, backend.ErrOptions) {
		t.Errorf("a named file that is missing gives %v", err)
	}
}
