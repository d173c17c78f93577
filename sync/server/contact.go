package server

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/notice"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// Bounds of confirming an address; docs/protocol.md §12.
const (
	confirmFor   = 24 * time.Hour
	confirmTries = 5
	mostCodes    = 5 // codes an account may have sent in a day
)

// contact is an address inside one transaction.
type contact struct {
	account trust.AccountID
	created time.Time
	contactNote
}

// contactNote is what an address's ticket holds. Stored; do not rename.
type contactNote struct {
	ID        string     `json:"id"`
	Medium    api.Medium `json:"medium"`
	Address   string     `json:"address"`
	Language  string     `json:"language"`
	Confirmed bool       `json:"confirmed,omitempty"`
	SignIn    bool       `json:"sign_in,omitempty"` // codes sent to it let in
	Code      []byte     `json:"code,omitempty"`    // its MAC
	Tries     int        `json:"tries,omitempty"`
}

// AddContact has a code sent to an address.
func (s *Server) AddContact(ctx context.Context, token api.Secret, call api.ContactCall) (out api.Contact, err error) {
	if !slices.Contains(s.media, call.Medium) {
		return out, refuse(api.CodeNotFound, "this server sends no such messages", "its operator can set it up")
	}
	address, ok := cleanAddress(call.Medium, call.Address)
	if !ok {
		return out, errAddress(call.Medium)
	}
	c, err := s.confirmed(ctx, token, call.Password, func(tx store.Tx, c caller) error {
		if err := s.mayChange(tx, c); err != nil {
			return err
		}
		k, err := s.addContact(tx, c, contactNote{Medium: call.Medium, Address: address, Language: call.Language})
		out = k.shown()
		return err
	})
	if err == nil {
		s.hub.hint(c.ID)
	}
	return out, s.orInternal(ctx, "contact", err)
}

func (s *Server) addContact(tx store.Tx, c caller, note contactNote) (contact, error) {
	all, err := s.contactsOf(tx, c.ID)
	if err != nil {
		return contact{}, err
	}
	k := contact{account: c.ID, created: s.now().Truncate(time.Second), contactNote: note}
	same := 0
	for _, o := range all {
		if o.Medium != note.Medium {
			continue
		}
		if same++; o.Address == note.Address {
			if o.Confirmed {
				return o, nil
			}
			same, k.ID = same-1, o.ID
		}
	}
	if same >= api.MaxContacts {
		return contact{}, refuse(api.CodeMalformed, "this account has as many addresses as it may", "remove one first")
	}
	if err := s.countCode(tx, c.ID); err != nil {
		return contact{}, err
	}
	if k.ID == "" {
		id, err := s.secret(16)
		if err != nil {
			return contact{}, err
		}
		k.ID = hex.EncodeToString(id)
	}
	k.Confirmed = k.Medium == api.MediumWake // it carries no code, and says nothing
	if err := s.putContact(tx, k); err != nil {
		return contact{}, err
	}
	if k.Confirmed {
		return k, s.tell(tx, c.ID, api.EventContact, api.EventData{Device: c.device, Address: k.Address})
	}
	return k, s.post(tx, noticeCode, posting{ID: k.ID, Medium: k.Medium, Address: k.Address, Language: k.Language}, c.ID)
}

// countCode counts a code that is sent, or refuses: nobody's mailbox is to be
// filled by way of an account.
func (s *Server) countCode(tx store.Tx, id trust.AccountID) error {
	note, err := s.marked(tx, markCodes, id, trust.DeviceID{})
	if err != nil {
		return err
	}
	var kept []byte
	for at := 0; at+8 <= len(note); at += 8 {
		if s.now().Sub(secondsAt(note[at:at+8])) < confirmFor {
			kept = append(kept, note[at:at+8]...)
		}
	}
	if len(kept) >= 8*mostCodes {
		return s.refuseUntil(secondsAt(kept[:8]).Add(confirmFor))
	}
	return s.putMark(tx, markCodes, id, trust.DeviceID{}, appendSeconds(kept, s.now()), confirmFor)
}

// ConfirmContact takes the code that was sent to an address.
func (s *Server) ConfirmContact(ctx context.Context, token api.Secret, id, code string) error {
	var c caller
	wrong := false
	err := s.store.Update(ctx, func(tx store.Tx) (err error) {
		if c, err = s.caller(tx, token); err != nil {
			return err
		}
		k, err := s.contact(tx, c.ID, id)
		if err != nil {
			return err
		}
		if k.Confirmed {
			return nil
		}
		if len(k.Code) == 0 || k.Tries >= confirmTries {
			return refuse(api.CodeNotFound, "no code waits for this address", "have another one sent")
		}
		k.Tries++
		if wrong = !hmac.Equal(k.Code, s.seals.codeMAC(id, digitsOf(code))); !wrong {
			k.Confirmed, k.Code, k.Tries = true, nil, 0
		}
		if err := s.putContact(tx, k); err != nil || wrong {
			return err
		}
		return s.tell(tx, c.ID, api.EventContact, api.EventData{Device: c.device, Address: k.Address})
	})
	if err == nil && wrong {
		err = refuse(api.CodePassword, "the code is wrong", "")
	}
	if err == nil {
		s.hub.hint(c.ID)
	}
	return s.orInternal(ctx, "confirm", err)
}

// RemoveContact ends an address.
func (s *Server) RemoveContact(ctx context.Context, token api.Secret, id, password string) error {
	c, err := s.confirmed(ctx, token, password, func(tx store.Tx, c caller) error {
		if err := s.mayChange(tx, c); err != nil {
			return err
		}
		k, err := s.contact(tx, c.ID, id)
		if err != nil {
			return err
		}
		if err := s.endText(tx, c, k); err != nil {
			return err
		}
		if k.Confirmed { // told while the address is still one of the account's
			if err := s.tell(tx, c.ID, api.EventContact, api.EventData{Device: c.device, Address: k.Address, By: api.ContactRemoved}); err != nil {
				return err
			}
		}
		_, err = tx.TakeTicket(store.Contact, contactHash(id), s.now())
		return err
	})
	if err == nil {
		s.hub.hint(c.ID)
	}
	return s.orInternal(ctx, "contact", err)
}

// contacts gives an account's addresses as they are told, oldest first.
func (s *Server) contacts(tx store.Tx, id trust.AccountID) ([]api.Contact, error) {
	all, err := s.contactsOf(tx, id)
	var out []api.Contact
	for _, k := range all {
		out = append(out, k.shown())
	}
	return out, err
}

func (k contact) shown() api.Contact {
	return api.Contact{ID: k.ID, Medium: k.Medium, Address: k.Address, Language: k.Language, Confirmed: k.Confirmed, Since: k.created, SignIn: k.SignIn}
}

func (s *Server) contactsOf(tx store.Tx, id trust.AccountID) ([]contact, error) {
	tickets, err := tx.TicketsOf(id, store.Contact)
	if err != nil {
		return nil, err
	}
	var out []contact
	for _, t := range slices.Backward(tickets) {
		if k, ok := s.readContact(t); ok && t.Expires.After(s.now()) {
			out = append(out, k)
		}
	}
	return out, nil
}

// contact gives one address of the account. CodeNotFound.
func (s *Server) contact(tx store.Tx, account trust.AccountID, id string) (contact, error) {
	no := refuse(api.CodeNotFound, "the account has no such address", "")
	t, err := tx.Ticket(store.Contact, contactHash(id), s.now())
	if absent(err) {
		return contact{}, no
	}
	if err != nil {
		return contact{}, err
	}
	k, ok := s.readContact(t)
	if !ok || k.account != account {
		return contact{}, no
	}
	return k, nil
}

func (s *Server) readContact(t store.Ticket) (contact, bool) {
	note, genuine := s.seals.open(t)
	k := contact{account: t.Account, created: t.Created}
	ok := genuine && json.Unmarshal([]byte(note), &k.contactNote) == nil
	return k, ok
}

func (s *Server) putContact(tx store.Tx, k contact) error {
	note, err := json.Marshal(k.contactNote)
	if err != nil {
		return err
	}
	lasts := confirmFor
	if k.Confirmed {
		lasts = forGood
	}
	t, err := s.seals.put(store.Ticket{
		Kind: store.Contact, Hash: contactHash(k.ID), Account: k.account, Created: k.created, Expires: k.created.Add(lasts),
	}, string(note))
	if err != nil {
		return err
	}
	return tx.PutTicket(t)
}

func contactHash(id string) [32]byte { return sha256.Sum256([]byte("td/1 contact\x00" + id)) }

func (s seals) codeMAC(id, code string) []byte {
	mac := hmac.New(sha256.New, s.key[:])
	mac.Write([]byte("td/1 contact code\x00" + id + "\x00" + code))
	return mac.Sum(nil)
}

// digitsOf gives what was typed without what people put between digits.
func digitsOf(typed string) string { return strings.NewReplacer(" ", "", "-", "").Replace(typed) }

var telephone = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

func errAddress(m api.Medium) error {
	hint := ""
	if m == api.MediumWake {
		hint = "a topic is https, a host and a path, and nothing else"
	}
	return refuse(api.CodeMalformed, "this cannot be an address", hint)
}

// cleanAddress gives an address as it is kept, false if it cannot be one.
func cleanAddress(m api.Medium, text string) (string, bool) {
	text = strings.TrimSpace(text)
	if len(text) > 254 || trust.Printable(text, 300) != text {
		return "", false
	}
	switch m {
	case api.MediumMail:
		a, err := mail.ParseAddress(text)
		return text, err == nil && a.Address == text && strings.Contains(text, "@")
	case api.MediumText:
		text = strings.NewReplacer(" ", "", "-", "", "/", "", "(", "", ")", "").Replace(text)
		return text, telephone.MatchString(text)
	case api.MediumWake:
		return text, notice.IsTopic(text)
	}
	return "", false
}
