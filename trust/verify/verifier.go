package verify

import (
	"github.com/countersign/countersign/trust"
)

// Verifier holds the verifier's keys. It is immutable and safe for concurrent use.
type Verifier struct {
	record trust.Verifier
	keys   trust.Keys
	rowKey [32]byte
}

// New makes a verifier from its public record as it stands in the chains, its
// keys, and the key under which rows carry their MAC. The keys must be kept apart
// from the database.
func New(record trust.Verifier, keys trust.Keys, rowKey [32]byte) *Verifier {
	return &Verifier{record: record, keys: keys, rowKey: rowKey}
}

// Record gives the public record.
func (v *Verifier) Record() trust.Verifier { return v.record }
