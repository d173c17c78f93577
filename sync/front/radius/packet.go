package radius

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/binary"
	"hash"

	"layeh.com/radius"
	"layeh.com/radius/rfc2865"
	"layeh.com/radius/rfc2869"
)

// header is how long a packet is before its attributes; authAt and authEnd are where
// in it the authenticator is (RFC 2865 section 3).
const (
	header  = 20
	authAt  = 4
	authEnd = 20
)

// whole cuts a datagram to the length that its packet tells; nil if it has none.
func whole(datagram []byte) []byte {
	if len(datagram) < header {
		return nil
	}
	length := int(binary.BigEndian.Uint16(datagram[2:]))
	if length < header || length > len(datagram) || length > radius.MaxPacketLength {
		return nil
	}
	return datagram[:length]
}

// answerable reports whether what must be echoed leaves room for an answer: none may
// be lost for length after a code was used up.
func answerable(p *radius.Packet) bool {
	const room = 512 // more than header, Message-Authenticator, State, text and Prompt
	echoed := 0
	for _, a := range p.Attributes {
		if a.Type == rfc2865.ProxyState_Type {
			echoed += 2 + len(a.Attribute)
		}
	}
	return echoed <= radius.MaxPacketLength-room
}

// signature tells where in a packet the value of its Message-Authenticator begins; 0
// without one. It is not ok if there are several, or one of another length. The
// attributes have been parsed.
func signature(packet []byte) (at int, ok bool) {
	for i := header; i+2 <= len(packet); i += int(packet[i+1]) {
		if radius.Type(packet[i]) != rfc2869.MessageAuthenticator_Type {
			continue
		}
		if at != 0 || packet[i+1] != 2+md5.Size {
			return 0, false
		}
		at = i + 2
	}
	return at, true
}

// authentic reports whether a request may be believed to be of the client (RFC 3579
// section 3.2). One without a Message-Authenticator is, where the client is allowed
// that and there is no Proxy-State: an attacker between both needs that to be echoed
// to make an answer of his own (CVE-2024-3596).
func (c *client) authentic(raw []byte, p *radius.Packet) bool {
	at, ok := signature(raw)
	if !ok {
		return false
	}
	if at == 0 {
		_, proxied := p.Lookup(rfc2865.ProxyState_Type)
		return !c.required && !proxied && p.Code != radius.CodeStatusServer
	}
	var zero [md5.Size]byte
	mac := c.mac()
	defer c.macs.Put(mac)
	mac.Write(raw[:at])
	mac.Write(zero[:])
	mac.Write(raw[at+md5.Size:])
	return hmac.Equal(mac.Sum(zero[:0]), raw[at:at+md5.Size])
}

// saysNothing reports whether a password is none, to its last byte: that a client which
// does not sign says so shows then that it knows the secret. Bytes drawn at random begin
// with the end of a password once in 256 times.
func (c *client) saysNothing(sealed []byte, p *radius.Packet) bool {
	none, err := radius.NewUserPassword(nil, c.secret, p.Authenticator[:])
	return err == nil && hmac.Equal(none, sealed)
}

// mac gives a hash under the client's secret; Put gives it back. To make one costs
// more than to use it.
func (c *client) mac() hash.Hash {
	if mac, ok := c.macs.Get().(hash.Hash); ok {
		mac.Reset()
		return mac
	}
	return hmac.New(md5.New, c.secret)
}

// reply writes the answer to a request: Message-Authenticator first, as nobody can
// then put anything before it, the attributes, the request's Proxy-States in their
// order. The request is answerable.
func (c *client) reply(p *radius.Packet, code radius.Code, attributes radius.Attributes) []byte {
	r := p.Response(code)
	r.Add(rfc2869.MessageAuthenticator_Type, make([]byte, md5.Size))
	r.Attributes = append(r.Attributes, attributes...)
	for _, a := range p.Attributes {
		if a.Type == rfc2865.ProxyState_Type {
			r.Attributes = append(r.Attributes, a)
		}
	}
	raw, err := r.MarshalBinary() // with the request's authenticator, which both hashes want
	if err != nil {
		return nil
	}
	mac := c.mac()
	defer c.macs.Put(mac)
	mac.Write(raw)
	mac.Sum(raw[header+2 : header+2])
	sum := md5.New()
	sum.Write(raw)
	sum.Write(c.secret)
	sum.Sum(raw[authAt:authAt:authEnd])
	return raw
}
