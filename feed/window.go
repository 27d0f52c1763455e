package feed

import "io"

// windowSize is how much is read at once, and how long a piece of text can become.
const windowSize = 64 << 10

// A window is the part of a document that is being read: all of it where there is no
// reader, else what the reader gave and nobody is done with yet.
type window struct {
	r    io.Reader // nil when buf holds all that is left
	rerr error     // what the reader said, io.EOF apart
	buf  []byte
	pos  int   // what stands before it is done with
	base int64 // offset of buf[0] in the document
}

// offset returns where in the document pos is.
func (w *window) offset() int64 { return w.base + int64(w.pos) }

// fill reads more, keeping what starts at pos. It says whether to look again: there is
// more, or it is now known that there is none. What points into buf is stale then.
func (w *window) fill() bool {
	if w.r == nil {
		return false
	}
	rest := len(w.buf) - w.pos
	// Twice as much as there is, for what is looked at will be looked at again.
	want := len(w.buf) + max(windowSize/4, rest)
	if cap(w.buf) < want {
		to := w.buf[:0]
		if w.pos < rest || cap(w.buf) < rest+max(windowSize/4, rest) {
			to = make([]byte, 0, 2*rest+windowSize)
		}
		w.base += int64(w.pos)
		want -= w.pos
		w.buf, w.pos = append(to, w.buf[w.pos:]...), 0
	}
	for idle := 0; idle < 100; { // readers may return nothing; not for ever
		n, err := w.r.Read(w.buf[len(w.buf):cap(w.buf)])
		w.buf = w.buf[:len(w.buf)+n]
		if err != nil {
			w.r = nil
			if err != io.EOF {
				w.rerr = err
			}
			return true
		}
		if len(w.buf) >= want {
			return true
		}
		if idle++; n > 0 {
			idle = 0
		}
	}
	w.r, w.rerr = nil, io.ErrNoProgress
	return true
}
