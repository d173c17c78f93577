package widgets

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Chart counts by day: a column for each, of one part for each kind that has any.
// Parts differ by pattern as well as by colour; Legend says which is which.
type Chart struct {
	widget.BaseWidget
	days  []*chartDay
	base  *canvas.Rectangle
	marks []*mark
	most  int
}

// ChartDay is one column.
type ChartDay struct {
	Label string // below it; "" = none
	Parts []Part // from the bottom up
}

// Part is how often a kind was counted.
type Part struct {
	Pattern Pattern
	Count   int
}

// chartDay is a column as it is drawn.
type chartDay struct {
	label, total *canvas.Text
	parts        []*mark
	counts       []int
}

const (
	chartUnit  = 18 // height of one, as long as the highest column fits
	chartPlot  = 126
	chartLow   = 4 // a chart is at least as high as this many
	chartWidth = 28
)

// NewChart draws the days from left to right.
func NewChart(days []ChartDay) *Chart {
	c := &Chart{base: canvas.NewRectangle(color.Transparent), most: chartLow}
	for _, d := range days {
		drawn := &chartDay{label: canvas.NewText(d.Label, color.Transparent)}
		sum := 0
		for _, p := range d.Parts {
			if p.Count == 0 {
				continue
			}
			m := newMark(p.Pattern)
			drawn.parts, drawn.counts = append(drawn.parts, m), append(drawn.counts, p.Count)
			c.marks = append(c.marks, m)
			sum += p.Count
		}
		drawn.total = canvas.NewText("", color.Transparent)
		if sum > 0 {
			drawn.total.Text = strconv.Itoa(sum)
		}
		c.most = max(c.most, sum)
		c.days = append(c.days, drawn)
	}
	c.ExtendBaseWidget(c)
	return c
}

func (c *Chart) unit() float32 { return min(chartUnit, chartPlot/float32(c.most)) }

// height is the same at every width.
func (c *Chart) height() float32 {
	return Caption.line*scale() + 4 + c.unit()*float32(c.most) + 8 + Caption.line*scale()
}

// HeightFor gives the height of the highest column with its words.
func (c *Chart) HeightFor(float32) float32 { return c.height() }

// CreateRenderer draws columns on a line.
func (c *Chart) CreateRenderer() fyne.WidgetRenderer {
	f := &face{
		objects: []fyne.CanvasObject{c.base},
		layout:  c.layout,
		min:     func() fyne.Size { return fyne.NewSize(8*float32(len(c.days)), c.height()) },
		paint:   c.paint,
	}
	for _, d := range c.days {
		f.objects = append(f.objects, d.label, d.total)
	}
	for _, m := range c.marks {
		f.objects = append(f.objects, m)
	}
	c.paint()
	return f
}

func (c *Chart) paint() {
	c.base.FillColor = Color(Line)
	for _, d := range c.days {
		d.label.TextSize, d.label.Color = Caption.size*scale(), Color(Ink2)
		d.total.TextSize, d.total.Color = Caption.size*scale(), Color(Ink)
	}
}

func (c *Chart) layout(size fyne.Size) {
	line := Caption.line * scale()
	foot := size.Height - line - 8
	pitch := size.Width / float32(max(len(c.days), 1))
	place(c.base, 0, foot, size.Width, 1)
	for i, d := range c.days {
		middle := pitch * (float32(i) + 0.5)
		top := d.stack(middle, foot, min(chartWidth, pitch*0.66), c.unit())
		m := d.total.MinSize()
		place(d.total, middle-m.Width/2, top-2-m.Height, m.Width, m.Height)
		m = d.label.MinSize()
		place(d.label, max(0, min(middle-m.Width/2, size.Width-m.Width)), foot+8, m.Width, m.Height)
	}
}

// stack puts the parts on each other and gives where the column ends.
func (d *chartDay) stack(middle, foot, width, unit float32) (top float32) {
	top = foot
	for i, m := range d.parts {
		h := unit * float32(d.counts[i])
		top -= h
		gap := min(2, h/3)
		place(m, middle-width/2, top+gap, width, h-gap)
	}
	return top
}
