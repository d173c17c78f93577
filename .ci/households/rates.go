package main

import (
	"fmt"
	"io"
)

// rate names one thing that happens to people, or that people do.
type rate int

// The rates. Their values, units and where each comes from stand in stated.
const (
	phoneLost rate = iota
	phoneStolen
	phoneBroken
	phoneReplaced
	computerGone
	tabletGone
	ownsComputer
	ownsTablet
	trustsSecond
	trustsAdvised
	pairsFirst
	pairsAgain
	daysToReplace
	keyNeverKept
	keySecondCopy
	keySecondAsked
	secondLost
	secondFound
	hasContacts
	mailReached
	mailKnown
	keyLost
	keyMissed
	keyFoundAgain
	drillDone
	passwordForgotten
	passwordWritten
	passwordBack
	daysToNotice
	homeLost
	phoneInHome
	rekeyedAfter
	moves
	keyLostMoving
	numberLost
	phished
	leaked
	codeTold
	codeToldLater
	allowsBlindly
	seizes
	passwordChanged
	hammered
	simSwapped
	swapperKnows
	unlockedTheft
	thiefKnows
	thiefTries
	daysToGiveUp
	keyCopied
	insiderKnows
	insiderHoldsPhone
	strangerStops
	stopsByMistake
	unseenDay
	unseenThree
	operatorElse
	operatorReached
	operatorEnters
	serverInHome
	operatorAsked
	operatorBelieves
	renewalUnseen
	rateCount
)

// unit is what a rate is counted in.
type unit string

const (
	perYear unit = "a year"
	share   unit = "of cases"
	days    unit = "days"
)

// statement is a rate as it is told: how much, of what, and from where. A source
// that begins with "assumed" is nobody's measurement.
type statement struct {
	name   string
	value  float64
	unit   unit
	source string
}

// rates are the values that a run uses.
type rates [rateCount]float64

// values gives the stated rates as a run uses them.
func values() rates {
	var out rates
	for i, s := range stated() {
		out[i] = s.value
	}
	return out
}

// scaled gives the rates with one of them multiplied. No share passes 1.
func (r rates) scaled(which rate, by float64) rates {
	r[which] *= by
	if stated()[which].unit == share {
		r[which] = min(r[which], 1)
	}
	return r
}

// stated is the whole table. Where a figure was found, the value is that figure or
// follows from it; all others are assumed, which is why each is varied by three.
func stated() [rateCount]statement {
	return [rateCount]statement{
		phoneLost:         {"phone lost", 0.01, perYear, "Consumer Reports 2014: 1.4 million lost for good in the USA in 2013, taken as of 150 million"},
		phoneStolen:       {"phone stolen, locked", 0.02, perYear, "Consumer Reports 2014: 3.1 million stolen in the USA in 2013, taken as of 150 million"},
		phoneBroken:       {"phone broken beyond use", 0.05, perYear, "assumed"},
		phoneReplaced:     {"phone replaced by a newer one", 0.33, perYear, "assumed: every three years"},
		computerGone:      {"computer broken, stolen, reinstalled or replaced", 0.25, perYear, "assumed: every four years"},
		tabletGone:        {"tablet broken, lost or replaced", 0.25, perYear, "assumed: every four years"},
		ownsComputer:      {"household owns a computer that could be trusted", 0.75, share, "assumed"},
		ownsTablet:        {"household owns a tablet that could be trusted", 0.40, share, "assumed"},
		trustsSecond:      {"a further device is trusted without advice", 0.50, share, "assumed"},
		trustsAdvised:     {"a further device is trusted when the light asks for it", 0.75, share, "assumed"},
		pairsFirst:        {"the new one is paired before the old one is wiped", 0.85, share, "assumed"},
		pairsAgain:        {"a replaced device is trusted again", 0.90, share, "assumed"},
		daysToReplace:     {"until a lost device is replaced", 10, days, "assumed, mean"},
		keyNeverKept:      {"key typed back, but no paper kept", 0.15, share, "assumed"},
		keySecondCopy:     {"a second copy of the key lies elsewhere", 0.15, share, "assumed"},
		keySecondAsked:    {"the same where the light asks for it", 0.40, share, "assumed"},
		secondLost:        {"that second copy lost", 0.04, perYear, "assumed, as the paper"},
		secondFound:       {"somebody finds and copies that second copy", 0.003, perYear, "assumed, as the paper"},
		hasContacts:       {"recovery contacts chosen and reachable (variants only)", 0.40, share, "assumed"},
		mailReached:       {"the outside mailbox opens without the lost things (variants only)", 0.60, share, "assumed"},
		mailKnown:         {"who knows the password reads that mailbox too (variants only)", 0.15, share, "assumed: one password for both"},
		keyLost:           {"paper lost", 0.04, perYear, "assumed"},
		keyMissed:         {"a lost paper is missed without being asked for", 0.10, perYear, "assumed"},
		keyFoundAgain:     {"a lost paper turns up when all depends on it", 0.10, share, "assumed"},
		drillDone:         {"the app's question for the key is answered honestly", 0.50, share, "assumed"},
		passwordForgotten: {"password forgotten", 0.05, perYear, "assumed"},
		passwordWritten:   {"password written down at home", 0.45, share, "40 % (Harris 2015) and 49 % (Pew 2017) of US adults write passwords down"},
		passwordBack:      {"a forgotten password comes back when all depends on it", 0.15, share, "assumed"},
		daysToNotice:      {"until a forgotten password is needed", 20, days, "assumed, mean"},
		homeLost:          {"everything at home lost (fire, flood, burglary)", 0.002, perYear, "assumed; NFPA 2012-16: 355,400 home fires a year in the USA, 0.3 % of homes, most of them small"},
		phoneInHome:       {"the phone is lost with the home", 0.30, share, "assumed"},
		rekeyedAfter:      {"the key is replaced after such a loss", 0.50, share, "assumed"},
		moves:             {"household moves", 0.115, perYear, "US Census: 11.5 % in 2013-14"},
		keyLostMoving:     {"the paper does not arrive", 0.08, share, "assumed"},
		numberLost:        {"telephone number changed without saying so", 0.02, perYear, "assumed"},
		phished:           {"password given to a false page", 0.01, perYear, "assumed; Google 2017: 12.4 million potential victims of phishing kits in a year"},
		leaked:            {"password known from a leak elsewhere", 0.015, perYear, "Google 2019: 1.5 % of passwords in use were in known leaks; taken as a year's"},
		codeTold:          {"the false page gets the code too", 0.20, share, "assumed"},
		codeToldLater:     {"who knows the password talks the code out of the owner", 0.03, share, "assumed"},
		allowsBlindly:     {"Allow pressed for a sign-in that is not one's own", 0.05, share, "assumed"},
		seizes:            {"who gets in changes the account where the rules let him", 0.50, share, "assumed"},
		passwordChanged:   {"the password is changed after a warning", 0.26, share, "Google 2019: 26 % of warnings led to a new password"},
		hammered:          {"strangers fail at the name until a limit acts", 0.01, perYear, "assumed; no count was published"},
		simSwapped:        {"number taken over", 0.0002, perYear, "assumed; FBI 2021: 1,611 complaints in the USA, far from all cases"},
		swapperKnows:      {"who takes the number knows the password", 0.30, share, "assumed"},
		unlockedTheft:     {"phone snatched while unlocked", 0.003, perYear, "assumed, beside the locked ones"},
		thiefKnows:        {"that thief knows the password", 0.10, share, "assumed"},
		thiefTries:        {"that thief is after the account", 0.10, share, "assumed"},
		daysToGiveUp:      {"until such a stranger gives up", 30, days, "assumed, mean"},
		keyCopied:         {"an insider finds and copies the paper", 0.003, perYear, "assumed"},
		insiderKnows:      {"that insider knows the password", 0.20, share, "assumed"},
		insiderHoldsPhone: {"that insider has the unlocked phone in hand", 0.05, share, "assumed"},
		strangerStops:     {"who holds one thing stops the owner's waits", 0.10, share, "assumed"},
		stopsByMistake:    {"somebody of the household stops a wait by mistake", 0.03, share, "assumed"},
		unseenDay:         {"nobody sees mails or devices for 24 h", 0.15, share, "assumed"},
		unseenThree:       {"nobody sees mails or devices for 72 h", 0.04, share, "assumed"},
		operatorElse:      {"the operator is another of household or office, who knows the owner", 0.65, share, "assumed; the others run it alone"},
		operatorReached:   {"that operator is alive, reached and willing", 0.85, share, "assumed"},
		operatorEnters:    {"who runs it alone and lost the account still enters the server", 0.60, share, "assumed"},
		serverInHome:      {"the server is lost with the home, and nobody can renew", 0.50, share, "assumed"},
		operatorAsked:     {"an impostor asks the operator for the account", 0.002, perYear, "assumed"},
		operatorBelieves:  {"the operator believes it", 0.20, share, "assumed"},
		renewalUnseen:     {"nobody stops that renewal within 72 h", 0.10, share, "assumed: the impostor picks the moment"},
	}
}

// row is the statement as docs/design/0007 has it.
func (s statement) row() string {
	return fmt.Sprintf("| %s | %g %s | %s |", s.name, s.value, s.unit, s.source)
}

// printRates writes the whole table.
func printRates(w io.Writer) {
	for _, s := range stated() {
		fmt.Fprintln(w, s.row())
	}
}
