package hub

import "parallax/internal/news"

// bells are rung for stages that rest, by name, when there may be work for them. They are
// a hint and no more: they shorten the rest of a stage in this process, and what is to be
// done stands in the store, where a stage finds it that did not hear, too. They are made
// before anything runs, and not changed after.
type bells map[string]chan struct{}

func newBells(stages []Stage) bells {
	b := bells{}
	for _, s := range stages {
		b[s.Name()] = make(chan struct{}, 1)
	}
	return b
}

// ring wakes a stage, now or as soon as it rests, if it runs here.
func (h *Hub) ring(stage string) {
	select {
	case h.bells[stage] <- struct{}{}:
	default: // it was rung already, or is not there
	}
}

// before returns a Progress that rings for the next stage whenever work is done.
func (h *Hub) before(next string, p news.Progress) news.Progress {
	return func(done, total int, what string) {
		p.Tell(done, total, what)
		h.ring(next)
	}
}
