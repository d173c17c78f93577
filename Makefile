# Everything a newcomer needs: make run, make test. `make help` lists the rest.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# What Fyne 2.8.1 is compiled against, and the certificates that Go downloads
# modules with.
BUILD_PACKAGES := ca-certificates gcc libc6-dev pkg-config libgl-dev libx11-dev \
	libxrandr-dev libxinerama-dev libxcursor-dev libxi-dev libxxf86vm-dev \
	libwayland-dev libxkbcommon-dev libegl-dev
# What the window needs beside that: an OpenGL driver for machines without a
# graphics card, and the program that opens the browser.
RUN_PACKAGES := libgl1-mesa-dri xdg-utils
# What the window story needs: a display, somebody who clicks, a keyring, a
# browser. The GL ES package is for the phone build in a window; Node runs the
# second implementation of the chain's rules; poppler reads the key's page back;
# Postfix takes mails; the dummy telephone of gammu-smsd takes text messages.
TEST_PACKAGES := xvfb xauth libgl1-mesa-dri xdotool openbox x11-utils dbus \
	gnome-keyring gcr chromium xdg-utils libgles-dev nodejs \
	poppler-utils postfix gammu-smsd

# The services that app passwords and codes open, played against for real: mail,
# chat, calls, calendars and the web servers before them, directories, Wi-Fi, shells.
SERVICE_PACKAGES := dovecot-imapd dovecot-submissiond dovecot-ldap dovecot-auth-lua \
	prosody lua-ldap python3-slixmpp kamailio kamailio-utils-modules \
	sipsak sip-tester radicale nginx-light caddy apache2-bin \
	curl freeradius freeradius-utils eapoltest libpam-radius-auth openssh-server \
	sudo slapd ldap-utils

# The tests run in one language whatever the machine speaks. Fyne reads LANG
# and complains about C.UTF-8; nothing here needs the locale to be installed.
export LANG := en_US.UTF-8
unexport LC_ALL LC_MESSAGES LANGUAGE

# Added to every go test: TESTFLAGS=-v prints a line for each test.
TESTFLAGS ?=
BENCH_COUNT ?= 5

# Go's ./... passes over a folder whose name begins with a dot.
CI := $(filter-out ./.ci/e2e,$(sort $(patsubst %/,./%,$(dir $(wildcard .ci/*.go .ci/*/*.go)))))
E2E := ./.ci/e2e
# Everything that needs neither OpenGL nor a C compiler: all but the window's
# own package at the root, the only one that imports fyne's driver.
WINDOWLESS = $$(CGO_ENABLED=0 go list -e ./... | grep -v '^github.com/countersign/countersign$$')
# A folder with a benchmark in it, the window's apart.
BENCHES = $$(grep -rl --include='*_test.go' '^func Benchmark' . | xargs -r -n1 dirname | sort -u | grep -v '^$(E2E)$$')

.PHONY: help run test stages lint layers check-platforms unit window bench households build \
	install-deps install-build install-run install-test go-present tour tour-steps clean

help: ## Show what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: install-run ## Build the app and open it; without a display, tell its story in pictures
	go build -o build/countersign .
	@if [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ]; then \
		exec build/countersign; \
	fi; \
	echo "There is no display here: the same story runs in a virtual one, step by step."; \
	$(MAKE) tour

tour: install-test ## Set up and sign in in a virtual display, with screenshots in build/tour
	@rm -rf build/tour && mkdir -p build/tour
	@go run ./.ci/leftovers $(MAKE) tour-steps
	@echo "The screenshots:"; ls -1 build/tour/* | sed 's/^/  /'

tour-steps:
	COUNTERSIGN_TOUR=$(CURDIR)/build/tour go test -tags e2e -count=1 -run '^TestTour$$' -v $(E2E)

test: install-test ## Run every test, and see that nothing is left running
	@go run ./.ci/leftovers $(MAKE) stages

stages:
	@.ci/stage "lint" $(MAKE) lint
	@.ci/stage "layers" $(MAKE) layers
	@.ci/stage "other platforms" $(MAKE) check-platforms
	@.ci/stage "tests without a window" $(MAKE) unit
	@.ci/stage "window story" $(MAKE) window

lint: go-present ## Check the formatting, and what go vet finds
	@unformatted=$$(gofmt -l .); \
	if [ -n "$$unformatted" ]; then echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi
	@packages="$(WINDOWLESS)"; CGO_ENABLED=0 go vet $$packages $(CI)
	go vet -tags e2e . $(E2E)
	go vet -tags mobile .

layers: go-present
	go test -count=1 $(TESTFLAGS) ./.ci

check-platforms: go-present ## Type-check the programs for phones, macOS, Windows and the web
	@go run ./.ci/platforms

unit:
	@packages="$(WINDOWLESS)"; CGO_ENABLED=0 go test -timeout 20m $(TESTFLAGS) $$packages $(filter-out ./.ci,$(CI))

window:
	go test -tags e2e -count=1 $(TESTFLAGS) . $(E2E)

bench: install-test ## Measure, and write build/bench.txt
	@mkdir -p build
	@packages="$(BENCHES)"; [ -n "$$packages" ]; \
	CGO_ENABLED=0 go test -run '^$$' -bench . -benchmem -count $(BENCH_COUNT) $$packages | tee build/bench.txt
	go test -tags e2e -run '^$$' -bench . -count $(BENCH_COUNT) $(E2E) | tee -a build/bench.txt
	CGO_ENABLED=0 go run ./.ci/households -sensitivity=false | tee build/households.txt

households: go-present ## Play ten years of 10,000 households: who is locked out, who taken over
	@mkdir -p build
	CGO_ENABLED=0 go run ./.ci/households | tee build/households.txt

build: install-build ## Build the three programs into build/
	go build -o build/countersign .
	CGO_ENABLED=0 go build -o build/countersignd ./sync/cmd/countersignd
	CGO_ENABLED=0 go build -o build/countersignctl ./app/cmd/countersignctl

install-deps: install-run install-test ## Install the Debian packages that are missing (as root, or with sudo)

install-build: go-present
	@.ci/install $(BUILD_PACKAGES)

install-run: go-present
	@.ci/install $(BUILD_PACKAGES) $(RUN_PACKAGES)

install-test: go-present
	@.ci/install $(BUILD_PACKAGES) $(TEST_PACKAGES) $(SERVICE_PACKAGES)

# Debian 12's own Go is too old to say so in words.
go-present:
	@.ci/go-present

clean: ## Remove what was built
	rm -rf build
