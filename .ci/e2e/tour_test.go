package e2e

import (
	"fmt"
	"os"
	"testing"
)

// tourVariable names the folder for pictures of the story.
const tourVariable = "COUNTERSIGN_TOUR"

// themeVariable is Fyne's: "light" for light pictures, else the display says nothing
// and they are dark.
const themeVariable = "FYNE_THEME"

// TestTour tells the story to somebody without a display: in words, with a
// picture of the display for each step.
func TestTour(t *testing.T) {
	folder := os.Getenv(tourVariable)
	if folder == "" {
		t.Skip(tourVariable + " names no folder for the pictures; the stories are told without them, too")
	}
	makeFolder(t, folder)
	fmt.Println("Countersign in a virtual display, with a real browser and keyring:")
	tellStory(t, folder)
	tellPairing(t, folder)
	tellRecovery(t, folder)
	tellStop(t, folder)
	tellApps(t, folder)
}
