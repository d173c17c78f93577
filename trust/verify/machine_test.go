package verify

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/trust"
	"pgregory.net/rapid"
)

// after gives the states that may follow a state, itself included.
var after = map[State][]State{
	Pending:  {Pending, Approved, Denied, Expired, Stopped},
	Approved: {Approved, Done, Burned, Denied, Expired, Stopped},
	Done:     {Done}, Burned: {Burned}, Denied: {Denied}, Expired: {Expired}, Stopped: {Stopped},
}

// machine is one sign-in to which everything happens in any order.
type machine struct {
	*world
	t     *rapid.T
	s     SignIn
	code  trust.Code // the one the device of s.Approval shows
	began time.Time
	raws  map[string][]byte // answers signed so far
	codes map[string]trust.Code
}

func TestSignInInAnyOrder(t *testing.T) {
	w := newWorld(t)
	rapid.Check(t, func(rt *rapid.T) {
		w.now = noon
		m := &machine{world: w, t: rt, s: w.begin(ask("browser")), began: w.now, raws: map[string][]byte{}, codes: map[string]trust.Code{}}
		rt.Repeat(map[string]func(*rapid.T){
			"waits":   func(*rapid.T) { w.later(time.Duration(rapid.IntRange(0, 90).Draw(rt, "seconds")) * time.Second) },
			"answers": func(*rapid.T) { m.answers() },
			"types":   func(*rapid.T) { m.types() },
			"stops": func(*rapid.T) {
				if rapid.IntRange(0, 5).Draw(rt, "really") == 0 {
					m.step(failing(w.Stop(m.s, m.s.Session, w.now)))
				}
			},
			"expires": func(*rapid.T) {
				s, _ := w.Expire(m.s, w.now)
				m.step(s, nil)
			},
			"stranger": func(*rapid.T) {
				s, _, err := w.Check(m.s, w.state, session("other"), "0000", w.now)
				if err != ErrSession {
					rt.Fatalf("%v", err)
				}
				m.step(s, err)
			},
		})
	})
}

func failing(s SignIn, err error) (SignIn, error) { return s, err }

// answers lets a device give an answer, new or one it gave before.
func (m *machine) answers() {
	device := rapid.SampledFrom([]string{"phone", "laptop"}).Draw(m.t, "device")
	what := rapid.SampledFrom([]string{" allow", " not now", " not me"}).Draw(m.t, "answer")
	line := device + what
	if m.raws[line] == nil || rapid.Bool().Draw(m.t, "anew") {
		if what == " allow" {
			m.raws[line], m.codes[line] = m.allows(m.s, device)
		} else {
			m.raws[line] = m.answerLine(m.s, line)
		}
	}
	was := m.s
	got, err := m.Answer(m.s, m.state, m.raws[line], m.now)
	if what == " allow" && err == nil && was.State == Pending {
		m.code = m.codes[line]
	}
	if what == " not me" && err == nil && got.State != Denied {
		m.t.Fatalf("not me was taken, and the sign-in is %s", got.State)
	}
	if what == " not me" && err != nil && was.Open() && !was.over(m.now) {
		m.t.Fatalf("not me was refused on %s: %v", was.State, err)
	}
	m.step(got, err)
}

// types types a code, the right one at times.
func (m *machine) types() {
	text := "0000"
	right := m.code != "" && rapid.IntRange(0, 3).Draw(m.t, "right") == 0
	switch {
	case right:
		text = string(m.code)
	case m.code != "":
		text = wrong(m.code, rapid.IntRange(0, 9000).Draw(m.t, "code"))
	}
	was := m.s
	got, r, err := m.Check(m.s, m.state, m.s.Session, text, m.now)
	if err != nil {
		m.t.Fatal(err)
	}
	alive := was.State == Approved && !was.over(m.now)
	if (r.Outcome == Right) != (alive && right) {
		m.t.Fatalf("%v on %s, right code %v", r, was.State, right)
	}
	if counted := got.Tries != was.Tries; counted != alive {
		m.t.Fatalf("%v on %s: counted %v", r, was.State, counted)
	}
	m.step(got, nil)
}

// step checks what holds at every step.
func (m *machine) step(got SignIn, err error) {
	if err != nil && (got.State != m.s.State || got.Tries != m.s.Tries) {
		m.t.Fatalf("refused (%v), and %s became %s", err, m.s.State, got.State)
	}
	if !slices.Contains(after[m.s.State], got.State) {
		m.t.Fatalf("%s became %s", m.s.State, got.State)
	}
	if got.Tries > MaxTries || got.Tries < m.s.Tries || got.State == Burned && got.Tries < MaxTries {
		m.t.Fatalf("%d tries, %s", got.Tries, got.State)
	}
	if (got.State == Approved || got.State == Done) && (len(got.Approval) == 0 || got.Device.IsZero()) {
		m.t.Fatalf("%s without an approval", got.State)
	}
	if got.Due().Sub(m.began) > 5*time.Minute {
		m.t.Fatalf("lives for %v", got.Due().Sub(m.began))
	}
	if err != nil && !errors.Is(err, ErrAnswered) && err != ErrLate && err != ErrSession {
		m.t.Fatal(err)
	}
	m.s = m.stored(got)
}
