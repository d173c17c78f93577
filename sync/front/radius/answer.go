package radius

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"layeh.com/radius"
	"layeh.com/radius/rfc2865"
	"layeh.com/radius/rfc2869"

	"github.com/countersign/countersign/sync/front"
)

// protocol is what uses of app passwords are shown by.
const protocol = "radius"

// bindSize is how many bytes bind a State to its name and service.
const bindSize = 16

// attempt is one request, understood.
type attempt struct {
	packet   *radius.Packet
	client   *client
	service  string
	name     string
	password string
	from     netip.Addr // of the person's computer; zero = unknown
	first    bool       // the client says that it examined something else
}

// handle gives the answer to a datagram, nil for silence, and what became of it.
func (f *Front) handle(datagram []byte, from netip.AddrPort) ([]byte, outcome) {
	raw := whole(datagram)
	switch {
	case !f.knows(from.Addr()):
		return nil, unknown
	case raw == nil:
		return nil, malformed
	}
	p, err := radius.Parse(raw, nil)
	if err != nil || p.Code != radius.CodeAccessRequest && p.Code != radius.CodeStatusServer || !answerable(p) {
		return nil, malformed
	}
	c := f.clientOf(from.Addr(), rfc2865.NASIdentifier_GetString(p))
	if c == nil {
		return nil, unknown
	}
	if !c.authentic(raw, p) {
		f.log.Debug("dropping a RADIUS request that may be forged: Message-Authenticator is wrong or missing", "client", from.Addr())
		return nil, forged
	}
	if p.Code == radius.CodeStatusServer {
		return c.reply(p, radius.CodeAccessAccept, nil), status
	}
	return f.once(p, c, from)
}

// once answers a request, or gives what it was answered before.
func (f *Front) once(p *radius.Packet, c *client, from netip.AddrPort) ([]byte, outcome) {
	k := key{from: from, identifier: p.Identifier, authenticator: p.Authenticator}
	answer, v := f.seen.begin(k)
	switch v {
	case again:
		return answer, repeated
	case crowded:
		return nil, busy
	}
	answer, o := f.answer(p, c, from.Addr())
	f.seen.end(k, answer)
	return answer, o
}

func (f *Front) knows(from netip.Addr) bool {
	return slices.ContainsFunc(f.clients, func(c *client) bool { return c.knows(from) })
}

// clientOf gives the first client in the configuration that the request fits.
func (f *Front) clientOf(from netip.Addr, nas string) *client {
	for _, c := range f.clients {
		if c.takes(from, nas) {
			return c
		}
	}
	return nil
}

// answer asks the gate. What it cannot find out is not answered: clients then ask
// again, or another server.
func (f *Front) answer(p *radius.Packet, c *client, from netip.Addr) ([]byte, outcome) {
	t, ok := understand(p, c)
	if !ok {
		return c.reply(p, radius.CodeAccessReject, nil), rejected
	}
	ctx, cancel := context.WithTimeout(f.ctx, f.o.Patience)
	defer cancel()
	answer, o, err := f.decide(ctx, t)
	switch {
	case err == nil:
		return answer, o
	case errors.Is(err, front.ErrRefused):
		return c.reply(p, radius.CodeAccessReject, nil), rejected
	case errors.Is(err, front.ErrService):
		f.log.Warn("a RADIUS client asks for a service that is not configured", "service", t.service, "client", from)
		return c.reply(p, radius.CodeAccessReject, nil), rejected
	case errors.Is(err, front.ErrBusy):
		return nil, busy
	}
	f.log.Error("answering a RADIUS request", "service", t.service, "client", from, "err", err)
	return nil, broken
}

// understand takes from a request what the gate is asked. It is not ok without a name and a
// password in clear: EAP, CHAP and MS-CHAP compare with passwords that nobody here
// has.
func understand(p *radius.Packet, c *client) (attempt, bool) {
	sealed, pap := p.Lookup(rfc2865.UserPassword_Type)
	_, eap := p.Lookup(rfc2869.EAPMessage_Type)
	password, err := radius.UserPassword(sealed, c.secret, p.Authenticator[:])
	t := attempt{packet: p, client: c, service: c.Service, name: rfc2865.UserName_GetString(p), password: string(password)}
	t.first = c.First && c.saysNothing(sealed, p)
	if t.service == "" {
		t.service = rfc2865.NASIdentifier_GetString(p)
	}
	if from, err := netip.ParseAddr(rfc2865.CallingStationID_GetString(p)); err == nil {
		t.from = from.Unmap().WithZone("")
	}
	return t, pap && !eap && err == nil && t.name != "" && t.service != ""
}

// decide is the flow: a code if one was asked for, else an app password, else the
// account's password and a code: after a challenge, or in one field behind it.
func (f *Front) decide(ctx context.Context, t attempt) ([]byte, outcome, error) {
	if state, ok := t.packet.Lookup(rfc2865.State_Type); ok {
		return f.code(ctx, t, state)
	}
	try := t.try()
	if t.password == "" {
		if try.First = t.first; !try.First {
			return nil, "", front.ErrRefused
		}
		return f.ask(ctx, t, try)
	}
	_, err := f.gate.Check(ctx, try)
	if !errors.Is(err, front.ErrRefused) {
		return t.accept(err)
	}
	answer, o, err := f.ask(ctx, t, try)
	if !errors.Is(err, front.ErrRefused) || len(front.Split(t.password)) == 0 {
		return answer, o, err
	}
	_, err = f.gate.Both(ctx, try) // for clients that cannot ask: the first time the device rang
	return t.accept(err)
}

func (t attempt) try() front.Try {
	return front.Try{Service: t.service, Name: t.name, Password: t.password, From: t.from, Protocol: protocol}
}

// accept is the answer to who is let in, unless there is an error.
func (t attempt) accept(err error) ([]byte, outcome, error) {
	if err != nil {
		return nil, "", err
	}
	return t.client.reply(t.packet, radius.CodeAccessAccept, nil), accepted, nil
}

// ask rings the person's devices and answers at once with a challenge.
func (f *Front) ask(ctx context.Context, t attempt, try front.Try) ([]byte, outcome, error) {
	asked, err := f.gate.Ask(ctx, try)
	if errors.Is(err, front.ErrService) { // is there, but asks for no codes
		return nil, "", front.ErrRefused
	}
	if err != nil {
		return nil, "", err
	}
	text := fmt.Sprintf("Enter the %d-digit code from your trusted device (letters %s): ", asked.Digits, asked.Letters)
	return t.challenge(slices.Concat(asked.State, t.bind(asked.State)), text), challenged, nil
}

// code compares what was typed after a challenge.
func (f *Front) code(ctx context.Context, t attempt, state []byte) ([]byte, outcome, error) {
	secret, bound := state[:max(0, len(state)-bindSize)], state[max(0, len(state)-bindSize):]
	if !hmac.Equal(bound, t.bind(secret)) {
		return nil, "", front.ErrRefused
	}
	_, err := f.gate.Code(ctx, secret, t.try())
	if errors.Is(err, front.ErrAgain) {
		return t.challenge(state, "Not that one, or not allowed yet. Enter the code from your trusted device: "), challenged, nil
	}
	return t.accept(err)
}

// bind hashes for whom and for what a State was made, so that it opens nothing to
// another: with many clients a person chooses the name of every packet.
func (t attempt) bind(state []byte) []byte {
	mac := hmac.New(sha256.New, t.client.secret)
	fmt.Fprintf(mac, "countersign radius state\x00%d %s%d %s", len(t.service), t.service, len(t.name), t.name)
	mac.Write(state)
	return mac.Sum(nil)[:bindSize]
}

func (t attempt) challenge(state []byte, text string) []byte {
	return t.client.reply(t.packet, radius.CodeAccessChallenge, radius.Attributes{
		{Type: rfc2865.State_Type, Attribute: state},
		{Type: rfc2865.ReplyMessage_Type, Attribute: radius.Attribute(text)},
		{Type: rfc2869.Prompt_Type, Attribute: radius.NewInteger(uint32(rfc2869.Prompt_Value_Echo))},
	})
}
