package app_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust/chain"
)

func TestTroubles(t *testing.T) {
	for _, test := range []struct {
		err  error
		want app.Trouble
	}{
		{nil, app.TroubleNone},
		{errors.New("whatever"), app.TroubleInternal},
		{context.DeadlineExceeded, app.TroubleUnreachable},
		{vault.ErrLocked, app.TroubleLocked},
		{vault.ErrUnavailable, app.TroubleAbsent},
		{vault.ErrTimeout, app.TroubleSilent},
		{vault.ErrPassphrase, app.TroublePassphrase},
		{vault.ErrPassword, app.TroublePassword},
		{vault.ErrDamaged, app.TroubleDamaged},
		{chain.ErrFork, app.TroubleFrozen},
		{chain.ErrUnknown, app.TroubleUpdate},
		{app.ErrNewer, app.TroubleNewer},
		{api.ErrLink, app.TroubleAddress},
		{&api.Error{Code: api.CodeInternal}, app.TroubleInternal},
		{&api.Error{Code: api.CodeMalformed}, app.TroubleRefused},
		{&api.Error{Code: api.CodeInvitation}, app.TroubleInvitation},
		{&api.Error{Code: api.CodeName}, app.TroubleName},
		{&api.Error{Code: api.CodePassword}, app.TroublePassword},
		{&api.Error{Code: api.CodeDevice}, app.TroubleRemoved},
		{&api.Error{Code: api.CodeAnswered}, app.TroubleAnswered},
		{&api.Error{Code: api.CodeLate}, app.TroubleGone},
		{&api.Error{Code: api.CodeApproval}, app.TroubleRefused},
		{&api.Error{Code: api.CodeSlow}, app.TroubleSlow},
		{&api.Error{Code: api.CodeVersion}, app.TroubleVersion},
		{&api.Error{Code: api.CodeWait}, app.TroubleWait},
		{&api.Error{Code: api.CodeStopped}, app.TroubleWaitStopped},
		{&api.Error{Code: api.CodeShort}, app.TroubleShort},
		{&api.Error{Code: 99}, app.TroubleInternal},
	} {
		if got := app.TroubleOf(test.err); got != test.want {
			t.Errorf("TroubleOf(%v) = %q, want %q", test.err, got, test.want)
		}
		if test.err == nil {
			continue
		}
		if got := app.TroubleOf(fmt.Errorf("on the way: %w", test.err)); got != test.want {
			t.Errorf("wrapped, TroubleOf(%v) = %q, want %q", test.err, got, test.want)
		}
	}
}

func TestRetryOf(t *testing.T) {
	slow := fmt.Errorf("resuming: %w", &api.Error{Code: api.CodeSlow, Retry: 90})
	if got := app.RetryOf(slow); got != 90*time.Second {
		t.Errorf("RetryOf = %s", got)
	}
	if got := app.RetryOf(errors.New("whatever")); got != 0 {
		t.Errorf("RetryOf = %s", got)
	}
}
