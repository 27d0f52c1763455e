package cluster

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"parallax/internal/cluster/across"
	"parallax/internal/lang"
	"parallax/internal/news"
)

const (
	// fewDocs is up to how many documents of the window each is read for what it shares across languages. Of
	// more, it is where the window holds fewOthers in other languages and at least one of oneOther: a few whose language
	// was mistaken must not cost all others of a large hub in one language half as much again.
	fewDocs, fewOthers, oneOther = 1000, 3, 1000
)

// key is by which a strand is known to package across.
func (s *story) key(c *Clusterer) string { return s.id + " " + c.terms.languages[s.lang].tag }

// byKey returns the strand with a key.
func (c *Clusterer) byKey(key string) *story {
	at := strings.LastIndexByte(key, ' ')
	return c.strand(key[:at], c.terms.byTag[key[at+1:]])
}

// mixed reports whether the window holds enough documents in other languages than d that it is worth reading it for
// what it shares with these.
func (c *Clusterer) mixed(d *doc) bool {
	if len(c.docs) <= fewDocs {
		return true
	}
	others := c.foreign(d)
	return others >= fewOthers && others*oneOther >= len(c.docs)
}

// foreign returns how many documents of the window are known to be in another language than d.
func (c *Clusterer) foreign(d *doc) int {
	n := len(c.docs) - int(c.spoken[d.lang])
	if und, ok := c.terms.byTag[lang.Und]; ok && und != d.lang && int(und) < len(c.spoken) {
		n -= int(c.spoken[und])
	}
	return n
}

// read makes what nd tells known across languages. Of d, only nd is left when it has been placed.
func (c *Clusterer) read(nd *doc, d *Doc) {
	if nd.mute || c.opts.OneLanguage || !c.mixed(nd) {
		return
	}
	doc := across.Doc{ID: d.ID, Language: c.terms.languages[nd.lang].tag, Title: d.Title, Text: d.Text, At: time.UnixMilli(nd.at)}
	c.others.Put(doc, nd.story.key(c))
}

// meet merges the story of d, which made it grow, with those in other languages that are surely of the same event.
func (c *Clusterer) meet(d *doc) (merges []news.Merge) {
	if c.foreign(d) == 0 {
		return nil
	}
	key := d.story.key(c)
	found := c.others.Sure(key, d.id)
	slices.SortFunc(found, func(a, b news.Relation) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
	})
	for _, r := range found {
		other := r.A
		if other == key {
			other = r.B
		}
		// What merged before may have given either another id.
		s, t := d.story, c.byKey(other)
		if t == nil || t.id == s.id || !c.mayMerge(s, t) || !c.agree(s, t) {
			continue
		}
		if len(s.times) == 0 || len(t.times) == 0 {
			continue // when it was is part of what makes it sure
		}
		from, into := s, t
		if c.since(from) < c.since(into) {
			from, into = into, from
		}
		merges = append(merges, news.Merge{
			From: from.id, Into: into.id, Score: r.Score, Why: "the same event in two languages: " + r.Why,
			Model: news.ModelAcross, Witness: d.id,
		})
		c.unite(from.id, into.id)
	}
	return merges
}
