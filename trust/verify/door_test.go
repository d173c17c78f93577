package verify

import (
	"fmt"
	"testing"
	"time"
)

func TestDoorPassesEveryLimitOnce(t *testing.T) {
	off, _ := burns(Limits{}, Browser{}, noon)
	off, _ = burns(off, Browser{}, noon)
	paused, _ := Limits{}.Ended(ended(Denied), noon)
	often, _, _ := asks(Limits{}, Browser{}, 3, 0, noon)
	quiet := Limits{row: limitsRow{Ignored: QuietAfter}}
	for name, l := range map[string]Limits{"L4": off, "L5": paused, "L2": often, "L6": quiet} {
		l, letters, err := l.OpenDoor(noon, source("door"))
		if err != nil {
			t.Fatal(err)
		}
		l, v := l.Prompt(Browser{}, Waiting{}, noon.Add(DoorFor-time.Second))
		if !v.Allowed || v.Silent || v.Door != letters || len(letters) != 3 {
			t.Errorf("%s: %+v", name, v)
		}
		if _, v = l.Prompt(Browser{}, Waiting{}, noon.Add(DoorFor-time.Second)); v.Allowed && !v.Silent {
			t.Errorf("%s: the door let two through", name)
		}
	}
	l, _, _ := off.OpenDoor(noon, source("door"))
	if _, v := l.Prompt(Browser{}, Waiting{Unknown: 2}, noon); !v.Allowed {
		t.Error("strangers' waiting sign-ins stand in the door")
	}
	if _, v := l.Prompt(Browser{}, Waiting{}, noon.Add(DoorFor)); v.Allowed {
		t.Error("the door is open after ten minutes")
	}
	if _, v := l.Prompt(Browser{}, Waiting{}, noon.Add(-time.Hour)); v.Allowed {
		t.Error("the clock was set back, and the door stays open longer")
	}
	if _, _, err := off.OpenDoor(noon, zero{}); err == nil {
		t.Error("a door without randomness")
	}
}

type zero struct{}

func (zero) Read([]byte) (int, error) { return 0, fmt.Errorf("no randomness") }

func TestDoorIsNotUsedWhereNothingRefuses(t *testing.T) {
	l, letters, _ := Limits{}.OpenDoor(noon, source("door"))
	l, v := l.Prompt(Browser{}, Waiting{}, noon)
	if !v.Allowed || v.Door != "" {
		t.Errorf("%+v", v)
	}
	if got, until, open := l.Door(noon); !open || got != letters || !until.Equal(noon.Add(DoorFor)) {
		t.Errorf("%q %v %v", got, until, open)
	}
	l, got, ok := l.UseDoor(noon)
	if !ok || got != letters {
		t.Errorf("%q %v", got, ok)
	}
	if _, _, ok := l.UseDoor(noon); ok {
		t.Error("used twice")
	}
}

func TestDoorLetsFivePasswordsThrough(t *testing.T) {
	l, _, _ := Limits{}.OpenDoor(noon, source("door"))
	passed := 0
	for range 100 {
		var ok bool
		if l, ok = l.Knock(noon); ok {
			passed++
		}
	}
	if passed != DoorGuesses {
		t.Errorf("%d passwords passed L1 through the door", passed)
	}
	if _, v := l.Prompt(Browser{}, Waiting{}, noon); !v.Allowed {
		t.Error("the door does not help against the other limits any more")
	}
	if _, ok := (Limits{}).Knock(noon); ok {
		t.Error("passed without a door")
	}
}
