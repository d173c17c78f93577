package front

import "strings"

// Pair is a password with a code behind it.
type Pair struct {
	Password string
	Code     string // digits
}

// The lengths of codes: of a device that was asked, and offline codes.
var codeLengths = [...]int{4, 6, 8}

// Split gives the ways in which a text may be a password with a code behind it, with or
// without a space or comma between; none if it ends in no digits. A code is 4, 6 or 8
// digits long.
func Split(typed string) (out []Pair) {
	for _, n := range codeLengths {
		if len(typed) <= n || strings.Trim(typed[len(typed)-n:], "0123456789") != "" {
			continue
		}
		password, code := typed[:len(typed)-n], typed[len(typed)-n:]
		out = append(out, Pair{Password: password, Code: code})
		if short := strings.TrimRight(password, " ,"); short != password && short != "" {
			out = append(out, Pair{Password: short, Code: code})
		}
	}
	return out
}
