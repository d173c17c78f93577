package ui

import (
	"fmt"
	"time"
)

var monthKeys = [...]string{
	"month.january", "month.february", "month.march", "month.april", "month.may", "month.june", "month.july",
	"month.august", "month.september", "month.october", "month.november", "month.december",
}

// clock gives the time of day.
func clock(t time.Time) string { return t.Local().Format("15:04") }

// date gives the day without its time; the year only when it is another one.
func date(t, now time.Time) string {
	t = t.Local()
	values := with{"Day": t.Day(), "Month": say(monthKeys[t.Month()-1]), "Year": t.Year()}
	if t.Year() == now.Local().Year() {
		return say("when.date", values)
	}
	return say("when.date-year", values)
}

// moment gives a point in time within a sentence: "today 18:02".
func moment(t, now time.Time) string {
	switch daysBefore(t, now) {
	case 0:
		return say("when.today", with{"Clock": clock(t)})
	case 1:
		return say("when.yesterday", with{"Clock": clock(t)})
	case -1:
		return say("when.tomorrow", with{"Clock": clock(t)})
	}
	return say("when.moment", with{"Date": date(t, now), "Clock": clock(t)})
}

// until gives the end of a wait: only the time of day if it is today.
func until(t, now time.Time) string {
	if daysBefore(t, now) == 0 {
		return clock(t)
	}
	return moment(t, now)
}

// dayHead names the day above a list.
func dayHead(t, now time.Time) string {
	switch daysBefore(t, now) {
	case 0:
		return say("day.today")
	case 1:
		return say("day.yesterday")
	}
	return date(t, now)
}

// dayWord names the day within a sentence, without its time.
func dayWord(t, now time.Time) string {
	switch daysBefore(t, now) {
	case 0:
		return say("day.word-today")
	case 1:
		return say("day.word-yesterday")
	}
	return date(t, now)
}

// ago says how long t lies back: exact to ten seconds, then to the minute.
func ago(t, now time.Time) string {
	passed := now.Sub(t)
	switch {
	case passed < 10*time.Second:
		return say("when.just-now")
	case passed < time.Minute:
		return count("when.seconds-ago", int(passed.Seconds())/10*10)
	case passed < time.Hour:
		return count("when.minutes-ago", int(passed.Minutes()))
	}
	return moment(t, now)
}

// past says how long t lies back where only its distance counts: in hours from one
// on, in days from a day on, as a date from two months on.
func past(t, now time.Time) string {
	passed := now.Sub(t)
	switch {
	case passed < time.Hour:
		return ago(t, now)
	case passed < 24*time.Hour:
		return count("when.hours-ago", int(passed.Hours()))
	case passed < 60*24*time.Hour:
		return count("when.days-ago", int(passed.Hours()/24))
	}
	return date(t, now)
}

// ahead says how far off a day is: exact to the day, later to the week.
func ahead(t, now time.Time) string {
	days := -daysBefore(t, now)
	switch {
	case days <= 0:
		return say("day.word-today")
	case days == 1:
		return say("day.word-tomorrow")
	case days < 14:
		return count("when.in-days", days)
	}
	return count("when.in-weeks", days/7)
}

// left gives the rest of a countdown as minutes and seconds, never below zero.
func left(until, now time.Time) string {
	rest := seconds(until, now)
	return fmt.Sprintf("%d:%02d", rest/60, rest%60)
}

// seconds gives the rest of a countdown, rounded up so that zero means ended.
func seconds(until, now time.Time) int {
	rest := until.Sub(now)
	if rest <= 0 {
		return 0
	}
	return int((rest + time.Second - 1) / time.Second)
}

// daysBefore counts midnights between t and now: 0 today, 1 yesterday, -1 tomorrow.
func daysBefore(t, now time.Time) int {
	return int(midnight(now).Sub(midnight(t)).Round(24*time.Hour) / (24 * time.Hour))
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Local().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.Local)
}
