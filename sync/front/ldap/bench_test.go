package ldap_test

import (
	"testing"

	goldap "github.com/go-ldap/ldap/v3"
)

const anna = "uid=anna,ou=imap,dc=countersign"

// BenchmarkBind is a bind with a right app password, by 8 clients at a time: on a
// connection that is kept, as Dovecot does, and with one for each bind, as others do.
func BenchmarkBind(b *testing.B) {
	h := newHouse(b)
	text, _ := h.make("imap")
	b.Run("kept", func(b *testing.B) {
		atOnce(b, func(c *goldap.Conn) error { return c.Bind(anna, text) }, h.connect)
	})
	b.Run("dialled", func(b *testing.B) {
		atOnce(b, func(*goldap.Conn) error {
			c, err := h.connect()
			if err != nil {
				return err
			}
			defer c.Close()
			return c.Bind(anna, text)
		}, func() (*goldap.Conn, error) { return nil, nil })
	})
}

func (h *house) connect() (*goldap.Conn, error) { return goldap.DialURL("ldap://" + h.at) }

// atOnce has 8 clients do the same.
func atOnce(b *testing.B, do func(*goldap.Conn) error, connect func() (*goldap.Conn, error)) {
	b.SetParallelism(4) // of two processors
	b.RunParallel(func(pb *testing.PB) {
		c, err := connect()
		if err != nil {
			b.Error(err)
			return
		}
		if c != nil {
			defer c.Close()
		}
		for pb.Next() {
			if err := do(c); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
