package server

import (
	"net/netip"
	"time"

	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

// markPlace says that somebody typed the right code at a service from a network. It is to
// a service what the cookie of a known browser is to the page: whoever works in a shell
// all day is not counted with strangers.
const markPlace mark = "place"

// placeFor is how long a place is known after the last code there.
const placeFor = browserFor

// placeOf names a place to ask from; "" where the service does not say from where and
// strangers may be among those who ask. A shell that does not is the computer's own.
func placeOf(v front.Service, from netip.Addr) string {
	network := networkOf(from)
	if network == "" && v.Kind != front.Shell {
		return ""
	}
	return v.ID + "\x00" + network
}

// placeKey is the browser that a place counts as.
func (s *Server) placeKey(id trust.AccountID, place string) verify.Browser {
	return s.seals.markKey(markPlace+"\x00"+mark(place), id, trust.DeviceID{})
}

// knownAsking gives the known browser, or the known place at a service, that somebody asks
// from; zero for any other.
func (s *Server) knownAsking(tx store.Tx, id trust.AccountID, ask Asking, l verify.Limits) (verify.Browser, error) {
	if ask.Service == "" {
		return s.knownBrowser(tx, id, ask.Browser, l)
	}
	if ask.place == "" {
		return verify.Browser{}, nil
	}
	note, err := s.marked(tx, markPlace+"\x00"+mark(ask.place), id, trust.DeviceID{})
	if b := s.placeKey(id, ask.place); err == nil && note != nil && l.Known(b) {
		return b, nil
	}
	return verify.Browser{}, err
}

// knowPlace notes that the right code was typed at a place.
func (s *Server) knowPlace(tx store.Tx, id trust.AccountID, place string) error {
	if place == "" {
		return nil
	}
	return s.putMark(tx, markPlace+"\x00"+mark(place), id, trust.DeviceID{}, appendSeconds(nil, s.now().Truncate(time.Second)), placeFor)
}
