package ingest

import (
	"crypto/sha256"
	"encoding/base64"

	"parallax/feed"
)

// unknownPrints stand where entries do not depend on one another, but a push has changed
// some since the last document: all are looked at. It is not base64.
const unknownPrints = "?"

// A fingerprint tells one wording of an entry from any other. It is 128 bits of SHA-256,
// so that an outlet which edits silently cannot have two wordings with one fingerprint.
type fingerprint [16]byte

// maxPrints is how many entries of a document are remembered by their fingerprints, 22
// bytes each in the feed's row; those after them are looked at every time.
const maxPrints = 256

// print returns the fingerprint of what decides which Item an entry is and whether it
// has changed: all that Hash and key look at, as it came. Equal ones make equal Items.
func (b *builder) print(e *feed.Entry) fingerprint {
	b.buf = b.buf[:0]
	add := func(s string) {
		b.buf = append(b.buf, s...)
		b.buf = append(b.buf, 0xff) // no byte of UTF-8
	}
	for _, t := range []feed.Text{e.Title, e.Summary, e.Content} {
		add(t.Body)
		add(t.Base)
		b.buf = append(b.buf, byte(t.Type))
	}
	add(e.ID)
	add(e.Link)
	add(b.base)
	for _, p := range e.Authors {
		add(p.Name)
		add(p.Email)
		add(p.URL)
	}
	if e.ID == "" && e.Link == "" {
		b.buf = e.Published.UTC().AppendFormat(b.buf, "20060102150405") // is part of the key
	}
	if e.IDIsLink {
		b.buf = append(b.buf, 1)
	}
	sum := sha256.Sum256(b.buf)
	return fingerprint(sum[:16])
}

// readPrints returns the fingerprints that writePrints wrote; none where they cannot be
// read, which costs no more than a look at every entry.
func readPrints(s string) map[fingerprint]bool {
	raw, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil || len(raw) == 0 {
		return nil
	}
	prints := make(map[fingerprint]bool, len(raw)/16)
	for ; len(raw) >= 16; raw = raw[16:] {
		prints[fingerprint(raw)] = true
	}
	return prints
}

func writePrints(raw []byte) string { return base64.RawStdEncoding.EncodeToString(raw) }
