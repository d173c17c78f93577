package ui

import (
	"time"

	"github.com/countersign/countersign/app"
)

// troubleKeys are the sentences for what went wrong; the rest says that nothing
// was changed.
func troubleKeys() map[app.Trouble]string {
	return map[app.Trouble]string{
		app.TroubleUnreachable: "trouble.offline",
		app.TroubleAddress:     "trouble.address",
		app.TroubleOrigin:      "trouble.origin",
		app.TroubleVersion:     "trouble.version",
		app.TroubleInvitation:  "trouble.invitation",
		app.TroubleName:        "trouble.name",
		app.TroublePassword:    "trouble.password",
		app.TroubleKey:         "back.unread",
		app.TroubleOtherKey:    "back.wrong",
		app.TroubleNoCopy:      "trouble.copy",
		app.TroubleGone:        "trouble.late",
		app.TroubleAnswered:    "trouble.answered",
		app.TroubleRefused:     "trouble.refused",
		app.TroubleFrozen:      "trouble.frozen",
		app.TroubleUpdate:      "notice.update.body",
		app.TroubleNewer:       "notice.update.body",
		app.TroubleRemoved:     "trouble.removed",
		app.TroubleLocked:      "trouble.keyring",
		app.TroubleAbsent:      "trouble.keyring",
		app.TroubleSilent:      "trouble.keyring",
		app.TroublePassphrase:  "unlock.wrong",
		app.TroubleDamaged:     "trouble.damaged",
		app.TroubleOffer:       "trouble.offer",
		app.TroublePairing:     "trouble.pairing",
		app.TroubleDigits:      "trouble.digits",
		app.TroubleStopped:     "trouble.stopped",
		app.TroubleTooLate:     "trouble.too-late",
		app.TroubleSetUp:       "trouble.set-up",
		app.TroubleLast:        "trouble.last",
		app.TroubleNoDevice:    "trouble.no-device",
		app.TroubleYoung:       "trouble.young",
		app.TroubleStale:       "trouble.stale",
		app.TroubleWait:        "regain.trouble.wait",
		app.TroubleWaitStopped: "regain.trouble.stopped",
		app.TroubleShort:       "trouble.short",
		app.TroubleNoOffline:   "trouble.no-offline",
		app.TroubleNoService:   "trouble.no-service",
		app.TroubleAppName:     "trouble.app-name",
		app.TroubleNoApp:       "trouble.no-app",
		app.TroubleAppMany:     "trouble.app-many",
		app.TroublePermit:      "trouble.permit",
		app.TroubleListen:      "trouble.listen",
	}
}

// sentence says in the person's words what went wrong.
func sentence(err error) string {
	trouble := app.TroubleOf(err)
	if trouble == app.TroubleSlow {
		wait := app.RetryOf(err).Round(time.Minute)
		return count("trouble.slow", max(int(wait.Minutes()), 1))
	}
	if key, known := troubleKeys()[trouble]; known {
		return say(key)
	}
	return say("trouble.other")
}
