package backend

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/sync/store/sqlite"
)

// Account is one line of Accounts.
type Account struct {
	Name    string    `json:"name"`
	ID      string    `json:"id"`
	TwoStep bool      `json:"two_step"`
	Devices int       `json:"devices"`
	Created time.Time `json:"created"`
}

type inviteCall struct {
	Name string `json:"name"`
}

type inviteAnswer struct {
	Link string `json:"link"`
}

func (b *Backend) serveAdmin() (err error) {
	if b.admin, err = listenAdmin(b.o.Data); err != nil {
		return fmt.Errorf("opening %s: %w", adminSocket, err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /invite", b.adminInvite)
	mux.HandleFunc("GET /accounts", b.adminAccounts)
	mux.HandleFunc("POST /renew", b.adminRenew)
	b.handleTests(mux)
	b.adminsrv = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	b.work.Go(func() { b.adminsrv.Serve(b.admin) })
	return nil
}

func (b *Backend) adminInvite(w http.ResponseWriter, r *http.Request) {
	var c inviteCall
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10)).Decode(&c); err != nil {
		adminNo(w, err)
		return
	}
	link, err := b.Invite(r.Context(), c.Name)
	if err != nil {
		adminNo(w, err)
		return
	}
	json.NewEncoder(w).Encode(inviteAnswer{Link: link})
}

func (b *Backend) adminRenew(w http.ResponseWriter, r *http.Request) {
	var c inviteCall
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10)).Decode(&c); err != nil {
		adminNo(w, err)
		return
	}
	out, err := b.server.Renew(r.Context(), c.Name)
	if err != nil {
		adminNo(w, err)
		return
	}
	json.NewEncoder(w).Encode(out)
}

func (b *Backend) adminAccounts(w http.ResponseWriter, r *http.Request) {
	list, err := accounts(r.Context(), b.db)
	if err != nil {
		adminNo(w, err)
		return
	}
	json.NewEncoder(w).Encode(list)
}

func adminNo(w http.ResponseWriter, err error) {
	var e *api.Error
	if !errors.As(err, &e) {
		e = &api.Error{Code: api.CodeInternal, Message: err.Error()}
	}
	w.WriteHeader(http.StatusBadRequest)
	json.NewEncoder(w).Encode(e)
}

// Invite makes an invitation in a data folder: through the backend that runs on
// it, else directly. publicURL is used when the folder was never started.
func Invite(ctx context.Context, o Options, name string) (link string, err error) {
	var out inviteAnswer
	running, err := ask(ctx, o.Data, http.MethodPost, "/invite", inviteCall{Name: name}, &out)
	if running || err != nil {
		return out.Link, err
	}
	err = direct(ctx, o, func(s *server.Server, _ *sqlite.DB) error {
		link, err = s.Invite(ctx, name)
		return err
	})
	return link, err
}

// Renew begins the wait after which an account's owner may begin anew, or gives the
// link once it is over, as Invite reaches the data folder.
func Renew(ctx context.Context, o Options, name string) (out server.Renewal, err error) {
	running, err := ask(ctx, o.Data, http.MethodPost, "/renew", inviteCall{Name: name}, &out)
	if running || err != nil {
		return out, err
	}
	err = direct(ctx, o, func(s *server.Server, _ *sqlite.DB) error {
		out, err = s.Renew(ctx, name)
		return err
	})
	return out, err
}

// Accounts lists the accounts of a data folder, as Invite reaches it.
func Accounts(ctx context.Context, o Options) (list []Account, err error) {
	running, err := ask(ctx, o.Data, http.MethodGet, "/accounts", nil, &list)
	if running || err != nil {
		return list, err
	}
	err = direct(ctx, o, func(_ *server.Server, db *sqlite.DB) error {
		list, err = accounts(ctx, db)
		return err
	})
	return list, err
}

// direct works on a data folder that no backend runs on.
func direct(ctx context.Context, o Options, work func(*server.Server, *sqlite.DB) error) (err error) {
	if !server.KeyFileThere(o.Data) && o.PublicURL == "" {
		return fmt.Errorf("%w: %s was never started; start the server first, or say --public-url", ErrPublicURL, o.Data)
	}
	db, err := sqlite.Open(ctx, o.Data, sqlite.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	b := &Backend{o: o, db: db}
	keys, err := b.keysOffline(ctx)
	if err != nil {
		return err
	}
	config, err := ReadConfig(o.Data, "") // what is done now is told when the server starts
	if err != nil {
		return err
	}
	_, media, err := gateways(config)
	if err != nil {
		return err
	}
	s, err := server.New(server.Options{Store: db, Keys: keys, Name: o.Name, Version: o.Version, Media: media, Text: config.Text.SignIn})
	if err != nil {
		return err
	}
	return work(s, db)
}

// keysOffline is keys for a folder without listener: the address is the one that
// is kept, unless the operator gives one.
func (b *Backend) keysOffline(ctx context.Context) (server.KeyFile, error) {
	if b.o.PublicURL == "" {
		return server.ReadKeyFile(b.o.Data)
	}
	return b.keys(ctx)
}

// ask reaches a running backend; running is false if there is none.
func ask(ctx context.Context, dir, method, path string, in, out any) (running bool, err error) {
	if dir == "" {
		return false, fmt.Errorf("%w: a data folder is needed", ErrOptions)
	}
	conn, err := dialAdmin(ctx, dir)
	if conn == nil || err != nil {
		return false, err
	}
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext:       func(context.Context, string, string) (net.Conn, error) { return conn, nil },
	}}
	req, err := newRequest(ctx, method, path, in)
	if err != nil {
		return true, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return true, fmt.Errorf("asking the running server: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		e := &api.Error{}
		if err := json.NewDecoder(resp.Body).Decode(e); err != nil {
			return true, fmt.Errorf("asking the running server: %w", err)
		}
		return true, e
	}
	return true, json.NewDecoder(resp.Body).Decode(out)
}

func accounts(ctx context.Context, db *sqlite.DB) ([]Account, error) {
	list := []Account{}
	after := ""
	for {
		var page []store.Account
		err := db.View(ctx, func(tx store.Tx) (err error) {
			if page, err = tx.ListAccounts(after, 500); err != nil {
				return err
			}
			for _, a := range page {
				if server.Retired(a) {
					continue
				}
				n, err := devices(tx, a)
				if err != nil {
					return err
				}
				list = append(list, Account{Name: a.Name, ID: a.ID.String(), TwoStep: a.TwoStep, Devices: n, Created: a.Created})
			}
			return nil
		})
		if err != nil || len(page) == 0 {
			return list, err
		}
		after = page[len(page)-1].Key
	}
}
