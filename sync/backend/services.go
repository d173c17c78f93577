package backend

import (
	"fmt"
	"os/exec"
	"strings"

	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/sync/front/check"
	"github.com/countersign/countersign/sync/front/ldap"
	"github.com/countersign/countersign/sync/front/radius"
)

// Service is a section [[service]] of a configuration: one thing that app passwords, or
// password and code, open.
type Service struct {
	ID      string     `toml:"id"`
	Also    []string   `toml:"also"`
	Kind    front.Kind `toml:"kind"`
	Title   string     `toml:"title"`
	Address string     `toml:"address"`
	Send    string     `toml:"send"`
	Realm   string     `toml:"realm"`
	Code    bool       `toml:"code"`
	Open    *bool      `toml:"open"` // default true
	// Cut is the program that ends a person's sessions there: a word for each
	// argument, in which {user} stands for the name. No shell reads it.
	Cut []string `toml:"cut"`
}

// Fronts are the sections by which services ask. Each is off while it is missing.
type Fronts struct {
	Services []Service       `toml:"service"`
	Check    *check.Options  `toml:"check"`
	LDAP     *ldap.Options   `toml:"ldap"`
	RADIUS   *radius.Options `toml:"radius"`
}

// titles are what a kind of service is called where the operator says nothing.
var titles = map[front.Kind]string{
	front.Mail: "Mail", front.Chat: "Chat", front.Calls: "Calls", front.Calendars: "Calendars",
	front.Network: "Network", front.Shell: "Shell", front.Web: "Web page", front.Other: "",
}

// offered gives the services as the server wants them, and what ends sessions there by
// the service's identifier.
func (f Fronts) offered() (list []front.Service, cuts map[string][]string, err error) {
	cuts = make(map[string][]string)
	for _, s := range f.Services {
		if s.Kind == "" {
			s.Kind = front.Other
		}
		title, known := titles[s.Kind]
		if !known {
			return nil, nil, fmt.Errorf("%w: service %q: its kind is one of %s", ErrOptions, s.ID, kinds())
		}
		if s.Title == "" {
			s.Title = title
		}
		if s.Title == "" || s.Kind == front.Shell && s.Title == title {
			s.Title = strings.TrimSpace(title + " " + s.ID)
		}
		if s.Open == nil {
			yes := true
			s.Open = &yes
		}
		list = append(list, front.Service{
			ID: s.ID, Also: s.Also, Kind: s.Kind, Title: s.Title, Address: s.Address, Send: s.Send, Realm: s.Realm, Code: s.Code, Open: *s.Open,
		})
		if len(s.Cut) == 0 {
			continue
		}
		if _, err := exec.LookPath(s.Cut[0]); err != nil {
			return nil, nil, fmt.Errorf("%w: service %q: cut = %q: its first word is no program that can be run", ErrOptions, s.ID, s.Cut)
		}
		cuts[s.ID] = s.Cut
	}
	return list, cuts, nil
}

func kinds() string {
	return "mail, chat, calls, calendars, network, shell, web, other"
}

// Offered gives the services of a configuration, as the server offers them. ErrOptions.
func (c Config) Offered() ([]front.Service, error) {
	list, _, err := c.offered()
	return list, err
}
