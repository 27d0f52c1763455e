package feed

import (
	"bytes"
	"io"
	"iter"

	"parallax/feed/internal/charset"
)

// Parse reads a feed document. It reads what there is to be read, however malformed
// the document; Feed.Problems tells what was wrong. The error is a *NotFeedError and
// means that there is no feed in data at all.
func Parse(data []byte, o Options) (*Feed, error) {
	cs := charset.Detect(data, true, o.ContentType)
	if len(data) >= 2 && data[0] == 0x1f && data[1] == 0x8b {
		return nil, notFeed(data, data, o)
	}
	m := memories.Get().(*memory)
	defer m.release()
	text := cs.Decode(&m.decoded, data)
	d := &document{}
	if startsJSON(text) {
		d.json = newJSONParser(window{buf: text}, o, m)
	} else {
		d.xml = newParser(o, m)
		d.xml.lex.buf = text
		d.xml.still = true
		d.xml.letters = bytes.IndexByte(text, letters) >= 0
	}
	d.report(cs)
	for d.step() {
	}
	f := d.feed()
	if !d.found() {
		return nil, notFeed(data, text, o)
	}
	f.Entries = d.all()
	return f, nil
}

// Read reads a feed document as a stream, in memory that does not depend on its
// length. It returns when it has read up to the first entry, with what the feed says
// of itself until there; the sequence yields the entries, one at a time, and adds to
// the Feed what is still said of it later. Feed.Entries stays empty.
//
// The error of Read is a *NotFeedError or what r said before anything was read. The
// error in the sequence, always its last element, is what r said later; the entries
// before it are good. The sequence can be ranged over once.
//
// As entries are handed on and not held, the limits Entries and AllParts have no default
// here: whoever reads stops when there are enough.
func Read(r io.Reader, o Options) (*Feed, iter.Seq2[*Entry, error], error) {
	head := make([]byte, charset.Sniffed)
	n, err := io.ReadFull(r, head)
	head = head[:n]
	whole := err != nil
	if whole && err != io.EOF && err != io.ErrUnexpectedEOF {
		if n == 0 {
			return nil, nil, err
		}
		r = io.MultiReader(bytes.NewReader(head), &failing{err})
	} else {
		r = io.MultiReader(bytes.NewReader(head), r)
	}
	o.Limits = o.Limits.endless()
	cs := charset.Detect(head, whole, o.ContentType)
	if _, err := io.CopyN(io.Discard, r, int64(cs.Skip)); err != nil {
		return nil, nil, notFeed(head, head, o)
	}
	text := cs.Reader(r)
	d := &document{}
	start := cs.Decode(new([]byte), head)
	if startsJSON(start) {
		d.json = newJSONParser(window{r: text}, o, newMemory())
	} else {
		d.xml = newParser(o, newMemory())
		d.xml.lex.r = text
	}
	d.report(cs)
	more := true
	for more && (d.waiting() == 0 || !d.found() && d.waiting() < unsaid) {
		more = d.step()
	}
	if !d.found() {
		if err := d.err(); err != nil {
			return nil, nil, err
		}
		return nil, nil, notFeed(head, start, o)
	}
	return d.feed(), func(yield func(*Entry, error) bool) {
		for {
			for _, e := range d.take() {
				if !yield(e, nil) {
					return
				}
			}
			if !more {
				break
			}
			more = d.step()
		}
		if err := d.err(); err != nil {
			yield(nil, err)
		}
	}, nil
}

// unsaid is how many entries Read looks at before it gives up a JSON document that
// has not said its version: it may stand at the end.
const unsaid = 1000

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

// A document is being read by one of two parsers.
type document struct {
	xml  *parser
	json *jsonParser
}

func (d *document) step() bool {
	if d.json != nil {
		return d.json.step()
	}
	return d.xml.step()
}

func (d *document) feed() *Feed {
	if d.json != nil {
		return d.json.feed
	}
	return d.xml.feed
}

func (d *document) found() bool {
	if d.json != nil {
		return d.json.found
	}
	return d.xml.root != rootNone
}

func (d *document) waiting() int {
	if d.json != nil {
		return len(d.json.ready)
	}
	return len(d.xml.ready)
}

// take returns the entries that are complete.
func (d *document) take() (entries []*Entry) {
	if d.json != nil {
		entries, d.json.ready = d.json.ready, nil
		return entries
	}
	entries, d.xml.ready = d.xml.ready, nil
	return entries
}

// all returns the entries of a document that was read to its end.
func (d *document) all() []*Entry {
	if d.json != nil {
		return append([]*Entry(nil), d.json.ready...)
	}
	return append([]*Entry(nil), d.xml.ready...)
}

func (d *document) err() error {
	if d.json != nil {
		return d.json.rerr
	}
	return d.xml.lex.rerr
}

// report notes how the bytes were decoded.
func (d *document) report(cs charset.Charset) {
	f := d.feed()
	f.Encoding = cs.Name
	for _, what := range cs.Problems {
		f.Problems = append(f.Problems, Problem{What: what})
	}
}

func startsJSON(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n\ufeff")
	return len(text) > 0 && (text[0] == '{' || text[0] == '[')
}
