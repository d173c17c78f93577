package backend

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/sync/store"
)

// keys reads verifier.key, or makes it at the first start. A database with
// accounts and without its keys is refused: new keys would lock everybody out
// without a word.
func (b *Backend) keys(ctx context.Context) (server.KeyFile, error) {
	used, err := b.used(ctx)
	if err != nil {
		return server.KeyFile{}, err
	}
	wanted, err := b.wantedOrigin()
	if err != nil {
		return server.KeyFile{}, err
	}
	k, err := server.ReadKeyFile(b.o.Data)
	if errors.Is(err, fs.ErrNotExist) {
		return b.firstKeys(used, wanted)
	}
	if err != nil {
		return k, fmt.Errorf("%w: put back the copy of %s that belongs to this database", err, server.KeyFileName)
	}
	if err := os.Chmod(filepath.Join(b.o.Data, server.KeyFileName), 0o600); err != nil { // a restore may have let others read it
		return k, err
	}
	return b.agree(k, wanted, used)
}

func (b *Backend) firstKeys(used bool, origin string) (server.KeyFile, error) {
	if used {
		return server.KeyFile{}, fmt.Errorf("%s is missing in %s, but there are accounts: put back the copy that belongs to this database", server.KeyFileName, b.o.Data)
	}
	if origin == "" {
		origin = b.guessed()
	}
	k, err := server.NewKeyFile(origin, rand.Reader)
	if err != nil {
		return k, err
	}
	return k, k.Write(b.o.Data)
}

// agree settles which public address counts: the one in the accounts' chains, once
// there are accounts.
func (b *Backend) agree(k server.KeyFile, wanted string, used bool) (server.KeyFile, error) {
	if wanted == "" && !used && b.loopback() && onLoopback(k.Origin) {
		wanted = b.guessed() // as it was before; the port may be another now
	}
	if wanted == "" || wanted == k.Origin {
		return k, nil
	}
	if used {
		return k, fmt.Errorf("%w: devices know this server as %s, and this version cannot tell them of another; start it with --public-url %s", ErrPublicURL, k.Origin, k.Origin)
	}
	k.Origin = wanted
	return k, k.Write(b.o.Data)
}

func (b *Backend) wantedOrigin() (string, error) {
	if b.o.PublicURL == "" {
		return "", b.mayListenPlain()
	}
	origin, secret, err := api.ParseLink(b.o.PublicURL)
	if err != nil || secret != nil {
		return "", fmt.Errorf("%w: %q must be https://host, or http:// on this computer only", ErrPublicURL, b.o.PublicURL)
	}
	return origin, nil
}

// mayListenPlain refuses to guess a public address for a socket that others can
// reach; one that was guessed or given for this computer alone does not do either.
func (b *Backend) mayListenPlain() error {
	if b.loopback() {
		return nil
	}
	if k, err := server.ReadKeyFile(b.o.Data); err == nil && !onLoopback(k.Origin) || err != nil && server.KeyFileThere(b.o.Data) {
		return nil // kept; or unreadable, which keys says better
	}
	return fmt.Errorf("%w: others can reach %s, so say with --public-url https://… how they call it", ErrPublicURL, b.o.Listen)
}

func (b *Backend) loopback() bool {
	a, ok := b.listener.Addr().(*net.TCPAddr)
	return ok && a.IP.IsLoopback()
}

// guessed is how this computer itself calls the server.
func (b *Backend) guessed() string { return b.scheme() + "://" + b.loopbackAddress() }

func onLoopback(origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && api.PlainAllowed(u.Hostname())
}

// loopbackAddress names this computer as browsers like it.
func (b *Backend) loopbackAddress() string {
	_, port, err := net.SplitHostPort(b.listener.Addr().String())
	if err != nil {
		return b.listener.Addr().String()
	}
	host, _, err := net.SplitHostPort(b.o.Listen)
	if err != nil || host == "" {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

func (b *Backend) used(ctx context.Context) (used bool, err error) {
	err = b.db.View(ctx, func(tx store.Tx) error {
		accounts, err := tx.ListAccounts("", 1)
		used = len(accounts) > 0
		return err
	})
	return used, err
}
