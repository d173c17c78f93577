package main

import "slices"

// hours is a time, or a length of time, from the day that two-step is switched on.
type hours float64

// Lengths of time.
const (
	day     hours = 24
	month   hours = 730
	year    hours = 8760
	forever hours = 1e12
)

// mishap is what befalls a household whatever rules its account has.
type mishap int

// The mishaps. The last ones are a household's own doings that follow from others.
const (
	deviceGone mishap = iota // which: the device
	deviceOutdated
	deviceSnatched
	homeGone
	homeMoved
	paperGone
	passwordGone
	numberGone
	passwordPhished
	passwordLeaked
	nameHammered
	numberSwapped
	paperCopied
	secondGone
	secondCopied
	operatorBegged

	deviceBought
	passwordNeeded
	paperMissed
	paperAsked
	homeRekeyed
	passwordRenewed
	numberRenewed
)

// The devices that a household may own.
const (
	phone = iota
	computer
	tablet
	deviceKinds
)

// event is a mishap at its time.
type event struct {
	at    hours
	what  mishap
	which int // the device, or which key or password was meant
}

// life is all that happens to one household, drawn before any rule is known.
type life struct {
	luck   luck
	events []event // by time
}

// draw makes a household's life of so many years.
func draw(r rates, l luck, years float64) life {
	out := life{luck: l, events: make([]event, 0, 64)}
	often := []struct {
		what  mishap
		which int
		year  float64
	}{
		{deviceGone, phone, r[phoneLost] + r[phoneStolen] + r[phoneBroken]},
		{deviceOutdated, phone, r[phoneReplaced]},
		{deviceGone, computer, r[computerGone]},
		{deviceGone, tablet, r[tabletGone]},
		{deviceSnatched, phone, r[unlockedTheft]},
		{homeGone, 0, r[homeLost]},
		{homeMoved, 0, r[moves]},
		{paperGone, 0, r[keyLost]},
		{passwordGone, 0, r[passwordForgotten]},
		{numberGone, 0, r[numberLost]},
		{passwordPhished, 0, r[phished]},
		{passwordLeaked, 0, r[leaked]},
		{nameHammered, 0, r[hammered]},
		{numberSwapped, 0, r[simSwapped]},
		{paperCopied, 0, r[keyCopied]},
		{secondGone, 0, r[secondLost]},
		{secondCopied, 0, r[secondFound]},
		{operatorBegged, 0, r[operatorAsked]},
	}
	for i, o := range often {
		out.repeat(event{what: o.what, which: o.which}, uint64(i), o.year, hours(years)*year)
	}
	slices.SortFunc(out.events, func(a, b event) int {
		if a.at < b.at {
			return -1
		}
		return 1
	})
	return out
}

// repeat adds an event as often as it happens until the end.
func (l *life) repeat(e event, stream uint64, perYear float64, end hours) {
	const drawn = rateCount // a question that no rule asks
	for n := uint64(0); ; n++ {
		e.at += gap(l.luck.of(drawn, hours(stream), n), perYear)
		if e.at >= end {
			return
		}
		l.events = append(l.events, e)
	}
}
