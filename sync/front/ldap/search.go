package ldap

import (
	"strings"

	ber "github.com/go-asn1-ber/asn1-ber"
)

// The scopes of a search, and the tags of a filter.
const (
	scopeBase = 0
	scopeOne  = 1
	scopeSub  = 2

	filterAnd     = 0
	filterOr      = 1
	filterNot     = 2
	filterEqual   = 3
	filterPresent = 7
)

// entry is what a search finds: attributes, by their names in lower case.
type entry struct {
	dn    string
	attrs []attribute
}

type attribute struct {
	name   string
	values []string
}

func (e entry) values(of string) []string {
	for _, a := range e.attrs {
		if strings.EqualFold(a.name, of) {
			return a.values
		}
	}
	return nil
}

// person is the entry of whoever is asked for, by the name as services know it: programs
// take it from here for what somebody typed. Every name has one: whether there is an
// account is found out by binding, and by nothing else.
func person(user, service string) entry {
	return entry{dn: name{user: user, service: service}.String(), attrs: []attribute{
		{"objectClass", []string{"top", "account", "person", "inetOrgPerson"}},
		{"uid", []string{user}}, {"cn", []string{user}}, {"sn", []string{user}},
	}}
}

// root says what is spoken here (RFC 4512 §5.1). Anybody may read it.
func (c *conn) root() entry {
	e := entry{attrs: []attribute{
		{"objectClass", []string{"top"}}, {"supportedLDAPVersion", []string{"3"}}, {"namingContexts", []string{base}},
		{"supportedExtension", []string{oidWhoAmI}}, {"vendorName", []string{"Countersign"}},
	}}
	if c.f.tls != nil {
		e.attrs[3].values = append(e.attrs[3].values, oidStartTLS)
	}
	return e
}

// query is a search that can be answered.
type query struct {
	base   string
	scope  int64
	most   int64 // entries; zero: no limit
	filter *ber.Packet
	wanted []string
	names  bool // attributes without their values
}

func parseQuery(p *ber.Packet) (q query, ok bool) {
	if len(p.Children) != 8 {
		return q, false
	}
	var isText, isInt, isBool bool
	q.base, isText = text(p.Children[0])
	q.scope, isInt = integer(p.Children[1])
	most, isNumber := integer(p.Children[3])
	q.most = most
	q.names, isBool = p.Children[5].Value.(bool)
	if !isText || !isInt || !isNumber || !isBool || most < 0 || q.scope < scopeBase || q.scope > scopeSub {
		return q, false
	}
	q.filter = p.Children[6]
	for _, w := range p.Children[7].Children {
		s, ok := text(w)
		if !ok {
			return q, false
		}
		q.wanted = append(q.wanted, s)
	}
	return q, true
}

// search answers what a program needs before it binds as somebody.
func (c *conn) search(q request) {
	ask, ok := parseQuery(q.body)
	if !ok {
		c.f.metrics.count("malformed")
		c.end(q, opSearchDone, protocolError, "not a search")
		return
	}
	found, code := c.find(ask)
	if ask.most > 0 && int64(len(found)) > ask.most {
		found, code = found[:ask.most], sizeLimitExceeded
	}
	for _, e := range found {
		c.out = append(c.out, sent(q.id, e, ask)...)
	}
	c.f.metrics.count("search")
	c.end(q, opSearchDone, code, "")
}

// find gives the entries that a search is about, as far as the client may see them.
func (c *conn) find(ask query) (found []entry, code result) {
	if ask.base == "" && ask.scope == scopeBase {
		return matching([]entry{c.root()}, ask.filter), success
	}
	at, ok := parseName(ask.base)
	switch {
	case c.bound == (name{}):
		return nil, insufficientAccess
	case !ok:
		return nil, noSuchObject
	case at.service != "" && at.service != c.bound.service:
		return nil, insufficientAccess
	}
	var users []string
	switch {
	case at.user != "" && ask.scope != scopeOne:
		users = []string{fold(at.user)}
	case at.user == "" && !at.reader && ask.scope != scopeBase && (at.service != "" || ask.scope == scopeSub):
		users = asked(ask.filter, 0)
	}
	var all []entry
	for _, user := range users {
		if c.bound.reader || user == c.bound.user {
			all = append(all, person(user, c.bound.service))
		}
	}
	return matching(all, ask.filter), success
}

// deepest bounds the nesting of filters, and of names that one asks for.
const deepest = 16

// asked gives the people that a filter names: an entry is found by its name only, so
// that nobody can list who is there.
func asked(f *ber.Packet, depth int) (users []string) {
	if f.ClassType != ber.ClassContext || depth > deepest {
		return nil
	}
	switch f.Tag {
	case filterAnd, filterOr:
		for _, c := range f.Children {
			if users = append(users, asked(c, depth+1)...); len(users) > deepest {
				return users[:deepest]
			}
		}
	case filterEqual:
		kind, value, ok := equality(f)
		if ok && (kind == "uid" || kind == "cn") && value != "" && len(value) <= longest {
			return []string{fold(value)}
		}
	}
	return users
}

func equality(f *ber.Packet) (kind, value string, ok bool) {
	if len(f.Children) != 2 {
		return "", "", false
	}
	kind, isText := text(f.Children[0])
	value, isValue := text(f.Children[1])
	return strings.ToLower(kind), value, isText && isValue
}

// matching gives the entries that a filter fits, each once.
func matching(all []entry, f *ber.Packet) (out []entry) {
	seen := make(map[string]bool)
	for _, e := range all {
		if !seen[e.dn] && fits(e, f, 0) == yes {
			out = append(out, e)
		}
		seen[e.dn] = true
	}
	return out
}

// truth is what a filter says of an entry: RFC 4511 §4.5.1.7 has a third value, for
// what is not known, of which the opposite is not known either.
type truth int

const (
	no truth = iota
	unknown
	yes
)

func fits(e entry, f *ber.Packet, depth int) truth {
	if f.ClassType != ber.ClassContext || depth > deepest {
		return unknown
	}
	switch f.Tag {
	case filterAnd:
		all := yes
		for _, c := range f.Children {
			all = min(all, fits(e, c, depth+1))
		}
		return all
	case filterOr:
		any := no
		for _, c := range f.Children {
			any = max(any, fits(e, c, depth+1))
		}
		return any
	case filterNot:
		if len(f.Children) != 1 {
			return unknown
		}
		return yes - fits(e, f.Children[0], depth+1)
	case filterEqual:
		kind, value, ok := equality(f)
		if !ok {
			return unknown
		}
		for _, v := range e.values(kind) {
			if strings.EqualFold(v, value) || v == fold(value) {
				return yes
			}
		}
		return no
	case filterPresent:
		kind, ok := text(f)
		if !ok {
			return unknown
		}
		if len(e.values(kind)) > 0 {
			return yes
		}
		return no
	}
	return unknown
}

// sent writes an entry with what was asked for of it.
func sent(id int64, e entry, ask query) []byte {
	message, body := envelope(id, opEntry)
	body.AppendChild(octets(e.dn))
	attrs := ber.NewSequence("")
	for _, a := range e.attrs {
		if !wants(ask.wanted, a.name) {
			continue
		}
		one, values := ber.NewSequence(""), ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
		one.AppendChild(octets(a.name))
		for _, v := range a.values {
			if !ask.names {
				values.AppendChild(octets(v))
			}
		}
		one.AppendChild(values)
		attrs.AppendChild(one)
	}
	body.AppendChild(attrs)
	message.AppendChild(body)
	return message.Bytes()
}

func wants(wanted []string, name string) bool {
	if len(wanted) == 0 {
		return true
	}
	for _, w := range wanted {
		if w == "*" || w == "+" || strings.EqualFold(w, name) {
			return true
		}
	}
	return false
}
