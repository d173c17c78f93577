package backend

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
)

// listen opens the address. "localhost" is two addresses to browsers, and they may
// take either: both are opened, on one port, or none. Otherwise another user of
// this computer could open the free one and be taken for this server.
func listen(address string) ([]net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil || host != "localhost" {
		l, err := net.Listen("tcp", address)
		if err != nil {
			return nil, fmt.Errorf("listening: %w", err)
		}
		return []net.Listener{l}, nil
	}
	first, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return nil, fmt.Errorf("listening: %w", err)
	}
	port = strconv.Itoa(first.Addr().(*net.TCPAddr).Port)
	second, err := net.Listen("tcp6", net.JoinHostPort("::1", port))
	if noIPv6(err) {
		return []net.Listener{first}, nil
	}
	if err != nil {
		first.Close()
		return nil, fmt.Errorf("listening: %w", err)
	}
	return []net.Listener{first, second}, nil
}

// noIPv6 reports whether a computer has no IPv6 to listen on.
func noIPv6(err error) bool {
	var address *net.AddrError
	return errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT) || errors.As(err, &address)
}
