package feed

import (
	"strings"
	"sync"
)

// A memory is what one parser leaves to the next: room, and names it will meet again.
type memory struct {
	names    map[string]*name
	recent   [128]*name // some of names, where nameOf looks first
	interned [128]string
	strings  strings.Builder // short strings, one after the other
	scope    int             // counts the changes of bindings, from 1, over all documents

	bindings []binding
	frames   []frame
	attrs    []attr      // of all open elements
	inline   []inlineTag // tags open inside the element that gathers markup
	decoded  []byte      // the document, where it had to be decoded
	text     []byte
	scratch  []byte
	once     []byte   // text that was encoded twice, as it was before
	ready    []*Entry // complete, and not yet handed on
}

func newMemory() *memory { return &memory{names: make(map[string]*name, 64), scope: 1} }

var memories = sync.Pool{New: func() any { return newMemory() }}

// release gives m to whoever parses next, without what the document was made of.
func (m *memory) release() {
	const most = 1 << 20 // bytes; what a large document needed, small ones do not
	if cap(m.decoded) > most || cap(m.text) > most || cap(m.scratch) > most || cap(m.once) > most || len(m.names) > maxNames/2 {
		return
	}
	m.scope++
	clear(m.frames[:cap(m.frames)])
	clear(m.attrs[:cap(m.attrs)])
	clear(m.inline[:cap(m.inline)])
	clear(m.bindings[:cap(m.bindings)])
	clear(m.ready[:cap(m.ready)])
	m.frames, m.attrs, m.inline, m.bindings, m.ready = m.frames[:0], m.attrs[:0], m.inline[:0], m.bindings[:0], m.ready[:0]
	m.text, m.scratch = m.text[:0], m.scratch[:0]
	memories.Put(m)
}

// intern returns b as a string, for short ones that of last time: most attributes have
// one of a few values.
func (m *memory) intern(b []byte) string {
	if len(b) == 0 || len(b) > 24 {
		return m.str(b)
	}
	last := &m.interned[(uint(len(b))*7^uint(b[0])^uint(b[len(b)-1])<<1^uint(b[len(b)/2])<<2)%uint(len(m.interned))]
	if *last != string(b) {
		*last = m.str(b)
	}
	return *last
}

// str returns b as a string. Short ones share memory with their neighbours, for which
// the collector thanks.
func (m *memory) str(b []byte) string {
	const short, chunk = 128, 2 << 10
	if len(b) == 0 || len(b) > short {
		return string(b)
	}
	if m.strings.Cap()-m.strings.Len() < len(b) {
		m.strings.Reset()
		m.strings.Grow(chunk)
	}
	start := m.strings.Len()
	m.strings.Write(b)
	return m.strings.String()[start:]
}
