package websub

import (
	"bytes"
	"errors"
	"io"
	"sync"
)

const (
	// maxWaiting is how many pushes for one feed are in hand: one that is being kept and one
	// that waits.
	maxWaiting = 2
	// maxHeld bounds the memory that all bodies together take. A feed has some hundred
	// kilobytes.
	maxHeld = 64 << 20
	chunk   = 64 << 10
)

var (
	errTooLarge = errors.New("push is too large")
	errFull     = errors.New("too many pushes are in hand")
)

// pushes are those in hand.
type pushes struct {
	mu   sync.Mutex // guards the others
	left int        // bytes that may still be held
	of   map[string]*line
}

// A line is the pushes for one feed: who has the turn is being kept.
type line struct {
	n    int
	turn chan struct{}
}

// enter returns the line of a feed, nil if it is full.
func (p *pushes) enter(feedID string) *line {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.of[feedID]
	if l == nil {
		l = &line{turn: make(chan struct{}, 1)}
		p.of[feedID] = l
	}
	if l.n == maxWaiting {
		return nil
	}
	l.n++
	return l
}

func (p *pushes) leave(feedID string, l *line) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if l.n--; l.n == 0 {
		delete(p.of, feedID)
	}
}

// read reads a body of at most limit bytes. What it returns, with an error too, is held
// until it is freed.
func (p *pushes) read(r io.Reader, limit int64) ([]byte, error) {
	var b bytes.Buffer
	for {
		if !p.hold(chunk) {
			return b.Bytes(), errFull
		}
		n, err := io.CopyN(&b, r, chunk)
		p.free(chunk - int(n))
		switch {
		case int64(b.Len()) > limit:
			return b.Bytes(), errTooLarge
		case errors.Is(err, io.EOF):
			return b.Bytes(), nil
		case err != nil:
			return b.Bytes(), err
		}
	}
}

func (p *pushes) hold(n int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left < n {
		return false
	}
	p.left -= n
	return true
}

func (p *pushes) free(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left += n
}
