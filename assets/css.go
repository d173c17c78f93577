package assets

import "fmt"

// CSSVariables gives the colours to pages: a style sheet that sets "--paper",
// "--ink" and so on for :root, and sets them anew for browsers that ask for
// dark, for more contrast, or for both.
func CSSVariables() ([]byte, error) {
	var sheet []byte
	for _, s := range []struct {
		palette Palette
		scheme  string
		when    string
	}{
		{Light, "light dark", ""},
		{Dark, "", "(prefers-color-scheme:dark)"},
		{ContrastLight, "", "(prefers-contrast:more)"},
		{Contrast, "", "(prefers-contrast:more) and (prefers-color-scheme:dark)"},
	} {
		colours, err := s.palette.Colours()
		if err != nil {
			return nil, err
		}
		rule := ":root{" + colours.CSS() + "}"
		if s.scheme != "" {
			rule = ":root{color-scheme:" + s.scheme + ";" + colours.CSS() + "}"
		}
		if s.when != "" {
			rule = "@media " + s.when + "{" + rule + "}"
		}
		sheet = fmt.Appendln(sheet, rule)
	}
	return sheet, nil
}
