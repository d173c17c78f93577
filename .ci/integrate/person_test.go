package integrate_test

import (
	"errors"
	"strings"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/api/apitest"
	"github.com/countersign/countersign/trust"
)

// person answers prompts as somebody with a trusted device does: the password first,
// and to a prompt for the code what code says.
func person(password string, code func(prompt string) string) func(string) string {
	return func(prompt string) string {
		if strings.Contains(prompt, "code from your trusted device") {
			return code(prompt)
		}
		return password
	}
}

// rung waits until the device shows the request whose letters the prompt names.
func (h *house) rung(prompt string) (found api.Request) {
	await(h.t, "the request on the device of: "+prompt, func() error {
		all, err := h.to.Requests(h.t.Context(), h.token(), true)
		for _, r := range all {
			if strings.Contains(prompt, "(letters "+r.Letters+")") {
				found = r
				return nil
			}
		}
		return errors.Join(err, errors.New("it is not there"))
	})
	return found
}

// allowed lets the sign-in of the prompt in, and types the code that the device shows.
func (h *house) allowed(prompt string) string {
	approval, code, err := h.device.Allow(h.rung(prompt), time.Now())
	h.said(err)
	h.said(h.to.Answer(h.t.Context(), h.token(), approval))
	return string(code)
}

// said notes what went wrong: prompts are answered beside the test, which may not be
// ended from there.
func (h *house) said(err error) {
	if err != nil {
		h.t.Errorf("answering on the device: %v", err)
	}
}

// wrongFirst types a wrong code once, and then the right one.
func (h *house) wrongFirst() func(prompt string) string {
	var right string
	return func(prompt string) string {
		if right != "" {
			return right
		}
		right = h.allowed(prompt)
		return apitest.Wrong(trust.Code(right))
	}
}

// alwaysWrong has it allowed, and types another code each time.
func (h *house) alwaysWrong() func(prompt string) string {
	var wrong string
	return func(prompt string) string {
		if wrong == "" {
			wrong = apitest.Wrong(trust.Code(h.allowed(prompt)))
		}
		return wrong
	}
}

// notMe refuses on the device, and types a code all the same.
func (h *house) notMe(prompt string) string {
	refusal, err := h.device.Decline(h.rung(prompt), trust.NotMe, time.Now())
	h.said(err)
	h.said(h.to.Answer(h.t.Context(), h.token(), refusal))
	return "0000"
}

// nobody has no device at hand, and guesses.
func nobody(string) string { return "0000" }
