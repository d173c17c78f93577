package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/api/apitest"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// posts are all calls of the contract that take a message, with a good one.
func posts(a *home, approval []byte) map[string]any {
	return map[string]any{
		api.PathServer:     api.Empty{},
		api.PathInvitation: api.InvitationCall{Invitation: make(api.Secret, 16)},
		api.PathRegister:   api.Registration{Invitation: make(api.Secret, 16), Name: "berta", Password: password, Entries: a.device.Entries},
		api.PathNonce:      api.NonceCall{Account: a.device.Chain.Account(), Device: a.device.ID},
		api.PathSession:    must(a.device.Proof(make(api.Secret, 32), origin)),
		api.PathStatus:     api.Empty{},
		api.PathChain:      api.ChainCall{},
		api.PathRequests:   api.RequestsCall{Opened: true},
		api.PathAnswer:     api.AnswerCall{Approval: approval},
		api.PathEvents:     api.EventsCall{Limit: 10},
		api.PathResume:     api.PasswordCall{Password: "wrong, wrong"},
		api.PathDoor:       api.PasswordCall{Password: "wrong, wrong"},
		api.PathPassword:   api.PasswordChange{Present: "wrong, wrong", Next: "another one"},
		api.PathGrant:      api.GrantCall{Password: "wrong, wrong"},
		api.PathAppend:     api.AppendCall{Entry: a.device.Entries[1]},
		api.PathHeal:       api.HealCall{Account: a.device.Chain.Account(), Entries: a.device.Entries, Receipt: make([]byte, 32)},
		api.PathSight:      api.SightCall{Sight: must(a.device.Sight(a.clock.Now()))},
		api.PathOpenBox:    api.BoxCall{Message: []byte("hello")},
		api.PathWriteBox:   api.BoxCall{Symbols: "00000000", Slot: api.SlotReveal, Message: []byte("reveal")},
		api.PathCloseBox:   api.BoxCall{Symbols: "00000000", State: api.BoxStopped},
		api.PathBox:        api.BoxCall{Symbols: "00000000"},
		api.PathJoinBox:    api.BoxCall{Symbols: "00000000", Key: make(api.Secret, 16), Slot: api.SlotJoin, Message: []byte("join")},
		api.PathLeaveBox:   api.BoxCall{Symbols: "00000000", Key: make(api.Secret, 16)},
	}
}

// open are the paths that want no session.
var open = []string{
	api.PathServer, api.PathInvitation, api.PathRegister, api.PathNonce, api.PathSession, api.PathHeal, api.PathBox, api.PathJoinBox, api.PathLeaveBox,
}

// longest is how many bytes a path reads.
func longest(path string) int {
	if path == api.PathHeal {
		return api.MaxHeal
	}
	return api.MaxBody
}

// raw is what a test sends.
type raw struct {
	method, path, kind, bearer, last string
	body                             []byte
}

func (h *house) send(r raw) (status int, answer []byte) {
	h.t.Helper()
	req := must(http.NewRequest(r.method, h.s.Origin()+r.path, bytes.NewReader(r.body)))
	for name, value := range map[string]string{"Content-Type": r.kind, "Authorization": r.bearer, "Last-Event-ID": r.last} {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	resp := must(http.DefaultTransport.RoundTrip(req))
	defer resp.Body.Close()
	return resp.StatusCode, must(io.ReadAll(resp.Body))
}

// code reads a refusal; anything else fails the test.
func (h *house) code(status int, answer []byte) api.Code {
	h.t.Helper()
	var e api.Error
	if err := json.Unmarshal(answer, &e); err != nil || e.Code == 0 || e.Message == "" || status < 400 {
		h.t.Fatalf("status %d with %.200q is no refusal", status, answer)
	}
	return e.Code
}

// Whatever is sent, the answer is one flat refusal, and nothing is changed by it.
func TestBadInputOnEveryPath(t *testing.T) {
	h, _ := serve(t)
	a := h.settle("anna")
	_, r := a.ask(stranger)
	approval, _, err := a.device.Allow(r, h.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	bearer := api.Bearer(a.token())
	before := h.dump()
	for path, message := range posts(a, approval) {
		good := must(json.Marshal(message))
		for what, body := range map[string][]byte{
			"nothing": nil, "spaces": []byte("  \n"), "half": good[:len(good)/2], "an unknown member": []byte(`{"x":1}`),
			"a list": []byte("[]"), "null": []byte("null"), "a string": []byte(`"x"`), "a number": []byte("1e999"), "no JSON": []byte("\x00\x01\x02"),
			"two objects": append(bytes.Clone(good), good...), "a tail": append(bytes.Clone(good), 'x'),
			"one byte too many": append(bytes.Clone(good), bytes.Repeat([]byte(" "), longest(path)+1-len(good))...),
			"deep nesting":      []byte(strings.Repeat("[", 20000)), "wrong types": wrongTypes(message),
		} {
			if status, answer := h.send(raw{"POST", path, "application/json", bearer, "", body}); h.code(status, answer) != api.CodeMalformed {
				t.Errorf("%s with %s gives %d %.200s", path, what, status, answer)
			}
		}
		for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset", ";"} {
			if status, answer := h.send(raw{"POST", path, kind, bearer, "", good}); h.code(status, answer) != api.CodeMalformed {
				t.Errorf("%s as %q gives %d %.200s", path, kind, status, answer)
			}
		}
		for _, method := range []string{"GET", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"} {
			if status, answer := h.send(raw{method, path, "application/json", bearer, "", good}); status < 400 || len(answer) > 200 {
				t.Errorf("%s %s gives %d %.200s", method, path, status, answer)
			}
		}
	}
	if after := h.dump(); after != before {
		t.Errorf("bad input changed the store:\n%s\n%s", before, after)
	}
	if log := h.log.String(); strings.Contains(log, `"level":"ERROR"`) {
		t.Errorf("bad input made the server fail:\n%s", log)
	}
}

// wrongTypes gives the message with every member's value of a wrong type.
func wrongTypes(message any) []byte {
	var members map[string]any
	if err := json.Unmarshal(must(json.Marshal(message)), &members); err != nil {
		panic(err)
	}
	if len(members) == 0 {
		return []byte("[{}]")
	}
	for name := range members {
		members[name] = map[string]any{"a": []int{1}}
	}
	return must(json.Marshal(members))
}

// dump gives everything that bad input must not change.
func (h *house) dump() string {
	h.t.Helper()
	var out strings.Builder
	err := h.db.View(context.Background(), func(tx store.Tx) error {
		for _, a := range must(tx.ListAccounts("", 100)) {
			fmt.Fprintf(&out, "%s %x %x %v %d\n", a.Name, sha(a.Limits), sha(a.Password), a.TwoStep, a.Events)
			for _, s := range must(tx.OpenSignIns(a.ID)) {
				fmt.Fprintf(&out, "%x %x\n", s.ID, sha(s.Row))
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return out.String()
}

func TestBadBearers(t *testing.T) {
	h, _ := serve(t)
	a := h.settle("anna")
	good := api.Bearer(a.token())
	for _, bearer := range []string{
		"", "Bearer", "Bearer ", "bearer " + good[7:], good + "=", good + "A", good[:len(good)-1], "Basic " + good[7:],
		"Bearer " + strings.Repeat("A", 20000), "Bearer \u00e4\u00f6", good[:7] + " " + good[7:],
	} {
		for path, message := range posts(a, []byte{1}) {
			if slices.Contains(open, path) {
				continue
			}
			if status, answer := h.send(raw{"POST", path, "application/json", bearer, "", must(json.Marshal(message))}); status != 401 || h.code(status, answer) != api.CodeSession {
				t.Errorf("%s with %.40q gives %d %.100s", path, bearer, status, answer)
			}
		}
		if status, answer := h.send(raw{"GET", api.PathWatch, "", bearer, "", nil}); status != 401 || h.code(status, answer) != api.CodeSession {
			t.Errorf("watch with %.40q gives %d %.100s", bearer, status, answer)
		}
	}
}

func TestBadCursors(t *testing.T) {
	h, _ := serve(t)
	bearer := api.Bearer(h.settle("anna").token())
	for _, last := range []string{"-1", "x", "1e3", "18446744073709551616", "0x10", "1;2", strings.Repeat("9", 10000)} {
		if status, answer := h.send(raw{"GET", api.PathWatch, "", bearer, last, nil}); h.code(status, answer) != api.CodeMalformed {
			t.Errorf("watch after %.20q gives %d %.100s", last, status, answer)
		}
	}
	for path, body := range map[string]string{
		api.PathEvents: `{"after":-1,"limit":1}`, api.PathChain: `{"from":-1}`, api.PathNonce: `{"account":"ff","device":"00"}`,
	} {
		if status, answer := h.send(raw{"POST", path, "application/json", bearer, "", []byte(body)}); h.code(status, answer) != api.CodeMalformed {
			t.Errorf("%s with %s gives %d %.100s", path, body, status, answer)
		}
	}
	for path, body := range map[string]string{
		api.PathEvents: `{"after":18446744073709551615,"limit":500}`, api.PathChain: `{"from":18446744073709551615}`,
	} {
		if status, answer := h.send(raw{"POST", path, "application/json", bearer, "", []byte(body)}); status != 200 {
			t.Errorf("%s with %s gives %d %.100s", path, body, status, answer)
		}
	}
}

// A whole chain is longer than any other message.
func TestAChainTravelsWhole(t *testing.T) {
	h, _ := serve(t)
	a := h.settle("anna")
	call := api.HealCall{Account: a.device.Chain.Account(), Entries: a.device.Entries, Receipt: a.receipt()}
	body := append(must(json.Marshal(call)), bytes.Repeat([]byte(" "), api.MaxBody)...)
	if status, answer := h.send(raw{"POST", api.PathHeal, "application/json", "", "", body}); status != 409 || h.code(status, answer) != api.CodeStale {
		t.Errorf("it gives %d %.200s", status, answer)
	}
	young := a.join("Phone")
	body = must(json.Marshal(api.BoxCall{Message: []byte("hello")}))
	if status, answer := h.send(raw{"POST", api.PathOpenBox, "application/json", api.Bearer(young.token()), "", body}); status != 403 || h.code(status, answer) != api.CodeYoung {
		t.Errorf("a young device's pairing gives %d %.200s", status, answer)
	}
}

func TestPathsThatDoNotExist(t *testing.T) {
	h, _ := serve(t)
	for _, path := range []string{"/d/", "/d/nothing", "/d/server/", "/d/../d/server", "/d//server", "/d/%2e%2e/x"} {
		status, answer := h.send(raw{"POST", path, "application/json", "", "", []byte("{}")})
		if status >= 500 || status == 200 {
			t.Errorf("%s gives %d %.100s", path, status, answer)
		}
	}
}

// What goes wrong inside is told to nobody outside, and to the log without secrets.
func TestFailuresAreFlat(t *testing.T) {
	h, _ := serve(t)
	a := h.settle("anna")
	token := a.token()
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	defer h.open()
	for path, message := range posts(a, []byte{1}) {
		if slices.Contains([]string{api.PathServer, api.PathNonce, api.PathSession, api.PathHeal}, path) {
			continue // two need no store; this proof and this receipt are refused before it is asked
		}
		body := must(json.Marshal(message))
		status, answer := h.send(raw{"POST", path, "application/json", api.Bearer(token), "", body})
		if status != 500 || h.code(status, answer) != api.CodeInternal || bytes.Contains(answer, []byte("store")) {
			t.Errorf("%s gives %d %s", path, status, answer)
		}
	}
	for _, secret := range []string{password, "wrong, wrong", api.Bearer(token)[7:], string(base64url(make([]byte, 16)))} {
		if strings.Contains(h.log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	if !strings.Contains(h.log.String(), "store is closed") {
		t.Error("the log does not say what went wrong")
	}
}

// A wrong order of calls: nothing may be taken twice or early.
func TestCallsInAWrongOrder(t *testing.T) {
	h, c := serve(t)
	ctx := context.Background()
	d := must(apitest.NewDevice(must(c.Server(ctx)), h.clock.Now()))
	if _, err := d.Session(ctx, c); err == nil {
		t.Error("a session before the account was made")
	}
	r := must(d.Registration(must(h.s.Invite(ctx, "anna")), "anna", password))
	if err := c.Register(ctx, r); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Session(ctx, c); err != nil {
		t.Errorf("a session after it: %v", err)
	}
	nothing := must(trust.Approval{Version: 1, Answer: trust.NotMe, Device: d.ID, Seq: 1, Head: d.Chain.Head().Hash}.Seal(d.Keys))
	if err := c.Answer(ctx, must(d.Session(ctx, c)), nothing); err == nil {
		t.Error("an answer to a request that never was")
	}
}
