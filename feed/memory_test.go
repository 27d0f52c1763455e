package feed

import (
	"bytes"
	"sync"
	"testing"
)

// What one document leaves to the next is room only: the caller's bytes stay as they are,
// and what was read before does not change, whoever parses at the same time.
func TestMemoryIsNotShared(t *testing.T) {
	docs := [][]byte{
		[]byte("\xef\xbb\xbf<rss version='2.0'><channel><title>Ost \x01 Courier</title><item><title>One &amp; two\r\n</title><guid>1</guid></item></channel></rss>"),
		[]byte("<?xml version='1.0' encoding='windows-1251'?><rss version='2.0'><channel><title>\xc2\xe5\xf1\xf2\xed\xe8\xea</title><item><title>\xcf\xe0\xf0\xee\xec</title></item></channel></rss>"),
		[]byte("<rss version='2.0'><channel><title>caf\xe9</title><item><description><![CDATA[<p>Short</p>]]> </description></item></channel></rss>"),
		[]byte(`{"version":"https://jsonfeed.org/version/1","title":"\u0042","items":[{"id":"1","title":"a\n"}]}`),
		[]byte("<feed xmlns='http://www.w3.org/2005/Atom'><title>A</title><entry><id>urn:x:1</id><link rel='self' type='text/html' href='/a'/></entry></feed>"),
	}
	want := make([]string, len(docs))
	write := func(f *Feed) string {
		var b bytes.Buffer
		if err := WriteAtom(&b, f); err != nil {
			t.Error(err)
		}
		return b.String()
	}
	for i, doc := range docs {
		f, err := Parse(doc, Options{})
		if err != nil {
			t.Fatal(err)
		}
		want[i] = write(f)
	}
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := range 200 {
				at := (i + worker) % len(docs)
				before := bytes.Clone(docs[at])
				f, err := Parse(docs[at], Options{})
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := Parse(docs[(at+1)%len(docs)], Options{}); err != nil {
					t.Error(err)
				}
				if got := write(f); got != want[at] {
					t.Errorf("document %d is now\n%s, was\n%s", at, got, want[at])
				}
				if !bytes.Equal(before, docs[at]) {
					t.Errorf("document %d was changed", at)
				}
			}
		})
	}
	wg.Wait()
}
