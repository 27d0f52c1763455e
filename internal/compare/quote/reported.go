package quote

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"parallax/internal/news"
)

// fewReported is how many words told without marks are a statement.
const fewReported = 5

// reported finds what a sentence without marks says that somebody said.
func (f *finder) reported(c *clause, paragraph, n int) {
	if f.notice(c, paragraph, n) {
		return
	}
	var content span
	var p party
	if q := c.cited(); q.kind != nobody {
		s := span{c.list[c.lo].from, c.list[c.hi-1].to}
		f.list = append(f.list, statement{parts: []span{s}, kind: news.QuoteReported, paragraph: paragraph, sentence: n, party: q, drop: true, cites: true})
		return
	}
	if c.flags["verb-first"] && c.flags["oblique"] {
		content, p = c.told()
	} else if content, p = c.that(); p.kind == nobody {
		content, p = c.trailing()
	}
	if p.kind == nobody {
		content, p = c.asTold()
	}
	// Behind a semicolon another may speak: "Dorn said that it sank; Vale says that it did not".
	for i := content.from; i < content.to; i++ {
		if !c.point(i, ";؛；") {
			continue
		}
		if content.from > c.lo { // who says it stands before
			content.to = i
			break
		}
		content.from = i + 1
	}
	if p.kind == nobody || p.kind == same || content.to <= content.from {
		return
	}
	s := span{c.list[content.from].from, c.list[content.to-1].to}
	if count(f.text[s.from:s.to]) < fewReported {
		return
	}
	for r, size := utf8.DecodeLastRuneInString(f.text[s.from:s.to]); strings.ContainsRune(".;:,。", r); r, size = utf8.DecodeLastRuneInString(f.text[s.from:s.to]) {
		s.to -= size
	}
	f.list = append(f.list, statement{parts: []span{s}, kind: news.QuoteReported, paragraph: paragraph, sentence: n, at: content.from, party: p, words: fewReported})
}

// that finds "Dorn said that ...".
func (c *clause) that() (span, party) {
	for v := c.lo; v < c.hi; v++ {
		if !c.is("saying", v) && !c.is("saying-participles", v) || !c.verb(v) || c.is("passive", v-1) {
			continue
		}
		const near = 6 // told reporters in Olm that
		for k := v + 1; k < c.hi && k <= v+near; k++ {
			if !c.is("that", k) || c.flags["comma-that"] && !c.point(k-1, ",") {
				if c.list[k].kind == point && !c.point(k, ",") || c.verb(k) {
					break
				}
				continue
			}
			p := c.left(v)
			if p.kind == nobody || c.flags["verb-first"] && p.kind == group && p.low == "" {
				if q := c.behind(v, k); q.kind != nobody {
					p = q
				}
			}
			return span{k + 1, c.hi}, p
		}
	}
	return span{}, party{}
}

// trailing finds "..., Dorn said".
func (c *clause) trailing() (span, party) {
	comma := c.hi - 1
	for comma > c.lo && !c.point(comma, ",،") {
		comma--
	}
	if comma <= c.lo+fewReported || c.hi-comma > 12 {
		return span{}, party{}
	}
	sub := &clause{speech: c.speech, list: c.list, lo: comma + 1, hi: c.hi}
	for v := sub.lo; v < sub.hi; v++ {
		if !c.is("saying", v) || !c.verb(v) || c.is("passive", v-1) || c.is("participles", v) {
			continue
		}
		for k := sub.lo; k < v; k++ {
			if c.is("relatives", k) || c.is("conjunctions", k) {
				return span{}, party{}
			}
		}
		for k := v + 1; k < sub.hi; k++ {
			if c.is("that", k) {
				return span{}, party{}
			}
		}
		if v > sub.lo {
			if p := sub.left(v); p.kind != nobody && p.by.from <= c.list[min(sub.lo+1, v)].from {
				return span{c.lo, comma}, p
			}
		}
		if c.flags["verb-first"] && v == sub.lo {
			if p := sub.beginning(v + 1); p.kind != nobody {
				return span{c.lo, comma}, p
			}
		}
	}
	return span{}, party{}
}

// asTold finds "According to Dorn, ..." and "..., according to Dorn".
func (c *clause) asTold() (span, party) {
	lead := c.lead()
	for i := c.lo; i < c.hi; i++ {
		p := c.according(i)
		if p.kind == nobody {
			continue
		}
		if i > c.lo+fewReported && (c.point(i-1, ",،") || !c.flags["according-in-commas"]) {
			to := i
			if c.point(i-1, ",،") {
				to--
			}
			return span{c.lo, to}, p
		}
		if i == c.lo || i == lead {
			for k := i; k < c.hi; k++ {
				if c.point(k, ",،") && c.list[k].from >= p.by.to {
					return span{k + 1, c.hi}, p
				}
			}
		}
		return span{}, party{}
	}
	return span{}, party{}
}

// notice finds what a publisher says of the text: a sentence with a phrase that only such have,
// and whom it names after "by" or as its subject.
func (f *finder) notice(c *clause, paragraph, n int) bool {
	for i := c.lo; i < c.hi; i++ {
		for _, phrase := range f.phrases["notices"] {
			if !c.matches(phrase, i) {
				continue
			}
			p := party{}
			for k := c.lo; k < c.hi && p.kind != named; k++ {
				if c.is("by", k) {
					p = c.beginning(k + 1)
				}
			}
			if p.kind != named {
				p = c.subject(c.hi)
			}
			if p.kind != named {
				return false
			}
			s := span{c.list[c.lo].from, c.list[c.hi-1].to}
			s.to = s.from + len(strings.TrimRightFunc(f.text[s.from:s.to], unicode.IsSpace))
			f.list = append(f.list, statement{parts: []span{s}, kind: news.QuoteNotice, paragraph: paragraph, sentence: n, party: p, words: fewReported})
			return true
		}
	}
	return false
}
