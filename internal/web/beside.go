package web

import (
	"context"
	"fmt"
	"net/http"

	"parallax/internal/compare/beside"
	"parallax/internal/news"
	"parallax/internal/publish"
)

// A besidePage is two accounts of one story, sentence by sentence.
type besidePage struct {
	frame
	StoryHref   string
	Left, Right account
	Rows        []besideRow
	Shared      int  // rows that both have
	Hidden      bool // something is not shown on the terms of carriage
	Foreign     bool // the two are in two languages
	Cut         bool // there are more rows than a page holds
	Exchanged   string
	Others      []besideLink // that may stand on the right
}

// An account is an article at the head of its column.
type account struct {
	Title    words
	Href     string
	Original string
	Outlet   outlet
	When     moment
	Whole    bool // all of it may be shown
}

// A besideRow is a sentence of either account, or of both. A side without segments has none.
type besideRow struct {
	Left, Right []segment // Mark: the other account has other words there
	Both        bool
	// LeftHidden and RightHidden say that a sentence is there which may not be shown.
	LeftHidden, RightHidden bool
	Hidden                  bool // stands for sentences of one account that may not be shown
}

type besideLink struct {
	Href   string
	Outlet string
}

// besideRows is how many rows a page has: two long reports, within its weight.
const besideRows = 90

func (s *site) beside(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	h, err := s.hub(ctx)
	if err != nil {
		return err
	}
	left, err := s.account(ctx, h, r.PathValue("id"))
	if err != nil {
		return err
	}
	right, err := s.account(ctx, h, r.PathValue("other"))
	if err != nil {
		return err
	}
	if left.StoryID == "" || left.StoryID != right.StoryID || left.ID == right.ID {
		return notFound("These are not two accounts of one story", "Articles are put side by side where they stand in the same story.")
	}
	byStory, err := s.Store.ArticlesOf(ctx, []string{left.StoryID}, h.now)
	if err != nil {
		return fmt.Errorf("list articles of story %s: %w", left.StoryID, err)
	}
	leftSource, rightSource := h.sources[left.SourceID], h.sources[right.SourceID]
	p := &besidePage{
		frame:     s.frame(r, leftSource.Name+" beside "+rightSource.Name),
		StoryHref: "/story/" + left.StoryID,
		Left:      h.besideHead(left, leftSource), Right: h.besideHead(right, rightSource),
		Exchanged: "/article/" + right.ID + "/beside/" + left.ID,
	}
	p.NoIndex = true // each pair of a story has such a page
	for _, a := range byStory[left.StoryID] {
		if src := h.sources[a.SourceID]; src != nil && a.ID != left.ID && a.ID != right.ID {
			p.Others = append(p.Others, besideLink{"/article/" + left.ID + "/beside/" + a.ID, src.Name})
		}
	}
	found, err := s.Store.Findings(ctx, left.StoryID)
	if err != nil {
		return fmt.Errorf("findings of story %s: %w", left.StoryID, err)
	}
	if found == nil {
		found = new(news.Findings)
	}
	// Of an excerpt what the story's page may quote, and no more with each account beside it.
	q := publish.NewQuoter(h.now, map[string]*news.Article{left.ID: left, right.ID: right}, h.sources, found.Each)
	pairs, cut := beside.Align(left, right)
	p.fill(pairs, q)
	p.Cut = p.Cut || cut
	p.Foreign = p.Shared == 0 && tagOf(left.Language) != tagOf(right.Language)
	return s.render(w, r, "beside", p)
}

// account returns an article that is carried, with its text.
func (s *site) account(ctx context.Context, h *hub, id string) (*news.Article, error) {
	a, err := s.Store.Article(ctx, id)
	if err != nil {
		return nil, orNotFound(err, "There is no such article", "This hub knows no article of this address.")
	}
	src, err := s.Store.Source(ctx, a.SourceID) // as it is now: it may have been taken down a moment ago
	if err != nil {
		return nil, fmt.Errorf("source of article %s: %w", a.ID, err)
	}
	if !publish.Carried(a, src, h.now) {
		g, err := s.goneOf(ctx, a, src, h.now)
		if err != nil {
			return nil, err
		}
		return nil, goneError(g, src, "This article is not carried, so nothing can be put beside it")
	}
	if h.sources[a.SourceID] == nil {
		return nil, notFound("There is no such article", "It is of an outlet that was added to this hub a moment ago. Please try again in a few seconds.")
	}
	return a, nil
}

func (h *hub) besideHead(a *news.Article, src *news.Source) account {
	return account{
		Title: foreign(a.Title, a.Language), Href: "/article/" + a.ID, Original: a.URL, Outlet: outletThen(src, a.FirstSeen, h.now), When: at(a.When(), h.now),
		Whole: src.Carriage.EffectiveMode() == news.FullText,
	}
}

// fill makes the rows.
func (p *besidePage) fill(pairs []beside.Pair, q *publish.Quoter) {
	for _, pair := range pairs {
		l, r := q.Quote(pair.Left), q.Quote(pair.Right)
		row := besideRow{Both: pair.Both(), Left: plain(l), Right: plain(r), LeftHidden: l == "" && pair.Left.To > 0, RightHidden: r == "" && pair.Right.To > 0}
		p.Hidden = p.Hidden || row.LeftHidden || row.RightHidden
		if row.Both {
			p.Shared++
		}
		switch n := len(p.Rows); {
		case n == besideRows:
			p.Cut = true
			return
		case l == "" && r == "" && !row.Both:
			if n == 0 || !p.Rows[n-1].Hidden {
				p.Rows = append(p.Rows, besideRow{Hidden: true})
			}
			continue
		case l != "" && r != "":
			row.Left, row.Right = differences(l, r)
		}
		p.Rows = append(p.Rows, row)
	}
}

func plain(text string) []segment {
	if text == "" {
		return nil
	}
	return []segment{{Text: text}}
}

// differences marks in each of two sentences the words that the other has not, wherever it has them.
func differences(left, right string) (l, r []segment) {
	ours, theirs := splitWords(left), splitWords(right)
	return notAmong(ours, theirs), notAmong(theirs, ours)
}

// notAmong marks the words that are not among others; letter case and marks beside them do not count.
func notAmong(list, others []string) (out []segment) {
	there := make(map[string]bool, len(others))
	for _, w := range others {
		there[plainWords(w)] = true
	}
	for _, w := range list {
		mark := !there[plainWords(w)]
		if n := len(out); n > 0 && out[n-1].Mark == mark {
			out[n-1].Text += w
			continue
		}
		out = append(out, segment{w, mark})
	}
	return out
}
