# What CI runs, for people with make. Without make: go test ./...
LINT = go -C tools build -o ../bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint

.PHONY: check fmt lint test race build demo screenshots

check: fmt lint test race ## everything that must be green before a commit to main

fmt: bin/golangci-lint ## fails when a file is not formatted
	bin/golangci-lint fmt --diff ./...

lint: bin/golangci-lint
	go vet ./...
	bin/golangci-lint run ./...

test: ## tests, on SQLite and, where it is installed, on PostgreSQL
	go test ./...

# The race detector watches our code; the translated C of SQLite is left out, for it
# has threads of its own making only under our locks and takes minutes to compile.
race:
	go test -race -short ./...

build: ## one static binary
	CGO_ENABLED=0 go build -trimpath -o bin/parallax ./cmd/parallax

demo:
	go run ./cmd/parallax demo

screenshots: ## the pictures of the README, from the demo, in real Chromium
	PARALLAX_SCREENSHOTS=$(CURDIR)/docs/pictures go test ./cmd/parallax -run TestScreenshots -count=1

bin/golangci-lint: tools/go.mod
	$(LINT)
