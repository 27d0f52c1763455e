package across

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// BenchmarkSame measures one changed story, its document taken in and its relations sought, in a
// window of 20,000 documents of six languages whose names are as common as those of news are.
func BenchmarkSame(b *testing.B) {
	const window, tags = 20_000, 6
	rng := rand.New(rand.NewPCG(7, 7)) //nolint:gosec // the same documents every time
	syllables := []string{"ka", "ro", "mi", "ven", "tal", "dor", "lis", "gra", "pol", "sun", "ber", "fi"}
	// The nth name is as frequent as 1/n.
	zipf := rand.NewZipf(rng, 1.1, 8, 20_000)
	name := func(n uint64) string {
		var w strings.Builder
		for range 3 {
			w.WriteString(syllables[n%uint64(len(syllables))])
			n /= uint64(len(syllables))
		}
		s := w.String()
		return strings.ToUpper(s[:1]) + s[1:] + syllables[n%uint64(len(syllables))]
	}
	doc := func(i int) Doc {
		var text strings.Builder
		for range 30 {
			fmt.Fprintf(&text, "and the words of %s are common, ", name(zipf.Uint64()))
		}
		fmt.Fprintf(&text, "%d times.", rng.IntN(10_000))
		return Doc{
			ID: fmt.Sprint("d", i), Language: []string{"en", "de", "fr", "es", "it", "pl"}[i%tags],
			Title: name(zipf.Uint64()) + " meets " + name(zipf.Uint64()), Text: text.String(), At: start.Add(time.Duration(i) * 10 * time.Second),
		}
	}
	x := NewIndex(7 * 24 * time.Hour)
	for i := range window {
		x.Put(doc(i), fmt.Sprint("s", i/2))
	}
	n := window
	for b.Loop() {
		id := fmt.Sprint("s", n/2)
		x.Put(doc(n), id)
		x.Same([]string{id})
		n++
	}
}
