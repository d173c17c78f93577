package server_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/api/apitest"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// The files of the database hold no code, no password, no cookie, no link and no
// token, at any time; neither does the log, at its most talkative.
func TestNothingSecretIsWrittenDown(t *testing.T) {
	h := newHouse(t, origin)
	ctx := context.Background()
	const planted = "planted passphrase 93c1"
	link := must(h.s.Invite(ctx, "anna"))
	a := &home{house: h, name: "anna", device: must(apitest.Join(ctx, h.s, link, "anna", planted, h.clock.Now()))}
	_, invitation, _ := api.ParseLink(link)
	secrets := map[string][]byte{"password": []byte(planted), "invitation": invitation, "link": []byte(strings.SplitN(link, "#", 2)[1])}
	signIn := must(a.begin(stranger, planted))
	if _, err := a.begin(stranger, "planted wrong one 77"); err == nil {
		t.Fatal("a wrong password was taken")
	}
	token := a.token()
	secrets["wrong password"], secrets["cookie"], secrets["token"] = []byte("planted wrong one 77"), signIn, token
	approval, code, err := a.device.Allow(must(h.s.Requests(ctx, token, true))[0], h.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	a.answer(approval)
	h.grep(secrets)
	h.grepCode(string(code), signIn)
	typed := must(h.s.Type(ctx, signIn, string(code), true, "Firefox on Linux"))
	secrets["session"], secrets["browser"] = typed.Session, typed.Browser
	if err := h.s.Resume(ctx, token, planted); err != nil {
		t.Fatal(err)
	}
	symbols, _ := a.paired("hello", hostAt, guestAt)
	secrets["symbols"] = []byte(symbols)
	if err := apitest.Grant(ctx, h.s, a.token(), planted, a.policy(six)); err != nil {
		t.Fatal(err)
	}
	h.grep(secrets)
}

// grep looks for the secrets in every file of the data folder, and in the log.
func (h *house) grep(secrets map[string][]byte) {
	h.t.Helper()
	files := map[string][]byte{"the log": []byte(h.log.String())}
	err := filepath.WalkDir(h.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files[filepath.Base(path)], err = os.ReadFile(path)
		}
		return err
	})
	if err != nil || len(files) < 2 {
		h.t.Fatal(len(files), err)
	}
	for file, raw := range files {
		for what, secret := range secrets {
			for _, form := range [][]byte{secret, fmt.Appendf(nil, "%x", secret), base64url(secret)} {
				if len(form) >= 8 && bytes.Contains(raw, form) {
					h.t.Errorf("%s holds the %s", file, what)
				}
			}
		}
	}
}

// grepCode: the row of an approved sign-in holds neither the digits nor their hash.
func (h *house) grepCode(code string, signIn api.Secret) {
	h.t.Helper()
	var row []byte
	err := h.db.View(context.Background(), func(tx store.Tx) error {
		s, err := tx.SignInBySession(trust.HashSession(signIn))
		row = s.Row
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	sum := sha([]byte(code))
	for what, bad := range map[string][]byte{"the code": []byte(code), "a hash of the code": sum[:]} {
		if bytes.Contains(row, bad) { // by chance once in two million runs
			h.t.Errorf("the row holds %s", what)
		}
	}
}
