package extract

import (
	"hash/fnv"
	"math/bits"

	"parallax/internal/lang"
	"parallax/internal/news"
)

const (
	// minTokens is how many words a text needs to have a fingerprint: of fewer, too many
	// texts are alike.
	minTokens = 40
	// wireDistance is in how many of 64 bits the fingerprints of copies may differ. A text
	// of 250 words to which an agency's name is added or from which a sentence is taken
	// moves by 4 to 11 bits, with another first paragraph by 7; another report of the same
	// event is 27 bits away, strangers 32. (The store finds all candidates up to 3 bits,
	// four in ten at 8.) TestFingerprintDistances has the texts.
	wireDistance = 8
)

// Fingerprint returns the 64-bit simhash of a text over its different runs of three
// words, or 0 if the text is too short. Texts that share most of such runs differ in few
// bits; texts about the same event in other words differ in about as many as any two.
func Fingerprint(text, tag string) uint64 {
	tokens := lang.Tokens(text, tag)
	if len(tokens) < minTokens {
		return 0
	}
	var sum [64]int
	seen := make(map[uint64]bool, len(tokens))
	for i := range len(tokens) - 2 {
		h := fnv.New64a()
		for _, t := range tokens[i : i+3] {
			_, _ = h.Write([]byte(t.Word)) // a hash.Hash never fails
			_, _ = h.Write([]byte{0})
		}
		x := mix(h.Sum64())
		if seen[x] {
			continue
		}
		seen[x] = true
		for b := range sum {
			sum[b] += int(x>>b&1)*2 - 1
		}
	}
	var f uint64
	for b, n := range sum {
		if n > 0 {
			f |= 1 << b
		}
	}
	return max(f, 1) // 0 means none
}

// mix spreads what differs over all bits (the finaliser of MurmurHash3), for FNV leaves
// the high bits of short inputs alike.
func mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// wireRoot returns the id of the Article of which a is a copy, or "": among the Articles
// near it of other Sources the one first seen. An Article seen later than a can be its
// root only if a was delayed, by a page that failed: the copies must still count once.
func wireRoot(a *news.Article, near []*news.Article, delayed bool) string {
	var root *news.Article
	for _, b := range near {
		if b.ID == a.ID || b.SourceID == a.SourceID || b.Fingerprint == 0 ||
			bits.OnesCount64(a.Fingerprint^b.Fingerprint) > wireDistance {
			continue
		}
		if d := a.FirstSeen.Sub(b.FirstSeen); d > wireWindow || d < -wireWindow || d < 0 && !delayed || b.WireRoot == a.ID {
			continue
		}
		if root == nil || b.FirstSeen.Before(root.FirstSeen) || b.FirstSeen.Equal(root.FirstSeen) && b.ID < root.ID {
			root = b
		}
	}
	switch {
	case root == nil:
		return ""
	case root.WireRoot != "":
		return root.WireRoot
	}
	return root.ID
}
