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
	PathGrant      = "/d/grant"
	PathAppend     = "/d/append"
	PathHeal       = "/d/heal"
	PathSight      = "/d/sight"
	PathOpenBox    = "/d/box/open"
	PathWriteBox   = "/d/box/write"
	PathCloseBox   = "/d/box/close"
	PathBox        = "/d/box"
	PathJoinBox    = "/d/box/join"
	PathLeaveBox   = "/d/box/leave"

	PathRegainNonce   = "/d/regain/nonce"
	PathBeginRegain   = "/d/regain/begin"
	PathRegaining     = "/d/regain"
	PathFinishRegain  = "/d/regain/finish"
	PathResetWithKey  = "/d/reset/key"
	PathBeginReset    = "/d/reset/begin"
	PathFinishReset   = "/d/reset/finish"
	PathLeave         = "/d/leave"
	PathPause         = "/d/pause"
	PathStop          = "/d/wait/stop"
	PathWaitsBy       = "/d/wait/look"
	PathStopBy        = "/d/wait/stop-by"
	PathAddContact    = "/d/contact/add"
	PathConfirm       = "/d/contact/confirm"
	PathRemoveContact = "/d/contact/remove"
	PathAllowText     = "/d/contact/sign-in"
)

// MaxBody is the longest request body that is read, in bytes.
const MaxBody = 64 << 10

// MaxHeal is MaxBody of PathHeal, which carries a whole chain.
const MaxHeal = 4 << 20

// PathInvite is the page an invitation link leads to; the secret follows in the
// fragment ("#"), which no browser sends to the server.
const PathInvite = "/i"

// PathPair is the page a pairing link leads to; the offer follows in the fragment.
// In a QR picture the link is written in upper case, so that the picture stays small.
const PathPair = "/p"
