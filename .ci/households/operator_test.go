package main

import "testing"

// helped is how long it takes where nobody stops the operator.
const helped = searching + asking + 72

func TestOperatorBeginsAnew(t *testing.T) {
	for _, c := range []struct {
		name   string
		rules  rules
		always []rate
		back   bool
	}{
		{"another, reached", byOperator(), []rate{operatorElse, operatorReached}, true},
		{"another, out of reach", byOperator(), []rate{operatorElse, operatorEnters}, false},
		{"alone, enters the server", byOperator(), []rate{operatorEnters}, true},
		{"alone, cannot", byOperator(), []rate{operatorReached}, false},
		{"not counted", countersign(), []rate{operatorElse, operatorReached, operatorEnters}, false},
		{"the ancestor's support", withoutNumber(), []rate{operatorElse, operatorReached, operatorEnters}, false},
	} {
		h := home(c.rules, c.always...).with(left{})
		h.copied, h.leaked = true, true
		h.mend()
		if !c.back {
			if h.end != lockedOut || h.why != nothingLeft || h.anew != 0 {
				t.Errorf("%s: end %v, %q, %d begun anew: want locked out", c.name, h.end, h.why, h.anew)
			}
			continue
		}
		checkOutage(t, h, helped)
		if h.anew != 1 || !h.knows || !h.trusted[phone] || !h.paper || h.copied || h.leaked {
			t.Errorf("%s: %d begun anew: want all three things, none of them known to others", c.name, h.anew)
		}
	}
}

// TestOperatorIsTheLastResort: who has two things, or finds one again, does not ask.
func TestOperatorIsTheLastResort(t *testing.T) {
	sure := []rate{operatorElse, operatorReached}
	h := home(byOperator(), sure...).with(left{true, false, true})
	h.mend()
	checkOutage(t, h, 24+fetching)
	h = home(byOperator(), append(sure, keyFoundAgain)...).with(left{password: true})
	h.mend()
	checkOutage(t, h, 24+fetching+searching)
	if h.anew != 0 {
		t.Error("begun anew, though the key was found")
	}
	h = home(byOperator(), append(sure, passwordBack)...).with(left{})
	h.mend()
	checkOutage(t, h, helped) // one thing found is not two; the search is counted once
}

func TestOperatorsServerIsLostWithTheHome(t *testing.T) {
	for _, lost := range []rate{serverInHome, operatorReached} {
		h := home(byOperator(), phoneInHome, operatorElse, operatorReached, lost)
		h.burn()
		if want := lost == serverInHome; (h.end == lockedOut) != want {
			t.Errorf("server in the home %v: end %v", want, h.end)
		}
	}
}

// TestOperatorIsStopped: a renewal is a wait as any other, so one thing stops it.
func TestOperatorIsStopped(t *testing.T) {
	h := home(byOperator(), operatorElse, operatorReached, strangerStops).with(left{password: true})
	h.leaked = true
	h.rates[daysToGiveUp] = 30
	h.mend()
	if h.end != inUse || h.stopped.Stranger != 1 || h.outages[0] <= helped {
		t.Errorf("end %v, stopped %+v, shut out %v", h.end, h.stopped, h.outages)
	}
	h = home(byOperator(), operatorElse, operatorReached, stopsByMistake).with(left{})
	h.mend()
	checkOutage(t, h, helped+20*(36+starting))
}

func TestOperatorDeceived(t *testing.T) {
	needed := []rate{operatorElse, operatorBelieves, renewalUnseen}
	h := home(byOperator(), needed...)
	h.befall(event{h.now, operatorBegged, 0})
	if h.end != taken || h.why != byRenewal {
		t.Errorf("believed and unseen: end %v, %q", h.end, h.why)
	}
	for i, without := range needed {
		h := home(byOperator(), needed...)
		h.rates[without] = 0
		h.deceive()
		if h.end != inUse {
			t.Errorf("without condition %d: end %v", i, h.end)
		}
	}
	h = home(countersign(), needed...)
	h.deceive()
	if h.end != inUse {
		t.Error("nobody begins an account anew, and yet it was")
	}
}

// TestOperatorChangesNothingElse: on the same lives, who neither asked the operator
// nor lost the account through it ends as without.
func TestOperatorChangesNothingElse(t *testing.T) {
	v, anew := values(), 0
	for n := range uint64(4000) {
		l := draw(v, luck{5, n}, 10)
		without := settle(countersign(), v, l.luck).live(l, 10*year)
		with := settle(byOperator(), v, l.luck).live(l, 10*year)
		anew += with.anew
		if with.anew == 0 && with.why != byRenewal && with.stopped == without.stopped &&
			(with.end != without.end || with.why != without.why || with.ended != without.ended) {
			t.Errorf("household %d: %v, %q with the operator; %v, %q without", n, with.end, with.why, without.end, without.why)
		}
		if with.anew > 0 && without.end != lockedOut {
			t.Errorf("household %d: begun anew, though it was not locked out", n)
		}
	}
	if anew == 0 {
		t.Fatal("the operator was never asked")
	}
}
