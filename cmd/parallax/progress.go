package main

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"parallax/internal/news"
)

// A board shows how far the stages of a pipeline are: bars on a terminal, else a line
// now and then, fit for a log.
type board struct {
	out  io.Writer
	bars *mpb.Progress // nil: no terminal

	mu     sync.Mutex // guards what follows; stages tell from several goroutines
	stages map[string]*stageBar
}

type stageBar struct {
	bar *mpb.Bar
	// what is being worked on. The bar reads it while it is drawn, and must not wait then
	// for whoever holds the board and waits for the bar.
	what   atomic.Value // string
	done   int
	total  int
	told   time.Time // when a line was last written
	latest string    // the last line, so that no line comes twice
}

// frame is how often the bars are drawn.
const frame = 100 * time.Millisecond

// barText is how many letters beside a bar say what is being worked on.
const barText = 48

// lineEvery is how often a stage may write a line where there is no terminal.
const lineEvery = 2 * time.Second

func newBoard(e *env) *board {
	b := &board{out: e.err, stages: map[string]*stageBar{}}
	if e.tty {
		b.bars = mpb.New(mpb.WithOutput(e.err), mpb.WithWidth(64), mpb.WithAutoRefresh(), mpb.WithRefreshRate(frame))
	}
	return b
}

// stage returns whom the stage of that name tells how far it is.
func (b *board) stage(name string) news.Progress {
	return func(done, total int, what string) {
		b.mu.Lock()
		defer b.mu.Unlock()
		s := b.stages[name]
		if s == nil {
			s = &stageBar{}
			s.what.Store("")
			b.stages[name] = s
			if b.bars != nil {
				s.bar = b.bars.AddBar(0,
					mpb.PrependDecorators(decor.Name(name, decor.WCSyncSpaceR), decor.CountersNoUnit("%d/%d", decor.WCSyncSpace)),
					mpb.AppendDecorators(decor.Any(func(decor.Statistics) string {
						return news.Cut(s.what.Load().(string), barText)
					})))
			}
		}
		s.done, s.total = done, max(done, total)
		s.what.Store(what)
		if s.bar != nil {
			s.bar.SetTotal(int64(s.total), false)
			s.bar.SetCurrent(int64(done))
			return
		}
		if now := time.Now(); now.Sub(s.told) >= lineEvery {
			s.told = now
			b.line(name, s)
		}
	}
}

func (b *board) line(name string, s *stageBar) {
	line := fmt.Sprintf("%-8s %d/%d  %s", name, s.done, s.total, s.what.Load())
	if line != s.latest {
		_, _ = fmt.Fprintln(b.out, line)
		s.latest = line
	}
}

// close ends the display, with the last state of every stage on it.
func (b *board) close() {
	if b.bars == nil {
		return
	}
	b.mu.Lock()
	for _, s := range b.stages {
		s.what.Store("")
		s.bar.SetTotal(int64(s.total), true)
	}
	b.mu.Unlock()
	b.bars.Wait()
}
