package terminal

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/countersign/countersign/app"
)

// devices prints the list of trusted devices, also when the backend does not
// answer; the exit code then says so.
func devices(ctx context.Context, c *call) error {
	d, err := c.account(ctx, false, nil)
	if err != nil {
		return err
	}
	defer d.Close()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	missed := d.CheckNow(ctx)
	v := d.View()
	if err := c.print(statusLine(v).Devices, func(w io.Writer) { writeDevices(w, v, time.Now()) }); err != nil {
		return err
	}
	return missed
}

func deviceLine(m app.Member) deviceJSON {
	line := deviceJSON{
		Device: m.ID.String(), Name: m.Name, Kind: string(m.Kind), This: m.This, Online: m.Online, Since: m.Since, Seen: m.Seen,
		Own: m.Own, At: m.At, Young: m.Young, Held: m.Held,
	}
	if !m.This {
		line.Confirms = sightName(m.Sight)
	}
	return line
}

func sightName(s app.Sight) string {
	return [...]string{
		app.SightNone: "none", app.SightSame: "same", app.SightOlder: "older", app.SightNewer: "newer", app.SightAnother: "another",
	}[s]
}

func writeDevices(w io.Writer, v app.View, now time.Time) {
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tNAME\tKIND\tSINCE\tLAST SEEN\tLIST")
	for _, m := range v.Devices {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", m.ID.String()[:8], m.Name, m.Kind, m.Since.Format(time.DateOnly), seen(m, now), sightText(m, now))
	}
	table.Flush()
	writeSights(w, v, now)
	writeProbation(w, v, now)
}

func seen(m app.Member, now time.Time) string {
	switch {
	case m.Online:
		return "online"
	case m.Seen.IsZero():
		return "never"
	}
	return ago(now.Sub(m.Seen))
}

func sightText(m app.Member, now time.Time) string {
	if m.This {
		return "this device"
	}
	switch m.Sight {
	case app.SightSame:
		return "confirms it " + ago(now.Sub(m.At))
	case app.SightOlder:
		return "saw an older one " + ago(now.Sub(m.At))
	case app.SightNewer:
		return "saw a newer one " + ago(now.Sub(m.At))
	case app.SightAnother:
		return "SAW ANOTHER ONE " + ago(now.Sub(m.At))
	}
	return "has not said"
}

// writeSights says which other devices confirm the list of devices, if there are
// others.
func writeSights(w io.Writer, v app.View, now time.Time) {
	var same []string
	others := false
	for _, m := range v.Devices {
		others = others || !m.This
		if !m.This && m.Sight == app.SightSame {
			same = append(same, m.Name+" "+ago(now.Sub(m.At)))
		}
	}
	switch {
	case len(same) > 0:
		fmt.Fprintf(w, "Devices that confirm this list: %s\n", strings.Join(same, ", "))
	case others:
		fmt.Fprintln(w, "No other device has confirmed this list yet.")
	}
	if v.Withheld {
		fmt.Fprintln(w, "Other devices see changes of this list that the backend does not show here.")
	}
}

// writeProbation says what devices may not do because they are new.
func writeProbation(w io.Writer, v app.View, now time.Time) {
	for _, m := range v.Devices {
		who := m.Name
		if m.This {
			who = "This device"
		}
		if m.Held.After(now) {
			fmt.Fprintf(w, "%s may allow sign-ins in %s.\n", who, wait(m.Held.Sub(now)))
		}
		if m.Young.After(now) {
			fmt.Fprintf(w, "%s may add, remove or recover in %s.\n", who, wait(m.Young.Sub(now)))
		}
	}
}

func ago(d time.Duration) string {
	if d < time.Minute {
		return "just now"
	}
	return span(d) + " ago"
}

// wait is a length of time to wait, rounded up.
func wait(d time.Duration) string {
	switch {
	case d <= time.Minute:
		return span(d + time.Second - 1)
	case d <= time.Hour:
		return span(d + time.Minute - 1)
	}
	return span(d + time.Hour - 1)
}

// span is a length of time for people, rounded down to its largest unit.
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return fmt.Sprintf("%d days", d/(24*time.Hour))
}
