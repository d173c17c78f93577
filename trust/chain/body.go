package chain

// Body gives the signed part of an entry, to which a grant is bound by
// trust.HashBody. It is read, not verified: ErrInvalid or ErrUnknown if the entry
// cannot be read.
func Body(raw []byte) ([]byte, error) {
	e, _, err := decode(raw)
	if err != nil {
		return nil, err
	}
	return e.Body, nil
}
