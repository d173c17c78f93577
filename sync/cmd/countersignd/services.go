package main

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/countersign/countersign/sync/backend"
	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/sync/front/recipe"
)

// listed is one line of services --json.
type listed struct {
	ID      string   `json:"id"`
	Also    []string `json:"also,omitempty"`
	Kind    string   `json:"kind"`
	Title   string   `json:"title"`
	Address string   `json:"address,omitempty"`
	Send    string   `json:"send,omitempty"`
	Realm   string   `json:"realm,omitempty"`
	Code    bool     `json:"code"`
	Open    bool     `json:"open"`
}

// services lists what is configured, or prints the ready configuration of a program.
func (c command) services(args []string) int {
	if len(args) > 0 && args[0] == "config" {
		return c.servicesConfig(args[1:])
	}
	var o backend.Options
	f := c.flags("services", &o)
	file, asJSON := f.String("config", "", ""), f.Bool("json", false, "")
	if _, ok := c.parse(f, args, 0); !ok {
		return exitUsage
	}
	_, list, err := offered(o.Data, *file)
	if err != nil {
		return c.fail(err)
	}
	if *asJSON {
		out := []listed{}
		for _, s := range list {
			out = append(out, listed{s.ID, s.Also, string(s.Kind), s.Title, s.Address, s.Send, s.Realm, s.Code, s.Open})
		}
		return c.json(out)
	}
	if len(list) == 0 {
		fmt.Fprintf(c.out, "There are no services yet. Begin with one: countersignd services config %s --service ID\n", strings.Join(programNames(), "|"))
	}
	for _, s := range list {
		fmt.Fprintf(c.out, "%-16s %-10s %-24s %s\n", s.ID, s.Kind, s.Title, openedBy(s))
	}
	return exitOK
}

func openedBy(s front.Service) string {
	var by []string
	if s.Open {
		by = append(by, "app passwords")
	}
	if s.Code {
		by = append(by, "password and code")
	}
	if by == nil {
		return "opened by nothing"
	}
	return "opened by " + strings.Join(by, "; ")
}

func offered(data, file string) (backend.Config, []front.Service, error) {
	config, err := backend.ReadConfig(data, file)
	if err != nil {
		return config, nil, err
	}
	list, err := config.Offered()
	return config, list, err
}

func programNames() (names []string) {
	for _, p := range recipe.Programs() {
		names = append(names, p.Name)
	}
	return names
}

// servicesConfig prints the files of a program, and what countersignd.toml lacks.
func (c command) servicesConfig(args []string) int {
	var o backend.Options
	f := c.flags("services config", &o)
	file, id, at := f.String("config", "", ""), f.String("service", "", ""), f.String("url", "", "")
	words, ok := c.parse(f, args, 1)
	if !ok {
		return exitUsage
	}
	p, known := recipe.Find(words[0])
	if !known || *id == "" {
		fmt.Fprintf(c.errs, "countersignd services config: say a program, %s, and --service ID\n", strings.Join(programNames(), ", "))
		return exitUsage
	}
	config, list, err := offered(o.Data, *file)
	if err != nil {
		return c.fail(err)
	}
	v, there := valuesOf(p, config, list, *id)
	if *at != "" {
		v.URL = strings.TrimSuffix(*at, "/")
	}
	files := p.Files
	if !there {
		files = append([]recipe.File{{Recipe: p.Own, Path: backend.ConfigName, Note: "This is missing there."}}, files...)
	}
	return c.print(files, v)
}

// print gives files with a heading for each.
func (c command) print(files []recipe.File, v recipe.Values) int {
	for i, file := range files {
		text, err := recipe.Render(file.Recipe, v)
		if err != nil {
			return c.fail(err)
		}
		heading := strings.Trim(file.Path+": "+file.Note, ": ")
		if i > 0 {
			fmt.Fprintln(c.out)
		}
		fmt.Fprintf(c.out, "==> %s\n\n%s", heading, text)
	}
	return exitOK
}

// valuesOf takes from a configuration what a program's recipes name; what is not there
// stays as the pages have it. Secrets stay in their files.
func valuesOf(p recipe.Program, config backend.Config, list []front.Service, id string) (v recipe.Values, there bool) {
	v = p.Example()
	v.Service = id
	for _, s := range list {
		if s.ID != id {
			continue
		}
		there = true
		if at, err := url.Parse(s.Address); err == nil && at.Hostname() != "" {
			v.Host = at.Hostname()
		}
		if s.Realm != "" {
			v.Realm = s.Realm
		}
	}
	if config.LDAP != nil {
		set(&v.LDAP, &v.LDAPHost, &v.LDAPPort, config.LDAP.Listen)
		for _, r := range config.LDAP.Readers {
			if r.Service == id {
				v.SecretFile = r.SecretFile
			}
		}
	}
	if config.RADIUS != nil {
		set(&v.RADIUS, &v.RADIUSHost, &v.RADIUSPort, config.RADIUS.Listen)
	}
	return v, there
}

func set(all, host, port *string, listen string) {
	h, p, err := net.SplitHostPort(listen)
	if err != nil {
		return
	}
	if a := net.ParseIP(h); h == "" || a != nil && a.IsUnspecified() {
		h = "127.0.0.1"
	}
	*all, *host, *port = net.JoinHostPort(h, p), h, p
}
