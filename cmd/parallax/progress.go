package main

import (
	"fmt"
	"io"
	"sync"
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
	bar    *mpb.Bar
	what   string
	done   int
	total  int
	told   time.Time // when a line was last written
	latest string    // the last line, so that no line comes twice
}

// lineEvery is how often a stage may write a line where there is no terminal.
const lineEvery = 2 * time.Second

func newBoard(e *env) *board {
	b := &board{out: e.err, stages: map[string]*stageBar{}}
	if e.tty {
		b.bars = mpb.New(mpb.WithOutput(e.err), mpb.WithWidth(64), mpb.WithRefreshRate(100*time.Millisecond))
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
			b.stages[name] = s
			if b.bars != nil {
				s.bar = b.bars.AddBar(0,
					mpb.PrependDecorators(decor.Name(name, decor.WCSyncSpaceR), decor.CountersNoUnit("%d/%d", decor.WCSyncSpace)),
					mpb.AppendDecorators(decor.Any(func(decor.Statistics) string {
						b.mu.Lock()
						defer b.mu.Unlock()
						return s.what
					})))
			}
		}
		s.done, s.total, s.what = done, max(done, total), what
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
	line := fmt.Sprintf("%-8s %d/%d  %s", name, s.done, s.total, s.what)
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
		s.what = ""
		s.bar.SetTotal(int64(s.total), true)
	}
	b.mu.Unlock()
	b.bars.Wait()
}
