package notice

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// basic is the default alphabet of text messages, its place being its number; the
// rune 0x1b leads to a letter of extended. Source: 3GPP TS 23.038 §6.2.1.
const basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ" +
	" !\"#¤%&'()*+,-./0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§" +
	"¿abcdefghijklmnopqrstuvwxyzäöñüà"

// extended are the letters after 0x1b with their numbers, the letter before its
// number. Source: 3GPP TS 23.038 §6.2.1.1.
const extended = "\f\x0a^\x14{\x28}\x29\\\x2f[\x3c~\x3d]\x3e|\x40€\x65"

// toGSM gives a text in the default alphabet, an octet for each septet; false if a
// letter is not in it.
func toGSM(text string) ([]byte, bool) {
	places, pairs := []rune(basic), []rune(extended)
	number := make(map[rune][]byte, len(places))
	for i, r := range places {
		number[r] = []byte{byte(i)}
	}
	for i := 0; i < len(pairs); i += 2 {
		number[pairs[i]] = []byte{0x1b, byte(pairs[i+1])}
	}
	delete(number, 0x1b)
	var out []byte
	for _, r := range text {
		n, ok := number[r]
		if !ok {
			return nil, false
		}
		out = append(out, n...)
	}
	return out, true
}

// toUCS2 gives a text as big-endian UTF-16, which telephones take for UCS-2.
func toUCS2(text string) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(strings.ToValidUTF8(text, "?"))) {
		out = binary.BigEndian.AppendUint16(out, unit)
	}
	return out
}
