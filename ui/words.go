package ui

import (
	"fyne.io/fyne/v2/lang"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
)

// with are the values a sentence has places for.
type with map[string]any

// say gives the sentence for key in the person's language.
func say(key string, values ...with) string {
	if len(values) == 0 {
		return lang.X(key, key)
	}
	return lang.X(key, key, map[string]any(values[0]))
}

// count gives the sentence for key in the form that n needs; its place is .N.
func count(key string, n int, values ...with) string {
	data := map[string]any{"N": n}
	for _, more := range values {
		for name, value := range more {
			data[name] = value
		}
	}
	return lang.XN(key, key, n, data)
}

// orElse gives text, or the sentence for key where there is none.
func orElse(text, key string) string {
	if text == "" {
		return say(key)
	}
	return text
}

func kindWord(k trust.Kind) string {
	switch k {
	case trust.Phone:
		return say("kind.phone")
	case trust.Laptop:
		return say("kind.laptop")
	case trust.Tablet:
		return say("kind.tablet")
	case trust.Terminal:
		return say("kind.terminal")
	}
	return say("kind.desktop")
}

func vaultSentence(k app.VaultKind) string {
	switch k {
	case app.VaultKeyring:
		return say("vault.keyring")
	case app.VaultFile:
		return say("vault.file")
	}
	return say("vault.memory")
}

// networkWord says where a browser is, seen from here.
func networkWord(network string) string {
	switch network {
	case "own":
		return say("network.own")
	case "another":
		return say("network.another")
	}
	return say("network.unknown")
}
