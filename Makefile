# What CI runs, for people with make. Without make: go test ./...
LINT = go -C tools build -o ../bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint

.PHONY: check fmt lint test race build demo screenshots

check: fmt lint race ## everything that must be green before a commit to main

fmt: bin/golangci-lint ## fails when a file is not formatted
	bin/golangci-lint fmt --diff ./...

lint: bin/golangci-lint
	bin/golangci-lint run --timeout 10m ./...

test: ## tests, on SQLite and, where it is installed, on PostgreSQL
	go test ./...

# The race detector watches all but the translated C of SQLite: that takes minutes to
# compile with it and runs many times slower, and its threads are ours, under Go's locks.
RACE = -race -timeout=18m -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc=-race=false

race: ## the same tests under the race detector
	go test $(RACE) ./...

build: ## one static binary
	CGO_ENABLED=0 go build -trimpath -o bin/parallax ./cmd/parallax

demo:
	go run ./cmd/parallax demo

screenshots: ## the pictures of the README, from the demo, in real Chromium
	PARALLAX_SCREENSHOTS=$(CURDIR)/docs/pictures go test ./cmd/parallax -run TestScreenshots -count=1

bin/golangci-lint: tools/go.mod
	$(LINT)
