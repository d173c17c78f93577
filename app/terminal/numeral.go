package terminal

import "strings"

const (
	numeralWidth  = 3
	numeralHeight = 5
)

// numerals are the ten digits drawn large, line by line.
const numerals = `
### ..# ### ### #.# ### ### ### ### ###
#.# ..# ..# ..# #.# #.. #.. ..# #.# #.#
#.# ..# ### ### ### ### ### ..# ### ###
#.# ..# #.. ..# ..# ..# #.# ..# #.# ..#
### ..# ### ### ..# ### ### ..# ### ###
`

// large draws digits for eyes that compare them from across a desk, in two
// groups. Other characters are left out.
func large(digits string) string {
	rows := strings.Split(strings.TrimSpace(numerals), "\n")
	ink := strings.NewReplacer("#", "██", ".", "  ")
	var out strings.Builder
	for y := range numeralHeight {
		line := ""
		for i, d := range []byte(digits) {
			if d < '0' || d > '9' {
				continue
			}
			if i == len(digits)/2 {
				line += "   "
			}
			at := int(d-'0') * (numeralWidth + 1)
			line += ink.Replace(rows[y][at:at+numeralWidth]) + "  "
		}
		out.WriteString("    " + strings.TrimRight(line, " ") + "\n")
	}
	return out.String()
}
