package scan

import (
	"bytes"
	"image"
	"image/jpeg"
)

// yuyv answers the picture in a camera's frame of two pixels in four bytes: light,
// blue, light, red. The size is the one agreed with the camera; a frame of another
// length is ErrPicture. The bytes are copied, as the camera writes into them again.
func yuyv(frame []byte, w, h int) (image.Image, error) {
	if w <= 0 || h <= 0 || w%2 != 0 || tooLarge(w, h) || len(frame) != 2*w*h {
		return nil, ErrPicture
	}
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio422)
	for i := range img.Cb {
		img.Y[2*i], img.Y[2*i+1] = frame[4*i], frame[4*i+2]
		img.Cb[i], img.Cr[i] = frame[4*i+1], frame[4*i+3]
	}
	return img, nil
}

// motionJPEG answers the picture in a camera's frame of one JPEG, which may leave
// out the Huffman tables where they are the standard's. Bytes after its end are
// left alone: drivers hand on their whole buffer.
func motionJPEG(frame []byte) (image.Image, error) {
	start := bytes.Index(frame, []byte{0xff, 0xda})
	if start < 0 || !bytes.HasPrefix(frame, []byte{0xff, 0xd8, 0xff}) {
		return nil, ErrPicture
	}
	if !bytes.Contains(frame[:start], []byte{0xff, 0xc4}) {
		tables, err := standardTables()
		if err != nil {
			return nil, ErrPicture
		}
		frame = bytes.Join([][]byte{frame[:start], tables, frame[start:]}, nil)
	}
	return open(frame)
}

// standardTables answers the segments of a JPEG with the Huffman tables of the
// standard's annex K: those that Go's own encoder writes.
func standardTables() ([]byte, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewYCbCr(image.Rect(0, 0, 8, 8), image.YCbCrSubsampleRatio420), nil); err != nil {
		return nil, err
	}
	from, to := bytes.Index(b.Bytes(), []byte{0xff, 0xc4}), bytes.Index(b.Bytes(), []byte{0xff, 0xda})
	return b.Bytes()[from:to], nil
}
