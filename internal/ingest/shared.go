package ingest

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"

	"parallax/feed"
)

// sharedGUIDs are the guids of a feed that were seen to stand for several entries at once:
// "live", the address of the home page. They tell no entry from another, also not when a
// document has only one of them left, or is a difference.
type sharedGUIDs struct {
	sums []guidSum // sorted
	all  bool      // there were more than are kept: no guid of the feed tells anything
}

// A guidSum is 64 bits of SHA-256: that two guids of one feed have one by accident makes
// their links tell them apart, and no more.
type guidSum [8]byte

// maxShared is how many are kept, 11 bytes each in the feed's row. A feed with more makes
// its guids by a rule of which nothing is to be hoped.
const maxShared = 64

// allShared stands for sharedGUIDs.all; no base64 has it.
const allShared = "*"

func readShared(s string) *sharedGUIDs {
	if s == allShared {
		return &sharedGUIDs{all: true}
	}
	raw, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		return new(sharedGUIDs) // they are found again
	}
	g := new(sharedGUIDs)
	for ; len(raw) >= len(guidSum{}); raw = raw[len(guidSum{}):] {
		g.sums = append(g.sums, guidSum(raw))
	}
	return g
}

// String is what readShared reads.
func (g *sharedGUIDs) String() string {
	if g.all {
		return allShared
	}
	raw := make([]byte, 0, len(g.sums)*len(guidSum{}))
	for _, s := range g.sums {
		raw = append(raw, s[:]...)
	}
	return base64.RawStdEncoding.EncodeToString(raw)
}

func sumOf(guid string) guidSum {
	sum := sha256.Sum256([]byte(guid))
	return guidSum(sum[:8])
}

func compareSums(a, b guidSum) int { return slices.Compare(a[:], b[:]) }

func (g *sharedGUIDs) has(guid string) bool {
	if g.all || len(g.sums) == 0 {
		return g.all
	}
	_, found := slices.BinarySearchFunc(g.sums, sumOf(guid), compareSums)
	return found
}

// learn adds the guids that several entries with different links have, and returns how many
// there are in this document.
func (g *sharedGUIDs) learn(entries []*feed.Entry) int {
	links := make(map[string]string, len(entries))
	shared := map[string]bool{}
	for _, e := range entries {
		if e.ID == "" {
			continue
		}
		if link, ok := links[e.ID]; ok && link != e.Link {
			shared[e.ID] = true
		}
		links[e.ID] = e.Link
	}
	for guid := range shared {
		if g.all {
			break
		}
		sum := sumOf(guid)
		if at, found := slices.BinarySearchFunc(g.sums, sum, compareSums); !found {
			g.sums = slices.Insert(g.sums, at, sum)
		}
		if len(g.sums) > maxShared {
			g.sums, g.all = nil, true
		}
	}
	return len(shared)
}
