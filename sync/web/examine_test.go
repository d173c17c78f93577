package web_test

import (
	"regexp"

	"github.com/chromedp/chromedp"
)

// order is what must hold on every page: names for everything, no sideways
// scrolling, targets large enough to hit, text that can be read on its ground.
const order = `(() => {
  const bad = [], seen = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden" && !e.closest(".away");
  const say = (what, e) => bad.push(what + ": " + (e ? e.outerHTML.slice(0, 160) : ""));
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const far = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > root.clientWidth + 0.5);
    say("scrolls sideways at " + innerWidth, far[far.length - 1]);
  }
  for (const [what, n] of [["h1", 1], ["main", 1]]) if (document.querySelectorAll(what).length !== n) say("not one " + what);
  if (!document.title.trim()) say("no title");
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  if (new Set(ids).size !== ids.length) say("the same id twice");
  for (const e of document.querySelectorAll("input:not([type=hidden])")) if (![...e.labels].some((l) => l.textContent.trim())) say("no label", e);
  for (const e of document.querySelectorAll("button, a, summary")) {
    if (!(e.getAttribute("aria-label") || e.textContent).trim()) say("no name", e);
    const box = e.getBoundingClientRect();
    if (seen(e) && (box.height < 43.5 || box.width < 43.5)) say("small target " + box.width + " by " + box.height, e);
  }
  for (const e of document.querySelectorAll("svg, img")) if (e.getAttribute("aria-hidden") !== "true" && !e.getAttribute("alt")) say("picture without words", e);
  for (const e of document.querySelectorAll("[aria-describedby]")) if (!document.getElementById(e.getAttribute("aria-describedby"))) say("described by nothing", e);
  for (const e of document.querySelectorAll("body [style], [onclick]")) say("inline", e);
  const rgba = (c) => { const v = c.match(/[\d.]+/g).map(Number); return [v[0], v[1], v[2], v.length > 3 ? v[3] : 1]; };
  const light = (c) => c.slice(0, 3).map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) => { for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c; } return [255, 255, 255, 1]; };
  const least = matchMedia("(prefers-contrast: more)").matches ? 7 : 4.5;
  const texts = [...document.body.querySelectorAll("*")].filter((e) => seen(e) && ([...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || e.matches("input:not([type=checkbox])")));
  for (const e of texts) {
    const on = light(ground(e)), of = light(rgba(getComputedStyle(e).color)), ratio = (Math.max(on, of) + 0.05) / (Math.min(on, of) + 0.05);
    if (ratio < least) say("contrast " + ratio.toFixed(2), e);
    if (parseFloat(getComputedStyle(e).fontSize) < 13) say("small text", e);
  }
  for (const e of document.querySelectorAll(".texts, .texts *, h1, p, label, button, summary, .bar b, .bar span")) {
    if (seen(e) && getComputedStyle(e).textOverflow !== "ellipsis" && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline") say("text is cut", e);
  }
  return bad;
})()`

// unwanted has no place on a page; the sentences themselves are read elsewhere.
var unwanted = regexp.MustCompile(`(?i)!|\b(tokens?|credentials?|factors?|challenges?|please|errors?|bitte|fehler)\b|\{[a-z]+\}|<no value>|%!`)

// widths are looked at beside the usual 390: a wide window, it at 200 %, the
// narrowest that pages must fit in, a phone at 200 %. Words are longest in German.
var widths = map[string][]int64{"en": {1000, 320}, "de": {1000, 500, 320, 195}}

// examine looks at the page in every appearance and width.
func (b *tab) examine(language string) {
	b.t.Helper()
	if got := value[string](b, "document.documentElement.lang"); got != language {
		b.t.Errorf("the page says it is in %q, not %q", got, language)
	}
	if bad := unwanted.FindString(value[string](b, "document.title + ' ' + document.body.textContent + [...document.querySelectorAll('[aria-label]')].map((e) => e.ariaLabel)")); bad != "" {
		b.t.Errorf("in %s the page says %q", language, bad)
	}
	if language == "en" { // colours are the same in every language
		for _, look := range appearances {
			b.media(look.scheme, look.contrast)
			b.inOrder(look.name + " " + language)
		}
		b.media("light", "no-preference")
	}
	for _, width := range widths[language] {
		b.do(chromedp.EmulateViewport(width, 640))
		b.inOrder(language)
	}
	b.do(chromedp.EmulateViewport(390, 844))
	b.do(chromedp.Evaluate[chromedp.Void]("document.documentElement.style.fontSize = '200%'"))
	b.inOrder("double text " + language)
	b.do(chromedp.Evaluate[chromedp.Void]("document.documentElement.removeAttribute('style')"))
}

func (b *tab) inOrder(how string) {
	b.t.Helper()
	for _, bad := range value[[]string](b, order) {
		b.t.Errorf("%s: %s", how, bad)
	}
}
