package api

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"parallax/internal/news"
	"parallax/internal/publish"
)

// A sourceBrief is a source as lists have it.
type sourceBrief struct {
	ID         string            `json:"id"`
	Name       string            `json:"name"`
	URL        string            `json:"url" doc:"its page on this hub"`
	Home       string            `json:"home,omitempty" doc:"its own home page"`
	Country    string            `json:"country,omitempty" doc:"ISO 3166-1 alpha-2"`
	Languages  []string          `json:"languages,omitempty" doc:"BCP 47, the main one first"`
	State      string            `json:"state" enum:"carried,pending,withdrawn" doc:"whether it is carried now"`
	Retired    time.Time         `json:"retired,omitzero" doc:"since when it is not read any more; what was carried stays"`
	Mode       news.Mode         `json:"mode" doc:"how much of its articles is given"`
	Sides      map[string]string `json:"sides" doc:"on which side it stands, by the id of the lens; unplaced where the lens knows nothing of it"`
	Disclosure string            `json:"disclosure" doc:"who stands behind it, in a sentence with who says so"`
	Carriage   string            `json:"carriage" doc:"on what terms it is carried, in sentences"`
}

// A source is all that is told of one.
type source struct {
	sourceBrief
	Claims   news.Disclosure `json:"claims" doc:"what is said of who stands behind it, each with who says so"`
	Versions []version       `json:"versions,omitempty" doc:"of the claims, the first first; the last one is in force"`
	Terms    carriageTerms   `json:"carriage_terms"`
	Ended    time.Time       `json:"ended,omitzero" doc:"since when it is withdrawn"`
	// Withdrawn says why, where it was taken down.
	Withdrawn *sourceWithdrawn `json:"withdrawn,omitempty" doc:"why it was taken down, if it was"`
	Feeds     []sourceFeed     `json:"feeds" doc:"its own, that the hub reads"`
}

type sourceWithdrawn struct {
	At           time.Time `json:"at"`
	Why          string    `json:"why"`
	DemandedBy   string    `json:"demanded_by,omitempty" doc:"where it was demanded by law"`
	Jurisdiction string    `json:"jurisdiction,omitempty"`
	Order        string    `json:"order,omitempty" doc:"where the order can be read"`
}

type version struct {
	N     int       `json:"n"`
	Since time.Time `json:"since"`
	URL   string    `json:"url" doc:"this version, as JSON"`
}

type carriageTerms struct {
	Why         string    `json:"why,omitempty"`
	Mode        news.Mode `json:"mode"`
	Basis       string    `json:"basis,omitempty" doc:"a licence, a permission, or the ground that the operator states"`
	From        time.Time `json:"from,omitzero"`
	Until       time.Time `json:"until,omitzero" doc:"from then on it is withdrawn"`
	KeepSeconds int64     `json:"keep_seconds,omitempty" doc:"how long each article is carried after it was first seen"`
	Boilerplate string    `json:"boilerplate,omitempty" doc:"what its licence wants beside each article: show it, too"`
}

type sourceFeed struct {
	ID         string     `json:"id"`
	URL        string     `json:"url"`
	Title      string     `json:"title,omitempty"`
	Reach      news.Reach `json:"reach,omitempty" doc:"how this hub can reach it; left out where that was not tried yet"`
	ReachNote  string     `json:"reach_note" doc:"the same in words"`
	ReachSince time.Time  `json:"reach_since,omitzero"`
	Blocking   string     `json:"blocking,omitempty" doc:"by which means the direct way fails, in OONI's words"`
	LastGood   time.Time  `json:"last_good,omitzero" doc:"when it was last read"`
	LastNew    time.Time  `json:"last_new,omitzero" doc:"when it last brought something new"`
	Failures   int        `json:"failures,omitempty" doc:"in a row"`
}

type sourcePage struct {
	Sources []sourceBrief `json:"sources"`
	Next    string        `json:"next,omitempty" doc:"the address of the next page"`
}

func (p sourcePage) nextPage() string { return p.Next }

func (q *request) sourceBrief(src *news.Source) sourceBrief {
	b := sourceBrief{
		ID: src.ID, Name: src.Name, URL: q.base + "/source/" + url.PathEscape(src.ID), Home: src.Home, Country: src.Country,
		Languages: src.Languages, State: string(src.At(q.hub.Now)), Retired: src.Retired.UTC(), Mode: src.Carriage.EffectiveMode(), Sides: map[string]string{},
		Disclosure: publish.DisclosureLine(src), Carriage: publish.CarriageNote(src),
	}
	if src.At(q.hub.Now) == news.Withdrawn {
		b.Carriage = "It is not carried any more, since " + publish.Day(src.Ended()) + "."
	}
	for i := range q.hub.Lenses {
		b.Sides[q.hub.Lenses[i].ID] = q.hub.Lenses[i].SideOf(src)
	}
	return b
}

func listSources(q *request) (any, error) {
	after, err := readAfter("o", q.values["after"])
	if err != nil {
		return nil, err
	}
	ids, all, err := q.side("side")
	if err != nil {
		return nil, err
	}
	there := make(map[string]bool, len(ids))
	for _, id := range ids {
		there[id] = true
	}
	limit, p := q.number("limit"), sourcePage{Sources: []sourceBrief{}}
	sorted := slices.SortedFunc(slices.Values(q.hub.List), func(a, b *news.Source) int { return cmp.Compare(a.ID, b.ID) })
	for _, src := range sorted {
		if src.ID <= after || !all && !there[src.ID] ||
			q.values["country"] != "" && !strings.EqualFold(src.Country, q.values["country"]) ||
			q.values["state"] != "" && q.values["state"] != "any" && string(src.At(q.hub.Now)) != q.values["state"] ||
			q.values["language"] != "" && !slices.ContainsFunc(src.Languages, func(tag string) bool { return inLanguage(tag, q.values["language"]) }) {
			continue
		}
		if len(p.Sources) == limit {
			p.Next = q.page(writeAfter("o", p.Sources[limit-1].ID))
			break
		}
		p.Sources = append(p.Sources, q.sourceBrief(src))
	}
	return p, nil
}

// writeAfter makes a cursor of a kind.
func writeAfter(kind, place string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(kind + " " + place))
}

func readAfter(kind, cursor string) (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	of, place, ok := strings.Cut(string(raw), " ")
	switch {
	case cursor == "":
		return "", nil
	case err != nil || !ok || of != kind || place == "":
		return "", news.ErrCursor
	}
	return place, nil
}

// sourceOf returns the source of the path.
func (q *request) sourceOf() (*news.Source, error) {
	src, err := q.Store.Source(q.Context(), q.values["id"])
	if errors.Is(err, news.ErrNotFound) {
		return nil, &ProblemError{Kind: NotFoundKind, Detail: "This hub carries no source of this id; " + q.at("sources") + " lists all."}
	}
	return src, err
}

func oneSource(q *request) (any, error) {
	src, err := q.sourceOf()
	if err != nil {
		return nil, err
	}
	c := src.Carriage
	s := source{
		sourceBrief: q.sourceBrief(src), Claims: src.Disclosure, Feeds: []sourceFeed{},
		Terms: carriageTerms{
			Why: c.Why, Mode: c.EffectiveMode(), Basis: c.Basis, From: c.From.UTC(), Until: c.Until.UTC(),
			KeepSeconds: int64(c.Keep / time.Second), Boilerplate: c.Boilerplate,
		},
	}
	if src.At(q.hub.Now) == news.Withdrawn {
		s.Ended = src.Ended().UTC()
	}
	k, err := q.Store.TakedownOf(q.Context(), "", src.ID)
	if err != nil {
		return nil, fmt.Errorf("takedown of %s: %w", src.ID, err)
	}
	if k != nil {
		s.Withdrawn = &sourceWithdrawn{k.At.UTC(), publish.WhyTaken(k), k.By, k.Jurisdiction, k.URL}
	}
	for i, since := range src.Versions {
		s.Versions = append(s.Versions, version{i + 1, since.UTC(), fmt.Sprintf("%s/disclosure/%d.json", s.URL, i+1)})
	}
	feeds, err := q.Store.Feeds(q.Context(), src.ID)
	if err != nil {
		return nil, fmt.Errorf("feeds of %s: %w", src.ID, err)
	}
	for _, f := range feeds {
		s.Feeds = append(s.Feeds, sourceFeed{
			ID: f.ID, URL: news.PublicURL(f.URL), Title: f.Title, Reach: f.Reach, ReachNote: publish.ReachTitle(f.Reach), ReachSince: f.ReachSince.UTC(),
			Blocking: f.Blocking, LastGood: f.LastGood.UTC(), LastNew: f.LastNew.UTC(), Failures: f.Failures,
		})
	}
	return s, nil
}

func articlesOfSource(q *request) (any, error) {
	src, err := q.sourceOf()
	if err != nil {
		return nil, err
	}
	switch src.At(q.hub.Now) {
	case news.Withdrawn:
		return nil, q.Site.SourceGone(q.Context(), src)
	case news.Pending:
		return nil, &ProblemError{Kind: NotFoundKind, Title: "Not carried yet", Detail: "The hub carries " + src.Name + " from " + publish.Day(src.Carriage.From) + " on."}
	}
	return q.articles([]string{src.ID}, "")
}
