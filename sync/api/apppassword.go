package api

import "time"

// Service is one thing that app passwords open, as Status lists it; the fields' words
// are in docs/operate.md. Making and ending app passwords are entries of the chain
// (Append).
type Service struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"` // "mail", "chat", "calls", "calendars", "network", "shell", "web", "other"
	Title   string `json:"title"`
	Address string `json:"address,omitempty"`
	Send    string `json:"send,omitempty"`
	Realm   string `json:"realm,omitempty"`
	User    string `json:"user"`             // the account's name as this service knows it
	Digest  bool   `json:"digest,omitempty"` // it needs digests of app passwords for Realm
	Code    bool   `json:"code,omitempty"`   // it asks for the code
	Open    bool   `json:"open"`             // app passwords open it
}

// Use is what became of an app password that was used, or tried after its end, as
// Status lists it.
type Use struct {
	ID       string     `json:"id"`             // of its credential, hexadecimal
	Last     *time.Time `json:"last,omitempty"` // when it last opened its service: the minute
	Network  string     `json:"network,omitempty"`
	Protocol string     `json:"protocol,omitempty"`
	// Stale is when it was last tried although it is ended or expired, and From whence.
	Stale *time.Time `json:"stale,omitempty"`
	From  string     `json:"from,omitempty"`
}
