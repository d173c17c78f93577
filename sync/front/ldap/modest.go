package ldap

// What a message may be made of. The decoder copies each element into all that hold it,
// so that what is deep costs it memory by far more than the message is long.
const (
	maxDepth    = 32
	maxElements = 2048
)

// modest reports whether BER is flat and short enough to be decoded: definite lengths
// that fit, tags of one byte, no deeper than maxDepth, no more elements than left, which
// it counts down.
func modest(raw []byte, depth int, left *int) bool {
	for len(raw) > 0 {
		if *left--; *left < 0 || depth > maxDepth || raw[0]&0x1f == 0x1f {
			return false
		}
		constructed := raw[0]&0x20 != 0
		n, rest, ok := lengthOf(raw[1:])
		if !ok || constructed && !modest(rest[:n], depth+1, left) {
			return false
		}
		raw = rest[n:]
	}
	return true
}

// lengthOf gives a definite length that what follows has.
func lengthOf(raw []byte) (n int, rest []byte, ok bool) {
	if len(raw) == 0 {
		return 0, nil, false
	}
	first, rest := raw[0], raw[1:]
	if first < 0x80 {
		return int(first), rest, int(first) <= len(rest)
	}
	more := int(first & 0x7f)
	if more == 0 || more > 4 || more > len(rest) {
		return 0, nil, false
	}
	for _, b := range rest[:more] {
		n = n<<8 | int(b)
	}
	return n, rest[more:], n <= len(rest)-more
}
