package vault

import (
	"crypto/cipher"
	"encoding/binary"
)

const (
	// stateMagic begins every state file; the digit is the version of what
	// follows: the generation's number (8 bytes, big endian), then the box.
	stateMagic = "csstate1"
	// stateLabel binds the box to its use. Stored: do not change it.
	stateLabel = "td/1 device state\x00"
	// maxState is the largest blob in bytes, chosen arbitrarily: 256 chain
	// entries of the largest size, 64 KiB.
	maxState = 16 << 20

	generationHead     = len(stateMagic) + 8
	generationOverhead = generationHead + boxOverhead
)

// A generation is one saved blob and its number, counted from 1.
type generation struct {
	number uint64
	data   []byte
}

func (g generation) seal(box cipher.AEAD) []byte {
	head := make([]byte, 0, len(g.data)+generationOverhead)
	head = append(head, stateMagic...)
	head = binary.BigEndian.AppendUint64(head, g.number)
	return box.Seal(head, nil, g.data, append([]byte(stateLabel), head...))
}

// openGeneration reads hostile bytes; its one error is ErrDamaged.
func openGeneration(box cipher.AEAD, data []byte) (generation, error) {
	if len(data) < generationOverhead || string(data[:len(stateMagic)]) != stateMagic {
		return generation{}, ErrDamaged
	}
	head, sealed := data[:generationHead], data[generationHead:]
	blob, err := box.Open(nil, nil, sealed, append([]byte(stateLabel), head...))
	number := binary.BigEndian.Uint64(head[len(stateMagic):])
	if err != nil || number == 0 {
		return generation{}, ErrDamaged
	}
	return generation{number, blob}, nil
}
