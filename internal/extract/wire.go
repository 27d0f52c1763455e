package extract

import (
	"cmp"
	"hash/fnv"
	"math/bits"
	"strings"

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
// near it of other Sources the one first seen. Where that is a itself, which happens when
// its page was slow, it returns those that are copies of it; they were saved before it. An
// edited Article may have been seen before the text that it has now: it is neither then.
func wireRoot(a *news.Article, near []*news.Article, edited bool) (root string, copies []string) {
	var first *news.Article
	var alike []*news.Article
	for _, b := range near {
		if b.ID == a.ID || b.SourceID == a.SourceID || b.Fingerprint == 0 ||
			bits.OnesCount64(a.Fingerprint^b.Fingerprint) > wireDistance ||
			a.FirstSeen.Sub(b.FirstSeen).Abs() > wireWindow || b.WireRoot == a.ID {
			continue
		}
		alike = append(alike, b)
		if first == nil || seenBefore(b, first) {
			first = b
		}
	}
	switch {
	case first == nil:
		return "", nil
	case seenBefore(first, a):
		return cmp.Or(first.WireRoot, first.ID), nil
	case edited:
		return "", nil
	}
	for _, b := range alike {
		copies = append(copies, b.ID)
	}
	return "", copies
}

func seenBefore(a, b *news.Article) bool {
	return cmp.Or(a.FirstSeen.Compare(b.FirstSeen), a.When().Compare(b.When()), strings.Compare(a.ID, b.ID)) < 0
}
