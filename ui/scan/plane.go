package scan

import (
	"image"
	"image/draw"
)

// workPixels is the size on which the ladder works. A screen of 3840 by 2160 is
// read in full, where a code may be small; a photo of 12 million is halved.
const workPixels = 9 << 20

// plane is a picture's light, one byte for each pixel, rows without gaps.
type plane struct {
	pix  []byte
	w, h int
}

func newPlane(w, h int) *plane {
	return &plane{pix: make([]byte, w*h), w: w, h: h}
}

// newPlaneOf answers the light of a picture, made smaller by a whole factor until
// it is at most workPixels. It goes by strips, so that beside the picture itself
// little memory is needed.
func newPlaneOf(img image.Image) *plane {
	b := img.Bounds()
	by := 1
	for b.Dx()/by*(b.Dy()/by) > workPixels {
		by++
	}
	p := newPlane(b.Dx()/by, b.Dy()/by)
	s := strip{rgba: image.NewRGBA(image.Rect(0, 0, p.w*by, by)), sum: make([]int, p.w), by: by}
	for y := range p.h {
		s.take(img, b.Min.Add(image.Pt(0, y*by)))
		s.put(p.pix[y*p.w : (y+1)*p.w])
	}
	return p
}

// strip is the rows of a picture that become one row of a plane.
type strip struct {
	rgba *image.RGBA
	sum  []int
	by   int
}

// take copies the rows from a point on. What is transparent becomes white, as it is
// on the page where such a picture is made for.
func (s *strip) take(img image.Image, from image.Point) {
	if ycc, ok := img.(*image.YCbCr); ok {
		s.takeLight(ycc, from)
		return
	}
	draw.Draw(s.rgba, s.rgba.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(s.rgba, s.rgba.Rect, img, from, draw.Over)
	clear(s.sum)
	for y := range s.by {
		row := s.rgba.Pix[y*s.rgba.Stride:][:s.rgba.Stride]
		for x := range s.rgba.Rect.Dx() {
			r, g, b := int(row[4*x]), int(row[4*x+1]), int(row[4*x+2])
			s.sum[x/s.by] += (299*r + 587*g + 114*b + 500) / 1000
		}
	}
}

// takeLight does it for photos and camera frames, which hold their light already.
func (s *strip) takeLight(img *image.YCbCr, from image.Point) {
	clear(s.sum)
	for y := range s.by {
		row := img.Y[img.YOffset(from.X, from.Y+y):]
		for x, light := range row[:s.rgba.Rect.Dx()] {
			s.sum[x/s.by] += int(light)
		}
	}
}

func (s *strip) put(row []byte) {
	for x, sum := range s.sum {
		row[x] = byte(sum / (s.by * s.by))
	}
}

// soften spreads every pixel over its neighbours by 1 2 1, twice across: noise of
// a camera goes, edges of modules stay.
func (p *plane) soften() *plane {
	o := &plane{pix: append([]byte(nil), p.pix...), w: p.w, h: p.h}
	for y := 1; y < p.h-1; y++ {
		up, mid, down := p.row(y-1), p.row(y), p.row(y+1)
		for x := 1; x < p.w-1; x++ {
			corners := int(up[x-1]) + int(up[x+1]) + int(down[x-1]) + int(down[x+1])
			sides := int(up[x]) + int(mid[x-1]) + int(mid[x+1]) + int(down[x])
			o.pix[y*p.w+x] = byte((corners + 2*sides + 4*int(mid[x])) / 16)
		}
	}
	return o
}

func (p *plane) row(y int) []byte { return p.pix[y*p.w : (y+1)*p.w] }

// halve makes one pixel of four.
func (p *plane) halve() *plane {
	o := newPlane(p.w/2, p.h/2)
	for y := range o.h {
		up, down := p.row(2*y), p.row(2*y+1)
		for x := range o.w {
			o.pix[y*o.w+x] = byte((int(up[2*x]) + int(up[2*x+1]) + int(down[2*x]) + int(down[2*x+1])) / 4)
		}
	}
	return o
}

// double makes four pixels of one, those between two the mean of both.
func (p *plane) double() *plane {
	o := newPlane(p.w*2, p.h*2)
	for y := range o.h {
		up, down := p.row(y/2), p.row(min(y/2+y%2, p.h-1))
		for x := range o.w {
			left, right := x/2, min(x/2+x%2, p.w-1)
			o.pix[y*o.w+x] = byte((int(up[left]) + int(up[right]) + int(down[left]) + int(down[right])) / 4)
		}
	}
	return o
}

// invert swaps dark and light.
func (p *plane) invert() *plane {
	o := newPlane(p.w, p.h)
	for i, light := range p.pix {
		o.pix[i] = ^light
	}
	return o
}

// threshold makes every pixel black or white, whichever it is against the mean of
// the square around it that reaches reach pixels to each side. Shadows and lamps
// over a picture go that way. Three per cent below the mean is still white, or else
// every plain surface would be speckled.
func (p *plane) threshold(reach int) *plane {
	sums := p.sums()
	o := newPlane(p.w, p.h)
	for y := range p.h {
		y0, y1 := max(0, y-reach), min(p.h, y+reach+1)
		top, bottom := sums[y0*(p.w+1):], sums[y1*(p.w+1):]
		for x := range p.w {
			x0, x1 := max(0, x-reach), min(p.w, x+reach+1)
			sum := int64(bottom[x1] - top[x1] - bottom[x0] + top[x0])
			if int64(p.pix[y*p.w+x])*int64((y1-y0)*(x1-x0))*100 >= sum*97 {
				o.pix[y*p.w+x] = 255
			}
		}
	}
	return o
}

// sums holds for every corner between pixels the sum of all above and left of it.
// 32 bits hold workPixels of 255; differences hold even where they would not.
func (p *plane) sums() []uint32 {
	sums := make([]uint32, (p.w+1)*(p.h+1))
	for y := range p.h {
		var row uint32
		for x, light := range p.row(y) {
			row += uint32(light)
			sums[(y+1)*(p.w+1)+x+1] = sums[y*(p.w+1)+x+1] + row
		}
	}
	return sums
}
