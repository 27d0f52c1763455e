package feed

import (
	"strings"
	"time"
)

// A Thread is where an entry stands in a discussion (RFC 4685, slash and wfw).
type Thread struct {
	ReplyTo    []Reply   // what it answers
	Updated    time.Time // when the last comment came
	Post       string    // URL that takes comments (wfw:comment)
	Section    string    // slash:section
	Department string    // slash:department
}

// A Reply names what an entry answers (thr:in-reply-to).
type Reply struct {
	ID     string // of the entry
	URL    string // where it can be read
	Type   string // of what is there
	Source string // URL of the feed that has it
}

func (p *parser) thread() *Thread {
	if p.entry.Thread == nil {
		p.entry.Thread = &Thread{}
	}
	return p.entry.Thread
}

func (p *parser) threadLeaf(f *frame, text string) {
	if p.entry == nil || f.owner != inEntry {
		return
	}
	switch f.key {
	case "thr:in-reply-to":
		r := Reply{
			ID: strings.TrimSpace(f.attrs.get("ref")), URL: f.resolve(f.attrs.get("href")),
			Type: f.attrs.get("type"), Source: f.resolve(f.attrs.get("source")),
		}
		if r.ID == "" {
			r.ID = text // of drafts
		}
		if r.ID != "" || r.URL != "" {
			keep(&p.tally, &p.thread().ReplyTo, r)
		}
	case "slash:section":
		if text != "" {
			p.thread().Section = collapse(text)
		}
	case "slash:department":
		if text != "" {
			p.thread().Department = collapse(text)
		}
	case "wfw:comment":
		if url := f.resolve(text); url != "" {
			p.thread().Post = url
		}
	}
}
