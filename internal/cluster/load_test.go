//go:build unix

package cluster

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"parallax/internal/lang"
)

const (
	loadVariants = 7
	loadSpan     = 103 * time.Hour
	loadLive     = 200_000 // documents of the window when measuring begins
	loadMeasured = 20_000  // lines made ready for it
	loadStories  = 33_000
)

// streamDir is the labelled stream that lies beside the repository where it was built.
const streamDir = "../../../shared/data/clusters/allsides_stream"

// A told is what the variants of one document are made of.
type told struct {
	ID, Title, Text, Published, Lang, Source string
}

// BenchmarkLoad says what one more document costs when the window holds 200,000: as parallax
// cluster has it, from its line of JSON to its decision. Each of 33,000 documents comes seven
// times within 103 hours, from seven outlets, every time without other words of its vocabulary.
// The documents a second are of processor time, collecting garbage included; run it with -cpu 1.
// It reports, further, the processor time of the 99th of a hundred decisions, and the memory of a
// live document.
func BenchmarkLoad(b *testing.B) {
	b.Run("invented", func(b *testing.B) { benchmarkLoad(b, invented(loadStories)) })
	b.Run("stream", func(b *testing.B) {
		docs, err := stream()
		if err != nil {
			b.Skipf("the labelled stream is not there: %v", err)
		}
		benchmarkLoad(b, docs)
	})
}

func benchmarkLoad(b *testing.B, docs []told) {
	b.Helper()
	type one struct {
		at      time.Duration
		doc, no int
	}
	var all []one
	for i, d := range docs {
		base := time.Duration(float64(loadSpan) * float64(i) / float64(len(docs)))
		for k := range loadVariants {
			late := time.Duration(k)*2*time.Hour + time.Duration(hashOf(d.ID, k)%7200)*time.Second
			all = append(all, one{(base + late) % loadSpan, i, k})
		}
	}
	slices.SortStableFunc(all, func(a, b one) int { return cmp.Compare(a.at, b.at) })
	line := func(n int) []byte {
		// When all are used up they come again, as others.
		o, round := all[n%len(all)], n/len(all)
		d, v := docs[o.doc], o.no+round*loadVariants
		line, err := json.Marshal(map[string]string{
			"id": fmt.Sprint(d.ID, " ", v), "source": fmt.Sprint(d.Source, " ", v), "lang": d.Lang,
			"title": variant(d.Title, v), "text": variant(d.Text, v),
			"published": start.Add(o.at + time.Duration(round)*loadSpan).Format(time.RFC3339),
		})
		if err != nil {
			b.Fatal(err)
		}
		return line
	}

	before := heapInUse()
	c := NewClusterer(Options{})
	for n := range loadLive {
		c.Add(parseLine(b, line(n)))
	}
	perDoc := float64(heapInUse()-before) / float64(c.Len())
	live := c.Len()
	lines := make([][]byte, loadMeasured)
	for n := range lines {
		lines[n] = line(loadLive + n)
	}
	runtime.GC()
	var took []time.Duration
	var spent time.Duration
	since := processorTime(b)
	for n := 0; b.Loop(); n++ {
		if n == len(lines) {
			b.StopTimer()
			spent += processorTime(b) - since
			for i := range lines {
				lines[i] = line(loadLive + len(took) + i)
			}
			n = 0
			since = processorTime(b)
			b.StartTimer()
		}
		d := parseLine(b, lines[n])
		begun := processorTime(b)
		c.Add(d)
		took = append(took, processorTime(b)-begun)
	}
	spent += processorTime(b) - since
	slices.Sort(took)
	b.ReportMetric(float64(len(took))/spent.Seconds(), "docs/s")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(live), "live")
	b.ReportMetric(float64(len(c.stories)), "stories")
	b.ReportMetric(perDoc, "B/live")
}

// parseLine reads a document as parallax cluster does.
func parseLine(b *testing.B, line []byte) Doc {
	b.Helper()
	var d struct {
		ID        string `json:"id"`
		Title     string `json:"title"`
		Text      string `json:"text"`
		Published string `json:"published"`
		Lang      string `json:"lang"`
		Source    string `json:"source"`
	}
	if err := json.Unmarshal(line, &d); err != nil {
		b.Fatal(err)
	}
	at, err := time.Parse(time.RFC3339, d.Published)
	if err != nil {
		b.Fatal(err)
	}
	return Doc{ID: d.ID, Title: d.Title, Text: d.Text, At: at, Source: d.Source, Language: lang.Detect(d.Title+"\n"+d.Text, d.Lang)}
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func heapInUse() uint64 {
	runtime.GC()
	runtime.GC() // what the first one's finalizers let go
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func hashOf(s string, n int) uint32 {
	h := fnv.New32a()
	_, _ = io.WriteString(h, s)
	_, _ = fmt.Fprint(h, " ", n)
	return h.Sum32()
}

// variant returns text without every sixteenth word of its vocabulary; of variant 0 nothing
// is missing.
func variant(text string, n int) string {
	if n == 0 {
		return text
	}
	var words []string
	for w := range strings.SplitSeq(text, " ") {
		if hashOf(w, 0)%16 != uint32(n%16) { //nolint:gosec // a small number
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}

// stream returns the documents of the labelled stream in the order of the folded days.
func stream() ([]told, error) {
	dates := map[string]string{}
	err := zippedLines(filepath.Join(streamDir, "dense_dates.tsv.gz"), func(line []byte) error {
		id, date, _ := strings.Cut(strings.TrimSpace(string(line)), "\t")
		dates[id] = date
		return nil
	})
	if err != nil {
		return nil, err
	}
	var docs []told
	err = zippedLines(filepath.Join(streamDir, "docs.jsonl.gz"), func(line []byte) error {
		var d told
		err := json.Unmarshal(line, &d)
		d.Published = dates[d.ID]
		docs = append(docs, d)
		return err
	})
	slices.SortStableFunc(docs, func(a, b told) int {
		return cmp.Or(cmp.Compare(a.Published, b.Published), cmp.Compare(a.ID, b.ID))
	})
	return docs, err
}

func zippedLines(path string, yield func([]byte) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		if err := yield(lines.Bytes()); err != nil {
			return err
		}
	}
	return lines.Err()
}

// invented returns n documents whose words are distributed as those of real news: few words
// make up most of a text, the vocabulary has no end, and of each document some thirty words
// come again and again that are rare elsewhere: its names and its matter.
func invented(n int) []told {
	r := rand.New(rand.NewPCG(7, 1)) //nolint:gosec // not for secrets
	syllables := strings.Fields("bra cot dem fil gor hax jun kel lom mip nor pra qui rus sto tev urb vil wex yar zul ane iro osk ult")
	// The most frequent are English, so that the language is seen as soon as that of real news.
	small := strings.Fields("the of to in and a on said that for is was by with at from it told were after he his as be has had not are but have they its " +
		"who an will more this their which or would been about when one out also up new him her two there she we you so what could than other")
	word := func(n uint64) string {
		if n < uint64(len(small)) {
			return small[n]
		}
		var b strings.Builder
		for n++; n > 0; n /= uint64(len(syllables)) {
			b.WriteString(syllables[n%uint64(len(syllables))])
		}
		return b.String()
	}
	common := rand.NewZipf(r, 1.15, 8, 60_000)
	matter := rand.NewZipf(r, 1.02, 400, 150_000)
	docs := make([]told, n)
	for i := range docs {
		own := make([]string, 30)
		for k := range own {
			own[k] = word(60 + matter.Uint64())
		}
		text := make([]string, 0, 400)
		for range 400 {
			if r.IntN(5) == 0 {
				text = append(text, own[r.IntN(1+r.IntN(len(own)))])
			} else {
				text = append(text, word(common.Uint64()))
			}
		}
		title := slices.Concat(own[:6], text[:3])
		docs[i] = told{ID: fmt.Sprint("d", i), Title: strings.Join(title, " "), Text: strings.Join(text, " "), Lang: "en", Source: fmt.Sprint("outlet", i%200)}
	}
	return docs
}
