package ui

import (
	"testing"
	"time"

	"github.com/countersign/countersign/app"
)

func TestTimesAreToldAsPeopleTellThem(t *testing.T) {
	for language, wants := range map[string][]string{
		"en": {"just now", "30 seconds ago", "1 minute ago", "59 minutes ago", "today 18:14", "yesterday 20:14", "1 May, 12:00", "31 December 2025, 12:00"},
		"de": {"gerade eben", "vor 30 Sekunden", "vor 1 Minute", "vor 59 Minuten", "heute 18:14", "gestern 20:14", "1. Mai, 12:00", "31. Dezember 2025, 12:00"},
	} {
		speak(t, language)
		for i, at := range []time.Time{
			noon.Add(-9 * time.Second), noon.Add(-39 * time.Second), noon.Add(-time.Minute), noon.Add(-time.Hour + time.Second),
			noon.Add(-3 * time.Hour), noon.Add(-25 * time.Hour),
			time.Date(2026, time.May, 1, 12, 0, 0, 0, time.Local), time.Date(2025, time.December, 31, 12, 0, 0, 0, time.Local),
		} {
			if got := ago(at, noon); got != wants[i] {
				t.Errorf("%s: %v is told as %q, want %q", language, noon.Sub(at), got, wants[i])
			}
		}
	}
}

func TestDaysAreCountedByMidnights(t *testing.T) {
	midnight := time.Date(2026, time.November, 22, 0, 0, 0, 0, time.Local)
	for _, test := range []struct {
		at, now time.Time
		want    int
	}{
		{midnight.Add(-time.Second), midnight, 1}, {midnight, midnight.Add(23 * time.Hour), 0}, {midnight.Add(24 * time.Hour), midnight, -1},
	} {
		if got := daysBefore(test.at, test.now); got != test.want {
			t.Errorf("from %v to %v are %d days, want %d", test.at, test.now, got, test.want)
		}
	}
}

func TestCountdownNeverShowsLessThanIsLeft(t *testing.T) {
	for rest, want := range map[time.Duration]string{
		90 * time.Second: "1:30", 89*time.Second + time.Millisecond: "1:30", time.Millisecond: "0:01", 0: "0:00", -time.Hour: "0:00",
	} {
		if got := left(noon.Add(rest), noon); got != want {
			t.Errorf("%v left are shown as %s, want %s", rest, got, want)
		}
	}
}

// A sign-in that no device vouched for is never told as if it were an ordinary one.
func TestDoubtIsToldInRed(t *testing.T) {
	speak(t, "en")
	l, ok := tell(app.Activity{Kind: kindDone, Service: "Webmail", Agent: "Chrome on Windows", Device: "Pixel 9", Doubt: true, At: noon}, noon)
	if !ok || l.tone != bad || l.title != "Signed in to Webmail without your devices" {
		t.Errorf("told as %+v, %t", l, ok)
	}
}

func TestEveryKindOfActivityIsToldOnce(t *testing.T) {
	speak(t, "en")
	for kind := range wordings() {
		l, ok := tell(app.Activity{Kind: kind, At: noon, Count: 1}, noon)
		if !ok || l.title == "" || l.more == "" || l.icon == "" || l.group == all {
			t.Errorf("%s is told as %+v, %t", kind, l, ok)
		}
	}
	for _, kind := range []string{kindRequest, kindTarget, kindAnswered, kindChain} {
		if l, ok := tell(app.Activity{Kind: kind}, noon); ok {
			t.Errorf("%s, whose outcome has its own line, is told as %+v", kind, l)
		}
	}
	if l, ok := tell(app.Activity{Kind: "from-the-future"}, noon); !ok || l.title != "Something this version does not know" {
		t.Errorf("what is unknown is told as %+v, %t", l, ok)
	}
}

func TestEveryNoticeHasASentence(t *testing.T) {
	u := newTester(t, &device{view: annas()}, phone)
	for _, n := range []app.Notice{
		app.NoticeKeyringAbsent, app.NoticeKeyringLocked, app.NoticeKeyringSilent, app.NoticeFrozen, app.NoticeRestored,
		app.NoticeRemoved, app.NoticeUpdate, app.NoticePassword, app.NoticeNotMade,
	} {
		u.look(func(v *app.View) { v.Notice = n })
		told, ok := u.notices()[n]
		if !ok {
			t.Errorf("%s has no sentence", n)
			continue
		}
		u.mustSay(say(told.head), say(told.body))
	}
}

// A device that answers nothing must not look as if all were well.
func TestStoppedDeviceSaysOnlyThat(t *testing.T) {
	for _, n := range []app.Notice{app.NoticeFrozen, app.NoticeRemoved} {
		u := newTester(t, &device{view: annas(func(v *app.View) { v.Notice = n })}, phone)
		u.mustNotSay("Nobody is asking", "If you lost this device")
	}
}
