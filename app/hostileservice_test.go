package app_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust/apppass"
)

// What a backend says of services is printed on terminals: an identifier that no app
// password could name is none, and there is an end to them.
func TestServicesOfAHostileBackend(t *testing.T) {
	inHouse(t, func(h *house) {
		h.opening()
		h.d.Close()
		through(h, &h.o, &between{status: func(s *api.Status) {
			s.Services = append(s.Services, api.Service{ID: "\x1b[2Jimap", Title: "Mail", Open: true}, api.Service{ID: "imap", Title: "Mail again", Open: true})
			for n := range 5000 {
				s.Services = append(s.Services, api.Service{ID: fmt.Sprint("s", n), Title: "\x1b]0;owned\a", Open: true})
			}
		}})
		h.d = must(app.Open(h.ctx, h.o))
		h.pass(time.Second)
		list := h.d.View().Services
		if len(list) < 3 || len(list) > 256 || list[0].ID != "imap" || list[0].Title != "Mail" {
			t.Fatalf("%d services, beginning with %+v", len(list), list[:min(len(list), 1)])
		}
		seen := make(map[string]bool)
		for _, s := range list {
			if apppass.CheckService(s.ID) != nil || seen[s.ID] {
				t.Errorf("a service is %q", s.ID)
			}
			seen[s.ID] = true
		}
	})
}
