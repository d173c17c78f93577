package app_test

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/verify"
)

// backend is a small sync backend for one account, in memory, with the real
// verifier. Tests can cut it off, lose its answers and let it lie.
type backend struct {
	t        *testing.T
	origin   string
	record   trust.Verifier
	keys     trust.Keys
	verifier *verify.Verifier

	mu       sync.Mutex
	offset   time.Duration // its clock beside the test's
	invites  map[string]string
	name     string
	password string
	entries  [][]byte
	st       chain.State
	twoStep  bool
	opened   int // how often a person is said to have looked
	events   []api.Event
	signIns  []verify.SignIn
	nonces   map[string]trust.DeviceID
	tokens   map[string]time.Time
	news     chan struct{}
	calls    map[string]int
	down     bool                                   // not reached at all
	refuse   map[string]error                       // by method: what it answers instead
	lose     map[string]int                         // by method: how many answers get lost on the way
	requests func([]api.Request) []api.Request      // what it makes of the truth
	answers  [][]byte                               // every approval that came, in order
	head     func(chain.Head) chain.Head            // likewise
	shows    func(from uint64, e [][]byte) [][]byte // likewise
	listed   func([]api.Event) []api.Event          // likewise
	status   func(*api.Status)
}

var errCut = errors.New("connection cut")

func newBackend(t *testing.T) *backend {
	t.Helper()
	seed := must(trust.NewKeySeed(rand.Reader))
	keys := must(seed.Keys())
	record := trust.Verifier{ID: must(trust.NewVerifierID(rand.Reader)), Origin: "https://id.example.org", Sign: keys.SignKey(), KEM: keys.KEMKey()}
	return &backend{
		t: t, origin: record.Origin, record: record, keys: keys, verifier: verify.New(record, keys, [32]byte{1}),
		invites: make(map[string]string), nonces: make(map[string]trust.DeviceID), tokens: make(map[string]time.Time),
		news: make(chan struct{}), calls: make(map[string]int), refuse: make(map[string]error), lose: make(map[string]int),
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (b *backend) now() time.Time { return time.Now().Add(b.offset) }

// invite makes an invitation link.
func (b *backend) invite(name string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	secret := make([]byte, api.InvitationSize)
	rand.Read(secret)
	b.invites[string(secret)] = name
	return api.Link(b.origin, secret)
}

// do stands before every method: faults first, then the work, then the loss of
// its answer.
func (b *backend) do(method string, work func() error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls[method]++
	if b.down {
		return errCut
	}
	if err := b.refuse[method]; err != nil {
		return err
	}
	if err := work(); err != nil {
		return err
	}
	if b.lose[method] > 0 {
		b.lose[method]--
		return errCut
	}
	return nil
}

func (b *backend) set(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
	b.shout()
}

// cut takes the backend away, with every stream.
func (b *backend) cut() { b.set(func() { b.down = true }) }

func (b *backend) mend() { b.set(func() { b.down = false }) }

func (b *backend) called(method string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.calls[method]
}

func (b *backend) shout() {
	close(b.news)
	b.news = make(chan struct{})
}

func (b *backend) event(kind api.EventKind, data api.EventData) {
	b.events = append(b.events, api.Event{Seq: uint64(len(b.events) + 1), Kind: kind, At: b.now(), Data: data})
	b.shout()
}

// ask begins a sign-in, as the page does after the right password.
func (b *backend) ask() trust.ChallengeID {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, err := b.verifier.Begin(verify.Ask{
		Kind: trust.SignIn, Session: trust.SessionHash{9}, Service: "Example", Address: "192.0.2.7", Agent: "Firefox on Linux",
	}, b.st, b.now(), rand.Reader)
	if err != nil {
		b.t.Error(err)
		return trust.ChallengeID{}
	}
	b.signIns = append(b.signIns, s)
	r := b.request(s)
	b.event(api.EventRequest, api.EventData{Challenge: s.ID, Request: &r, Service: "Example", Agent: "Firefox on Linux", Address: "192.0.2.7"})
	return s.ID
}

func (b *backend) request(s verify.SignIn) api.Request {
	return api.Request{
		Challenge: s.Challenge, State: string(s.State), Network: "another", Try: 1, Target: s.Target, Device: s.Device, Letters: s.Letters(),
	}
}

func (b *backend) signIn(id trust.ChallengeID) *verify.SignIn {
	i := slices.IndexFunc(b.signIns, func(s verify.SignIn) bool { return s.ID == id })
	if i < 0 {
		return nil
	}
	return &b.signIns[i]
}

// typeCode types a code at the page.
func (b *backend) typeCode(id trust.ChallengeID, code trust.Code) verify.Outcome {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.signIn(id)
	next, result, err := b.verifier.Check(*s, b.st, trust.SessionHash{9}, string(code), b.now())
	if err != nil {
		b.t.Error(err)
		return ""
	}
	*s = next
	switch result.Outcome {
	case verify.Right:
		r := b.request(*s)
		b.event(api.EventDone, api.EventData{Challenge: id, Device: s.Device, Request: &r, Approval: s.Approval})
		if !b.twoStep {
			b.twoStep = true
			b.event(api.EventTwoStep, api.EventData{})
		}
	case verify.Wrong:
		b.event(api.EventWrong, api.EventData{Challenge: id, Left: result.Left})
	case verify.TooMany:
		b.event(api.EventBurned, api.EventData{Challenge: id})
	}
	return result.Outcome
}

// state gives where a sign-in stands.
func (b *backend) state(id trust.ChallengeID) verify.State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.signIn(id).State
}

// grow appends an entry by another author than the device under test.
func (b *backend) grow(entry []byte) {
	b.set(func() {
		b.st = must(b.st.Apply(entry))
		b.entries = append(b.entries, entry)
		b.event(api.EventChain, api.EventData{Seq: b.st.Head().Seq})
	})
}

func (b *backend) Server(context.Context) (s api.Server, err error) {
	err = b.do("Server", func() error {
		s = api.Server{Name: "Example", Protocol: "td/1", Verifier: api.Verifier{ID: b.record.ID, Origin: b.record.Origin, Sign: trust.Hash(b.record.Sign), KEM: b.record.KEM}}
		return nil
	})
	return s, err
}

func (b *backend) Invitation(_ context.Context, secret api.Secret) (i api.Invitation, err error) {
	err = b.do("Invitation", func() error {
		name, ok := b.invites[string(secret)]
		if !ok {
			return &api.Error{Code: api.CodeInvitation, Message: "no such invitation"}
		}
		i = api.Invitation{Name: name}
		return nil
	})
	return i, err
}

func (b *backend) Register(_ context.Context, r api.Registration) error {
	return b.do("Register", func() error {
		if slices.EqualFunc(b.entries, r.Entries, slices.Equal) && b.password == r.Password {
			return nil
		}
		if b.invites[string(r.Invitation)] != r.Name {
			return &api.Error{Code: api.CodeInvitation, Message: "no such invitation"}
		}
		st, err := chain.Open(r.Entries)
		if err != nil {
			return &api.Error{Code: api.CodeChain, Message: "not a chain"}
		}
		delete(b.invites, string(r.Invitation))
		b.st, b.entries, b.name, b.password = st, r.Entries, r.Name, r.Password
		b.event(api.EventCreated, api.EventData{})
		return nil
	})
}

func (b *backend) Nonce(_ context.Context, _ trust.AccountID, device trust.DeviceID) (nonce api.Secret, err error) {
	err = b.do("Nonce", func() error {
		nonce = make([]byte, 32)
		rand.Read(nonce)
		b.nonces[string(nonce)] = device
		return nil
	})
	return nonce, err
}

func (b *backend) Session(_ context.Context, p api.SessionProof) (s api.Session, err error) {
	err = b.do("Session", func() error {
		member, ok := b.st.Device(p.Device)
		proof := trust.Proof{Account: p.Account, Device: p.Device, Nonce: [32]byte(p.Nonce), Origin: b.record.Origin}
		if !ok || b.nonces[string(p.Nonce)] != p.Device || len(p.Signature) != 64 || !proof.Verify(member.Sign, trust.Signature(p.Signature)) {
			return &api.Error{Code: api.CodeDevice, Message: "not a device of the account"}
		}
		delete(b.nonces, string(p.Nonce))
		token := make([]byte, 32)
		rand.Read(token)
		b.tokens[string(token)] = b.now().Add(15 * time.Minute)
		s = api.Session{Token: token, Now: b.now(), Expires: b.now().Add(15 * time.Minute)}
		return nil
	})
	return s, err
}

// in is do for calls with a token.
func (b *backend) in(method string, token api.Secret, work func() error) error {
	return b.do(method, func() error {
		if !b.tokens[string(token)].After(b.now()) {
			return &api.Error{Code: api.CodeSession, Message: "no such session"}
		}
		return work()
	})
}

func (b *backend) Status(_ context.Context, token api.Secret) (s api.Status, err error) {
	err = b.in("Status", token, func() error {
		s = api.Status{Name: b.name, TwoStep: b.twoStep, Head: b.st.Head(), Events: uint64(len(b.events)), Now: b.now()}
		if b.head != nil {
			s.Head = b.head(s.Head)
		}
		if b.status != nil {
			b.status(&s)
		}
		return nil
	})
	return s, err
}

func (b *backend) Chain(_ context.Context, token api.Secret, from uint64) (entries [][]byte, err error) {
	err = b.in("Chain", token, func() error {
		entries = b.entries[min(from, uint64(len(b.entries))):]
		if b.shows != nil {
			entries = b.shows(from, entries)
		}
		return nil
	})
	return entries, err
}

func (b *backend) Requests(_ context.Context, token api.Secret, opened bool) (all []api.Request, err error) {
	err = b.in("Requests", token, func() error {
		if opened {
			b.opened++
		}
		for _, s := range b.signIns {
			if s.Open() {
				all = append(all, b.request(s))
			}
		}
		if b.requests != nil {
			all = b.requests(all)
		}
		return nil
	})
	return all, err
}

func (b *backend) Answer(_ context.Context, token api.Secret, approval []byte) error {
	return b.in("Answer", token, func() error {
		b.answers = append(b.answers, approval)
		for i, s := range b.signIns {
			if !s.Open() || trust.HashChallenge(s.Challenge) != b.about(approval) {
				continue
			}
			next, err := b.verifier.Answer(s, b.st, approval, b.now())
			switch {
			case errors.Is(err, verify.ErrAnswered):
				return &api.Error{Code: api.CodeAnswered, Message: "answered already"}
			case errors.Is(err, verify.ErrLate):
				return &api.Error{Code: api.CodeLate, Message: "too late"}
			case err != nil:
				return &api.Error{Code: api.CodeApproval, Message: err.Error()}
			}
			b.signIns[i] = next
			b.tellAnswer(s, next, approval)
			return nil
		}
		return &api.Error{Code: api.CodeLate, Message: "for no sign-in that is open"}
	})
}

// about gives the challenge that an approval answers.
func (b *backend) about(approval []byte) trust.Hash {
	by := must(trust.ApprovalBy(approval))
	member, _ := b.st.Device(by)
	return must(trust.OpenApproval(approval, member.Sign)).Challenge
}

func (b *backend) tellAnswer(before, after verify.SignIn, approval []byte) {
	by := must(trust.ApprovalBy(approval))
	member, _ := b.st.Device(by)
	a := must(trust.OpenApproval(approval, member.Sign))
	if before.State == after.State && a.Answer != trust.NotNow {
		return // the same answer once more
	}
	b.event(api.EventAnswered, api.EventData{Challenge: after.ID, Device: by, Answer: a.Answer})
	if after.State == verify.Denied {
		b.event(api.EventDenied, api.EventData{Challenge: after.ID, Device: by})
	}
}

func (b *backend) Events(_ context.Context, token api.Secret, after uint64, limit int) (events []api.Event, err error) {
	err = b.in("Events", token, func() error {
		events = b.after(after)
		events = events[:min(len(events), limit)]
		return nil
	})
	return events, err
}

func (b *backend) after(seq uint64) []api.Event {
	all := slices.Clone(b.events[min(seq, uint64(len(b.events))):])
	if b.listed != nil {
		return b.listed(all)
	}
	return all
}

func (b *backend) Watch(ctx context.Context, token api.Secret, after uint64, alive func(), each func(api.Event) error) error {
	for {
		var events []api.Event
		var news chan struct{}
		err := b.in("Watch", token, func() error {
			events, news = b.after(after), b.news
			return nil
		})
		if err != nil {
			return err
		}
		alive()
		for _, e := range events {
			if err := each(e); err != nil {
				return err
			}
			after = e.Seq
		}
		if len(events) > 0 {
			continue
		}
		select {
		case <-news:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (b *backend) Resume(_ context.Context, token api.Secret, password string) error {
	return b.in("Resume", token, func() error {
		if password != b.password {
			return &api.Error{Code: api.CodePassword, Message: "wrong password"}
		}
		b.event(api.EventResumed, api.EventData{})
		return nil
	})
}

func (b *backend) OpenDoor(_ context.Context, token api.Secret, password string) (d api.Door, err error) {
	err = b.in("OpenDoor", token, func() error {
		if password != b.password {
			return &api.Error{Code: api.CodePassword, Message: "wrong password"}
		}
		d = api.Door{Letters: "BCD", Until: b.now().Add(10 * time.Minute)}
		return nil
	})
	return d, err
}
