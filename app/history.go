package app

// The kinds of Activity that come from the chain's entries, as every device of the
// account verifies them for itself: Device is the one it is about, By the author.
const (
	EntryAdded    = "device-added"
	EntryRemoved  = "device-removed"
	EntryRecovery = "recovery-set"     // a new recovery key
	EntryVerifier = "verifier-set"     // a service, or its new keys
	EntryPolicy   = "policy-set"       // the account's rules
	EntryCred     = "credential-added" // an app password or another key
	EntryRevoked  = "credential-revoked"
)
