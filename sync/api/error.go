package api

// Code numbers an error for ever. Screens translate it; never reuse a number.
type Code int

// The error codes.
const (
	CodeInternal   Code = 1  // the backend failed; its log knows more
	CodeMalformed  Code = 2  // the message cannot be read; flat
	CodeInvitation Code = 3  // the invitation is used, expired or never was
	CodeName       Code = 4  // the name is taken or cannot be one
	CodePassword   Code = 5  // the password is wrong, or too short when set
	CodeChain      Code = 6  // the chain entries are not valid here
	CodeDevice     Code = 7  // the device does not belong (any more), or its proof does not fit
	CodeSession    Code = 8  // the token is unknown or expired: open a new session
	CodeAnswered   Code = 9  // another device was first
	CodeLate       Code = 10 // the request has ended
	CodeApproval   Code = 11 // the approval is not valid
	CodeSlow       Code = 12 // too many tries; Retry says for how long
	CodeVersion    Code = 13 // device and backend do not speak the same protocol
	CodeNotFound   Code = 14 // no such thing here
	CodeStale      Code = 15 // the chain is not what the caller thinks: fetch it and do it anew
	CodeYoung      Code = 16 // the device is too new for this; Retry says for how long
	CodeWait       Code = 17 // a wait has to pass first; Retry says for how long
	CodeStopped    Code = 18 // the wait was stopped, or there is none any more
	CodeShort      Code = 19 // the password is too short to stand alone: 15 characters
)

// Error is an answer that says no. Message is for logs and terminals, in
// English; Hint, if any, is what to do about it. Neither holds a secret.
type Error struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	Retry   int    `json:"retry,omitempty"` // seconds
}

// Error gives the message.
func (e *Error) Error() string { return e.Message }

// Is makes errors.Is(err, &Error{Code: c}) compare by code alone.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}
