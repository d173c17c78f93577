package backend

import (
	"errors"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// "localhost" is two addresses to browsers: whoever got hold of the other one
// would be taken for this server, and be sent the passwords.
func TestLocalhostIsBothAddresses(t *testing.T) {
	l, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Skipf("this computer has no IPv6: %v", err)
	}
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	address := net.JoinHostPort("localhost", port)
	_, err = Start(t.Context(), Options{Data: filepath.Join(t.TempDir(), "taken"), Listen: address})
	if !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("with ::1 in other hands, starting gives %v", err)
	}
	l.Close()
	b, err := Start(t.Context(), Options{Data: filepath.Join(t.TempDir(), "data"), Listen: address})
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1", "::1"} {
		resp, err := http.Get("http://" + net.JoinHostPort(host, port) + "/healthz")
		if err != nil {
			t.Errorf("%s: %v", host, err)
			continue
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}

// A page of another site may have its name point at this computer.
func TestOnlyNamesOfThisComputerAreAnswered(t *testing.T) {
	b, err := Start(t.Context(), Options{Data: filepath.Join(t.TempDir(), "data"), Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	req, err := http.NewRequest(http.MethodGet, b.Address()+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "evil.example"
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("under another name it answers %s", resp.Status)
	}
}
