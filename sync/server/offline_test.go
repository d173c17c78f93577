package server_test

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/offline"
	"github.com/countersign/countersign/trust/verify"
)

// lone is a device with offline codes.
type lone struct {
	*home
	seed offline.Seed
}

// announcement writes the entry by which the home's device announces a seed.
func (a *home) announcement(seed offline.Seed) []byte {
	a.t.Helper()
	var id [16]byte
	must(rand.Read(id[:]))
	v := a.device.Chain.Verifiers()[0]
	c := must(offline.Announce(offline.Owner{Account: a.device.Chain.Account(), Device: a.device.ID}, a.device.Keys, v, id, seed))
	return must(a.device.Chain.AddCredential(a.device.Author(), c, a.clock.Now()))
}

func (a *home) offline() *lone {
	a.t.Helper()
	seed := must(offline.NewSeed(rand.Reader))
	a.change(a.announcement(seed))
	return &lone{home: a, seed: seed}
}

// shows gives the code on its screen, some steps from now.
func (l *lone) shows(steps int) string {
	return string(l.seed.Code(offline.StepAt(l.clock.Now()) + offline.Step(steps)))
}

func (l *lone) not() string {
	return string(l.seed.Code(offline.StepAt(l.clock.Now()) + 100)) // by chance right once in 10⁷ runs
}

func (l *lone) types(signIn api.Secret, code string) (server.Typed, error) {
	return l.s.TypeOffline(context.Background(), signIn, l.device.ID, code, true, "Firefox on Linux")
}

// in types a code in a sign-in of its own, which is then stopped unless it is done.
func (l *lone) in(code string) (server.Typed, error) {
	l.t.Helper()
	signIn := must(l.begin(visitor{address: somewhere}, password))
	typed, err := l.types(signIn, code)
	ok(l.t, l.s.Stop(context.Background(), signIn))
	l.clock.move(15 * time.Minute) // so that prompts are not what refuses
	return typed, err
}

func (l *lone) status() api.Status {
	l.t.Helper()
	return must(l.s.Status(context.Background(), l.token()))
}

func (l *lone) accepted() bool { return slices.Contains(l.status().Offline, l.device.ID) }

func TestAnOfflineCodeSignsIn(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna")
	if len(must(a.s.Status(ctx, a.token())).Offline) != 0 {
		t.Fatal("offline codes are accepted that nobody announced")
	}
	l := a.offline()
	if !l.accepted() {
		t.Fatal("the status does not say that they are accepted")
	}
	signIn, r := a.ask(stranger)
	if p := must(a.s.Progress(ctx, signIn)); !slices.Equal(p.Offline, []trust.DeviceID{a.device.ID}) {
		t.Errorf("the page knows of %v", p.Offline)
	}
	typed, err := l.types(signIn, l.shows(0))
	if err != nil || typed.Outcome != verify.Right || typed.Session == nil || typed.Browser == nil {
		t.Fatalf("it gives %+v, %v", typed, err)
	}
	if h, err := a.s.Holder(ctx, typed.Session, typed.Browser); err != nil || h.Name != "anna" || !h.Browsers[0].This {
		t.Errorf("the account page gives %+v, %v", h, err)
	}
	if got := a.requests(); len(got) != 0 {
		t.Errorf("devices still ring: %+v", got)
	}
	events := must(a.s.Events(ctx, a.token(), 0, 500))
	last := events[len(events)-1]
	if last.Kind != api.EventOffline || last.Data.Device != a.device.ID || last.Data.Agent != "Firefox on Linux" || last.Data.Challenge == (trust.ChallengeID{}) {
		t.Errorf("devices are told %+v", last)
	}
	approval, _, err := a.device.Allow(r, a.clock.Now())
	ok(t, err)
	refused(t, a.deliver(approval), api.CodeLate, "an Allow after it")
}

func TestAnOfflineCodeWorksOnceAlsoAfterARestart(t *testing.T) {
	l := newHouse(t, origin).settle("anna").offline()
	first, second := must(l.begin(visitor{address: somewhere}, password)), must(l.begin(visitor{address: hostAt}, password))
	code := l.shows(0)
	if typed, err := l.types(first, code); err != nil || typed.Outcome != verify.Right {
		t.Fatalf("%+v, %v", typed, err)
	}
	l.reopen()
	for name, again := range map[string]string{"the same": code, "an older one": l.shows(-1)} {
		if typed, err := l.types(second, again); err != nil || typed.Outcome != verify.Wrong || typed.Session != nil {
			t.Errorf("%s gives %+v, %v", name, typed, err)
		}
	}
	if typed, err := l.types(second, l.shows(1)); err != nil || typed.Outcome != verify.Right {
		t.Errorf("the next gives %+v, %v", typed, err)
	}
}

// Two pages with one code: one of them is in.
func TestOneOfflineCodeAtTwoPagesAtOnce(t *testing.T) {
	l := newHouse(t, origin).settle("anna").offline()
	pages := []api.Secret{must(l.begin(visitor{address: somewhere}, password)), must(l.begin(visitor{address: hostAt}, password))}
	code, out := l.shows(0), make(chan verify.Outcome, len(pages))
	for _, page := range pages {
		go func() {
			typed, err := l.types(page, code)
			if err != nil {
				t.Error(err)
			}
			out <- typed.Outcome
		}()
	}
	if got := []verify.Outcome{<-out, <-out}; !slices.Contains(got, verify.Right) || !slices.Contains(got, verify.Wrong) {
		t.Errorf("they are %s", got)
	}
}

func TestParallelOfflineGuessesAreCounted(t *testing.T) {
	l := newHouse(t, origin).settle("anna").offline()
	page := must(l.begin(visitor{address: somewhere}, password))
	var all sync.WaitGroup
	var mu sync.Mutex
	compared := 0
	for range 100 {
		all.Add(1)
		go func() {
			defer all.Done()
			typed, err := l.types(page, l.not())
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && typed.Outcome == verify.Wrong:
				compared++
			case err == nil || reason(t, err) != verify.OfflineOften:
				t.Errorf("%+v, %v", typed, err)
			}
		}()
	}
	all.Wait()
	if compared != verify.OfflineSlowAt {
		t.Errorf("%d guesses were compared", compared)
	}
}

func TestTenWrongOfflineCodesTurnThemOff(t *testing.T) {
	ctx := context.Background()
	for name, confirm := range map[string]func(*lone) error{
		"resumed":        func(l *lone) error { return l.s.Resume(ctx, l.token(), password) },
		"a door":         func(l *lone) error { _, err := l.s.OpenDoor(ctx, l.token(), password); return err },
		"a change":       func(l *lone) error { return l.s.Grant(ctx, l.token(), password, trust.Hash{1}) },
		"a new password": func(l *lone) error { return l.s.ChangePassword(ctx, l.token(), password, "another long password") },
	} {
		h := newHouse(t, origin)
		h.s.TestOnlyHashFast()
		l := h.settle("anna").offline()
		for i := range verify.OfflineOffAt {
			typed, err := l.in(l.not())
			if err != nil || typed.Outcome != verify.Wrong || typed.Left != verify.OfflineOffAt-1-i {
				t.Fatalf("%s: the %dth wrong one gives %+v, %v", name, i+1, typed, err)
			}
		}
		if l.accepted() {
			t.Errorf("%s: the status says that they are accepted", name)
		}
		l.clock.move(24 * time.Hour)
		if _, err := l.in(l.shows(0)); reason(t, err) != verify.OfflineOff {
			t.Errorf("%s: the right one after ten wrong ones gives %v", name, err)
		}
		refused(t, l.s.Resume(ctx, l.token(), "not the password"), api.CodePassword, "a wrong password")
		if l.accepted() {
			t.Errorf("%s: a wrong password turned them on", name)
		}
		ok(t, confirm(l))
		if !l.accepted() {
			t.Errorf("%s: after the right password on a device they are not accepted", name)
		}
	}
}

func TestDevicesHearOfWrongOfflineCodes(t *testing.T) {
	l := newHouse(t, origin).settle("anna").offline()
	if _, err := l.in(l.not()); err != nil {
		t.Fatal(err)
	}
	events := must(l.s.Events(context.Background(), l.token(), 0, 500))
	i := slices.IndexFunc(events, func(e api.Event) bool { return e.Kind == api.EventWrong })
	if i < 0 || events[i].Data.By != "offline" || events[i].Data.Device != l.device.ID || events[i].Data.Left != 9 {
		t.Errorf("they are told %+v", events)
	}
}

func TestNoOfflineCodeAfterNotMe(t *testing.T) {
	l := newHouse(t, origin).settle("anna").offline()
	page := must(l.begin(visitor{address: hostAt}, password))
	_, r := l.ask(stranger)
	l.notMe(r)
	if _, err := l.types(page, l.shows(0)); reason(t, err) != verify.Paused {
		t.Errorf("it gives %v", err)
	}
	l.clock.move(-time.Second) // the verdict holds, whatever its clock does
	if _, err := l.types(page, l.shows(0)); reason(t, err) != verify.Paused {
		t.Errorf("with the clock set back it gives %v", err)
	}
}

// A removed device's codes die with it, though the chain still lists them, and so do
// the browsers they let in.
func TestOfflineCodesOfARemovedDevice(t *testing.T) {
	ctx := context.Background()
	one := newHouse(t, origin).settle("anna")
	two := one.join("Phone")
	if err := two.appended(two.announcement(offline.Seed{1})); err == nil {
		t.Error("a young device announced offline codes")
	}
	one.pass(73 * time.Hour)
	l := two.offline()
	typed, err := l.types(must(l.begin(visitor{address: hostAt}, password)), l.shows(0))
	ok(t, err)
	page := must(l.begin(visitor{address: somewhere}, password))
	one.catchUp()
	one.change(one.removal(two))
	if n := len(one.device.Chain.Credentials()); n != 1 {
		t.Fatalf("the chain lists %d credentials", n)
	}
	if _, err := l.types(page, l.shows(1)); !errors.Is(err, server.ErrNoOffline) {
		t.Errorf("its code gives %v", err)
	}
	if got := must(one.s.Status(ctx, one.token())).Offline; len(got) != 0 {
		t.Errorf("the status lists %v", got)
	}
	if p := must(one.s.Progress(ctx, page)); len(p.Offline) != 0 {
		t.Errorf("the page lists %v", p.Offline)
	}
	if _, err := one.s.Holder(ctx, typed.Session, nil); !errors.Is(err, server.ErrSignedOut) {
		t.Errorf("who came in by its code is still in: %v", err)
	}
}

func TestOfflineCodesNeedTheirSignIn(t *testing.T) {
	l := newHouse(t, origin).settle("anna").offline()
	bea := newHouse(t, origin).settle("bea")
	page := must(l.begin(stranger, password))
	for name, c := range map[string]struct {
		signIn api.Secret
		code   string
		want   error
	}{
		"no sign-in":       {make(api.Secret, 32), l.shows(0), server.ErrNoSignIn},
		"another server's": {must(bea.begin(stranger, password)), l.shows(0), server.ErrNoSignIn},
		"no code":          {page, "1234", trust.ErrCode},
	} {
		if typed, err := l.types(c.signIn, c.code); !errors.Is(err, c.want) || typed.Session != nil {
			t.Errorf("%s gives %+v, %v", name, typed, err)
		}
	}
	if _, err := l.s.TypeOffline(context.Background(), page, trust.DeviceID{}, l.shows(0), false, ""); !errors.Is(err, server.ErrNoOffline) {
		t.Errorf("no device gives %v", err)
	}
	l.clock.move(3 * time.Minute)
	if typed, err := l.types(page, l.shows(0)); err != nil || typed.Outcome != verify.Over {
		t.Errorf("after its time it gives %+v, %v", typed, err)
	}
}

// Codes of one account do not open another's sign-in.
func TestOfflineCodesOfAnotherAccount(t *testing.T) {
	h := newHouse(t, origin)
	anna, bea := h.settle("anna").offline(), h.settle("bea").offline()
	page := must(bea.begin(stranger, password))
	if _, err := anna.types(page, anna.shows(0)); !errors.Is(err, server.ErrNoOffline) {
		t.Errorf("another account's device gives %v", err)
	}
	if typed, err := bea.types(page, anna.shows(0)); err != nil || typed.Outcome != verify.Wrong {
		t.Errorf("another account's code gives %+v, %v", typed, err)
	}
}

func TestOfflineSecretsAreNotWrittenDown(t *testing.T) {
	l := newHouse(t, origin).settle("anna").offline()
	right, wrong := l.shows(0), l.not()
	for _, code := range []string{wrong, right} {
		if _, err := l.in(code); err != nil {
			t.Fatal(err)
		}
	}
	l.grep(map[string][]byte{"seed": l.seed[:], "code": []byte(right), "wrong code": []byte(wrong)})
}
