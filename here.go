package main

import (
	"os"
	"runtime"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/trust"
)

// hostName is what people call this computer.
func hostName() string {
	name, err := os.Hostname()
	if err != nil || name == "localhost" {
		return ""
	}
	name, _, _ = strings.Cut(name, ".")
	return name
}

// kindOfDevice guesses what this computer is; the person may say otherwise.
func kindOfDevice() trust.Kind {
	if fyne.CurrentDevice().IsMobile() {
		return trust.Phone
	}
	if runtime.GOOS != "linux" {
		return trust.Desktop
	}
	chassis, err := os.ReadFile("/sys/class/dmi/id/chassis_type")
	if err != nil {
		return trust.Desktop
	}
	return kindOfChassis(strings.TrimSpace(string(chassis)))
}

// kindOfChassis reads the number that the maker gave the case: DMTF DSP0134,
// System Enclosure or Chassis Types.
func kindOfChassis(number string) trust.Kind {
	switch number {
	case "8", "9", "10", "14", "31": // portable, laptop, notebook, sub notebook, convertible
		return trust.Laptop
	case "30", "32": // tablet, detachable
		return trust.Tablet
	case "11": // hand held
		return trust.Phone
	}
	return trust.Desktop
}
