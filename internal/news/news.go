// Package news holds the nouns of Parallax. They have the same names in Go, SQL,
// JSON, HTML and the manual:
//
//	Source      an outlet, with its Disclosure (who stands behind it) and Carriage (on what terms the hub carries it)
//	Feed        a document that a Source keeps updating
//	Item        one entry as the feed said it
//	Article     the cleaned text and metadata that an Item points to
//	Story       the Articles about one event
//	Lens        a named way to divide Sources into Sides
//	Comparison  a Story seen through a Lens
//
// Values come in from configuration and from stages and go out to the store and the
// pages. The package does no I/O and imports the standard library only; times are
// arguments.
package news

import (
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"io"
)

// ErrNotFound is returned by stores for an id that names nothing.
var ErrNotFound = errors.New("not found")

// ErrUnplaced is returned by stores for an Article that has no Story yet.
var ErrUnplaced = errors.New("it is in no story yet")

// Progress tells whoever started a long piece of work how far it is: done of total
// (total 0: not known), and what is being worked on, in words for the operator.
// A nil Progress is not called; use its Tell method.
type Progress func(done, total int, what string)

// Tell calls p unless it is nil.
func (p Progress) Tell(done, total int, what string) {
	if p != nil {
		p(done, total, what)
	}
}

// idLetters is base32 without padding, in lower case: safe in paths, file names and
// DNS labels, the same in every letter case.
var idLetters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// ID returns the 16-letter id (80 bits of SHA-256) that stands for parts, in order.
// The same parts give the same id on every hub. At a thousand million ids the chance
// that any two collide is below one in a million.
func ID(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		// A length before each part, so that ("ab","c") and ("a","bc") differ.
		n := len(p)
		_, _ = h.Write([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}) //nolint:gosec // the four bytes of n, one by one
		_, _ = io.WriteString(h, p)
	}
	return idLetters.EncodeToString(h.Sum(nil)[:10])
}
