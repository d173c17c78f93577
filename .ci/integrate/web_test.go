package integrate_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/front/recipe"
)

// calendar is Radicale with a web server before it.
type calendar struct {
	*house
	values recipe.Values
	direct string // Radicale itself
	url    string // through the web server
}

// newCalendar starts Radicale. Its port is open to this computer only, as the page asks.
func newCalendar(t *testing.T) *calendar {
	t.Helper()
	v := recipe.Example()
	v.Service = "calendar"
	c := &calendar{house: newHouse(t, "anna", render(t, "calendar.toml", v)+secondService)}
	v.URL = c.b.Address()
	v.Dir = t.TempDir()
	v.Listen = fmt.Sprintf("127.0.0.1:%d", free(t, "tcp"))
	v.Upstream = "http://" + v.Listen
	c.direct, c.values = v.Upstream, v
	start(t, "/usr/bin/radicale", "--config", file(t, t.TempDir(), "radicale", render(t, "radicale", v)))
	c.ready(c.direct)
	return c
}

// secondService is one whose app passwords open nothing else.
const secondService = "\n[[service]]\nid = \"other\"\ntitle = \"Another\"\n"

func render(t testing.TB, name string, v recipe.Values) string {
	t.Helper()
	text, err := recipe.Render(name, v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (c *calendar) ready(url string) {
	c.t.Helper()
	await(c.t, url, func() error {
		back, err := http.Get(url)
		if err == nil {
			back.Body.Close()
		}
		return err
	})
}

// ask makes a request as a calendar program does.
func (c *calendar) ask(method, url, name, password, body string, change ...func(*http.Request)) (status int, text string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(body))
	c.ok(err)
	if name != "" {
		r.SetBasicAuth(name, password)
	}
	for _, do := range change {
		do(r)
	}
	back, err := http.DefaultClient.Do(r)
	c.ok(err)
	defer back.Body.Close()
	raw, err := io.ReadAll(back.Body)
	c.ok(err)
	return back.StatusCode, string(raw)
}

const event = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nBEGIN:VEVENT\r\nUID:1@example.org\r\nDTSTAMP:20261122T100000Z\r\n" +
	"DTSTART:20261124T100000Z\r\nSUMMARY:Tea\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

// examine plays a calendar program, and whoever should stay out.
func (c *calendar) examine() {
	t := c.t
	t.Helper()
	tries, right := c.attempts("calendar", "other")
	for _, a := range tries {
		status, _ := c.ask("PROPFIND", c.url+"/anna/", a.name, a.password, "")
		if (status == http.StatusMultiStatus) != a.want {
			t.Errorf("%s: status %d", a.what, status)
		}
	}
	if status, _ := c.ask("MKCALENDAR", c.url+"/anna/home/", "anna", right.text, ""); status != http.StatusCreated {
		t.Errorf("making a calendar: %d", status)
	}
	if status, _ := c.ask(http.MethodPut, c.url+"/anna/home/1.ics", "anna", right.text, event); status != http.StatusCreated {
		t.Errorf("putting an event: %d", status)
	}
	if status, text := c.ask(http.MethodGet, c.url+"/anna/home/1.ics", "anna", right.text, ""); status != http.StatusOK || !strings.Contains(text, "SUMMARY:Tea") {
		t.Errorf("getting it back: %d %q", status, text)
	}
	forged := func(r *http.Request) { r.Header.Set("X-Remote-User", "anna"); r.Header.Set("Remote-User", "anna") }
	if status, _ := c.ask(http.MethodGet, c.url+"/anna/home/1.ics", "", "", "", forged); status != http.StatusUnauthorized {
		t.Errorf("with a forged name and no password: %d", status)
	}
	bert := c.house.guest("bert")
	other := bert.make("calendar")
	if status, text := c.ask(http.MethodGet, c.url+"/anna/home/1.ics", "bert", other.text, "", forged); status == http.StatusOK {
		t.Errorf("another person with a forged name reads %q", text)
	}
	c.revoked(right, func() bool {
		status, _ := c.ask("PROPFIND", c.url+"/anna/", "anna", right.text, "")
		return status == http.StatusUnauthorized
	})
}

// revoked removes an app password and sees how soon it is refused.
func (h *house) revoked(p made, refused func() bool) {
	h.t.Helper()
	h.remove(p)
	took := await(h.t, "a removed app password to be refused", func() error {
		if refused() {
			return nil
		}
		return fmt.Errorf("it opens still")
	})
	h.t.Logf("refused %s after it was removed", took.Round(time.Millisecond))
	if took > 5*time.Second {
		h.t.Errorf("it took %s", took)
	}
}

const nginxAround = `
daemon off;
pid %[1]s/pid;
error_log stderr;
events { worker_connections 64; }
http {
	access_log off;
	client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
	server {
		listen 127.0.0.1:%[2]d;
%[3]s
	}
}
`

// behindNginx puts nginx before it.
func (c *calendar) behindNginx() {
	dir, port := c.t.TempDir(), free(c.t, "tcp")
	open(c.t, dir)
	conf := file(c.t, dir, "nginx.conf", fmt.Sprintf(nginxAround, dir, port, render(c.t, "nginx", c.values)))
	start(c.t, "/usr/sbin/nginx", "-p", dir, "-e", "stderr", "-c", conf)
	c.url = fmt.Sprintf("http://127.0.0.1:%d", port)
	c.ready(c.url)
}

// behindCaddy puts Caddy before it.
func (c *calendar) behindCaddy() {
	dir, port := c.t.TempDir(), free(c.t, "tcp")
	v := c.values
	v.Host = fmt.Sprintf("http://127.0.0.1:%d", port)
	conf := file(c.t, dir, "Caddyfile", "{\n\tadmin off\n\tauto_https off\n}\n"+render(c.t, "caddy", v))
	c.t.Setenv("HOME", dir) // where it keeps certificates
	start(c.t, "/usr/bin/caddy", "run", "--config", conf, "--adapter", "caddyfile")
	c.url = v.Host
	c.ready(c.url)
}

// servers are the web servers that have a page.
func servers() map[string]func(*calendar) {
	return map[string]func(*calendar){"nginx": (*calendar).behindNginx, "Caddy": (*calendar).behindCaddy}
}

func TestCalendars(t *testing.T) {
	for name, put := range servers() {
		t.Run(name, func(t *testing.T) {
			c := newCalendar(t)
			put(c)
			c.examine()
		})
	}
}

// A browser is asked for a password once, and nothing opens while Countersign cannot
// be asked or knows no such service.
func TestPagesStayShut(t *testing.T) {
	for name, put := range servers() {
		t.Run(name, func(t *testing.T) {
			c := newCalendar(t)
			put(c)
			right := c.make("calendar")
			back, err := http.Get(c.url)
			c.ok(err)
			back.Body.Close()
			if asks := back.Header.Values("WWW-Authenticate"); back.StatusCode != http.StatusUnauthorized || len(asks) != 1 || !strings.HasPrefix(asks[0], `Basic realm="Calendars"`) {
				t.Errorf("a browser is asked %d with %q", back.StatusCode, asks)
			}
			if status, _ := c.ask("PROPFIND", c.url+"/anna/", "anna", right.text, ""); status != http.StatusMultiStatus {
				t.Errorf("it opens with %d", status)
			}
			c.ok(c.b.Close())
			for _, word := range []string{right.text, "", password} {
				if status, text := c.ask("PROPFIND", c.url+"/anna/", "anna", word, ""); status < 500 {
					t.Errorf("with nobody to ask: %d %s", status, text)
				}
			}
			other := newCalendar(t)
			other.values.Service = "nothing"
			put(other)
			if status, _ := other.ask("PROPFIND", other.url+"/anna/", "anna", other.make("calendar").text, ""); status != http.StatusForbidden {
				t.Errorf("a service that is not configured: %d", status)
			}
		})
	}
}

// What people call themselves reaches the program behind as one word, and is nobody else's.
func TestOddNamesAtACalendar(t *testing.T) {
	for name, put := range servers() {
		t.Run(name, func(t *testing.T) {
			c := newCalendar(t)
			put(c)
			bear := c.guest("Anna Bär")
			right := bear.make("calendar")
			if status, text := c.ask("PROPFIND", c.url+"/", "anna bär", right.text, `<propfind xmlns="DAV:"><prop><current-user-principal/></prop></propfind>`); status != http.StatusMultiStatus || !strings.Contains(text, "anna%2520b%25C3%25A4r") {
				t.Errorf("%d %s", status, text)
			}
			if status, _ := c.ask("PROPFIND", c.url+"/anna/", "anna bär", right.text, ""); status == http.StatusMultiStatus {
				t.Error("she sees another's calendars")
			}
		})
	}
}

// open lets the daemons' own users into a folder of the test.
func open(t testing.TB, dir string) {
	t.Helper()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
}
