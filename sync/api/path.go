package api

// The paths of the contract. All but Watch (a GET of server-sent events) are
// POSTs of one JSON object answered by one; a refusal is an Error object.
// Tokens travel as "Authorization: Bearer <base64url>".
const (
	PathServer     = "/d/server"
	PathInvitation = "/d/invitation"
	PathRegister   = "/d/register"
	PathNonce      = "/d/nonce"
	PathSession    = "/d/session"
	PathStatus     = "/d/status"
	PathChain      = "/d/chain"
	PathRequests   = "/d/requests"
	PathAnswer     = "/d/answer"
	PathEvents     = "/d/events"
	PathWatch      = "/d/watch" // Last-Event-ID: seq
	PathResume     = "/d/resume"
	PathDoor       = "/d/door"
	PathPassword   = "/d/password"
)

// MaxBody is the longest request body that is read, in bytes.
const MaxBody = 64 << 10

// PathInvite is the page an invitation link leads to; the secret follows in the
// fragment ("#"), which no browser sends to the server.
const PathInvite = "/i"
