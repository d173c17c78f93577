package ldap

import (
	"encoding/hex"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// base is the name under which all others stand.
const base = "dc=countersign"

// name is a distinguished name of ours: a person or a reader of a service, a service,
// or the base.
type name struct {
	user    string // "" where the name is no person's
	service string // "" for the base
	reader  bool
}

// longest is the length of the longest name of a person that is looked at, in bytes.
const longest = 256

// readerName is who reads.
const readerName = "reader"

// parseName reads a distinguished name (RFC 4514); false for one that is not ours.
// Attribute names and the base ignore case.
func parseName(dn string) (n name, ok bool) {
	parts, ok := split(dn)
	if !ok || len(parts) == 0 || len(parts) > 3 {
		return name{}, false
	}
	last := parts[len(parts)-1]
	if last.kind != "dc" || !strings.EqualFold(last.value, "countersign") {
		return name{}, false
	}
	if len(parts) > 1 {
		ou := parts[len(parts)-2]
		if n.service = strings.ToLower(ou.value); ou.kind != "ou" || n.service == "" {
			return name{}, false
		}
	}
	if len(parts) < 3 {
		return n, true
	}
	switch first := parts[0]; {
	case first.kind == "uid" && first.value != "" && len(first.value) <= longest:
		n.user = first.value
	case first.kind == "cn" && strings.EqualFold(first.value, readerName):
		n.reader = true
	default:
		return name{}, false
	}
	return n, true
}

// String gives the name as it is sent.
func (n name) String() string {
	out := base
	if n.service != "" {
		out = "ou=" + escape(n.service) + "," + out
	}
	switch {
	case n.reader:
		return "cn=" + readerName + "," + out
	case n.user != "":
		return "uid=" + escape(n.user) + "," + out
	}
	return out
}

// fold gives a person's name as services know it, which front.Opened has in User. What
// reads alike by case, width or composition is one name.
func fold(user string) string {
	return cases.Fold().String(norm.NFKC.String(strings.TrimSpace(user)))
}

// part is one attribute of a name.
type part struct{ kind, value string }

// split takes a name apart. Names of several attributes at one place are none of ours.
func split(dn string) (out []part, ok bool) {
	for rest := dn; rest != ""; {
		kind, after, found := strings.Cut(rest, "=")
		if !found {
			return nil, false
		}
		value, left, ok := unescape(after)
		if !ok {
			return nil, false
		}
		out = append(out, part{kind: strings.ToLower(strings.TrimSpace(kind)), value: value})
		if len(out) > 8 {
			return nil, false
		}
		rest = left
	}
	return out, true
}

// unescape reads a value up to its comma, and gives what follows.
func unescape(text string) (value, rest string, ok bool) {
	var b strings.Builder
	text = strings.TrimLeft(text, " ")
	kept := 0 // how much of b does not end in a space that may be dropped
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case ',':
			return b.String()[:kept], text[i+1:], i+1 < len(text)
		case '\\':
			if i+2 < len(text) {
				if raw, err := hex.DecodeString(text[i+1 : i+3]); err == nil {
					b.Write(raw)
					i += 2
					kept = b.Len()
					continue
				}
			}
			if i+1 >= len(text) {
				return "", "", false
			}
			i++
			b.WriteByte(text[i])
			kept = b.Len()
		case '"', '+', ';', '<', '>', 0:
			return "", "", false
		default:
			b.WriteByte(c)
			if c != ' ' {
				kept = b.Len()
			}
		}
	}
	return b.String()[:kept], "", true
}

// escape writes a value so that nothing in it ends it.
func escape(value string) string {
	var b strings.Builder
	for i := range len(value) {
		c := value[i]
		switch {
		case strings.IndexByte(`,+"\<>;=#`, c) >= 0, c == ' ' && (i == 0 || i == len(value)-1):
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ':
			b.WriteString(`\` + hex.EncodeToString([]byte{c}))
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
