package api

import (
	"reflect"
	"strings"

	"parallax/internal/explain"
	"parallax/internal/news"
	"parallax/internal/publish"
)

// An operation is one thing that can be asked.
type operation struct {
	path    string // below Root
	id      string // its operationId
	title   string
	about   string
	params  []param
	returns reflect.Type // of the body of its answer; nil: any JSON
	answer  func(*request) (any, error)
	errors  []Kind // besides those that each has
	merges  bool   // 308 where a story was merged
	example string // of the path, for the page and the manual
}

func of[T any]() reflect.Type { return reflect.TypeFor[T]() }

// operations is the site map of the API; comparisonType is that of Site.Comparison.
func operations(comparisonType reflect.Type) []operation {
	language := text("language", "Only in this language, BCP 47: `pt` finds `pt-BR`, too. Pages may be shorter then, even empty: go on with `next`.", 35)
	through := text("lens", "Through which lens: its id. Left out: the first that the operator declared.", maxID)
	side := text("side", "Only of sources on this side of a lens: `LENS:SIDE`, such as `control:public`.", 2*maxID)
	from := text("source", "Only of this source: its id.", maxID)
	since := moment("since", "Only those of this time or later.")
	least := func(name, doc string) param { return number(name, doc, 0, 1000, 0) }
	gone := []Kind{NotFoundKind, GoneKind, LegalKind}
	list := []operation{
		{path: "/", id: "root", title: "What there is", returns: of[root](), about: "The operations of this API, and where its description and manual are."},
		{path: "/openapi.json", id: "openapi", title: "This description", about: "The API as an OpenAPI 3.1 document, made of the same table as its routes.", answer: func(q *request) (any, error) { return q.document, nil }, example: "/openapi.json"},

		{
			path: "/sources", id: "listSources", title: "Sources", about: "Every outlet, by its id, with on which side it stands. Those that are not carried any more are among them.",
			params: list(
				choice("state", "Only those that are carried now, are not yet, or are not any more.", "any", "carried", "pending", "withdrawn"),
				text("country", "Only of this country: ISO 3166-1 alpha-2.", 2), language, side,
			),
			returns: of[sourcePage](), answer: listSources,
		},
		{
			path: "/sources/{id}", id: "getSource", title: "A source", about: "All that is said of who stands behind an outlet, with who says so; on what terms it is carried; how its feeds are reached.",
			params: []param{id("id of a source")}, returns: of[source](), answer: oneSource, errors: []Kind{NotFoundKind}, example: "/sources/{source}",
		},
		{
			path: "/sources/{id}/articles", id: "listArticlesOfSource", title: "Articles of a source", about: "Its articles, the newest first.",
			params: list(id("id of a source"), language, since, moment("until", "Only those before this.")), returns: of[articlePage](), answer: articlesOfSource, errors: gone, example: "/sources/{source}/articles",
		},

		{
			path: "/items", id: "listItems", title: "Items", about: "The entries of feeds as these said them, without their texts; the one first that was seen first the latest. Who asks again with `since` gets what came meanwhile.",
			params: list(from, since), returns: of[itemPage](), answer: listItems,
		},
		{
			path: "/items/{id}", id: "getItem", title: "An item", about: "One entry of a feed.",
			params: []param{id("id of an item")}, returns: of[item](), answer: oneItem, errors: []Kind{NotFoundKind}, example: "/items/{item}",
		},

		{
			path: "/articles", id: "listArticles", title: "Articles", about: "What outlets published, the newest first.",
			params:  list(from, side, text("story", "Only of this story: its id.", maxID), language, since, moment("until", "Only those before this.")),
			returns: of[articlePage](), answer: listArticles,
		},
		{
			path: "/articles/{id}", id: "getArticle", title: "An article", about: "As much of it as its carriage allows, with who stands behind its source. Show `disclosure` and `carriage` where you show it, and delete it when its address answers 410 or 451.",
			params: []param{id("id of an article")}, returns: of[article](), answer: oneArticle, errors: gone, example: "/articles/{article}",
		},
		{
			path: "/articles/{id}/revisions", id: "listRevisions", title: "Versions of an article", about: "What the outlet changed, as this hub saw it: the latest first.",
			params: list(id("id of an article")), returns: of[revisionPage](), answer: revisions, errors: gone, example: "/articles/{article}/revisions",
		},
		{
			path: "/articles/{id}/why", id: "explainArticle", title: "Why an article stands in its story", about: "What was measured when it was placed, and what happened since, by the machine or the editor.",
			params: []param{id("id of an article")}, returns: of[*explain.Explanation](), answer: why, errors: gone, example: "/articles/{article}/why",
		},

		{
			path: "/stories", id: "listStories", title: "Stories", about: "Events, each with who tells it on which side.",
			params: list(
				choice("sort", "`rank`: as on the front page. `first`: those first that began last; who reads page after page in this order meets each once. `last`: those first that were told last.", "rank", "first", "last"),
				through, moment("since", "Only those that were told (in the order `first`: began) at this time or later."), language,
				least("min_owners", "Only those that outlets of at least so many owners tell."), least("min_sides", "Only those that at least so many sides of the lens tell; `unplaced` is none."),
			),
			returns: of[storyPage](), answer: listStories,
		},
		{
			path: "/stories/{id}", id: "getStory", title: "A story", about: "Its articles, side by side.",
			params: []param{id("id of a story"), through}, returns: of[storyBrief](), answer: oneStory, errors: gone, merges: true, example: "/stories/{story}",
		},
		{
			path: "/stories/{id}/comparison", id: "getComparison", title: "A comparison", about: "A story through a lens: what all report and what one side alone does, who said what, numbers at odds, words, silent outlets.",
			params: []param{id("id of a story"), text("lens", "Through which lens: its id. Left out: the one with which its page opens.", maxID)}, returns: comparisonType, answer: comparison,
			errors: gone, merges: true, example: "/stories/{story}/comparison",
		},

		{path: "/lenses", id: "listLenses", title: "Lenses", about: "The ways in which this hub divides its sources into sides.", returns: of[lensPage](), answer: listLenses},
		{
			path: "/lenses/{id}", id: "getLens", title: "A lens", about: "With the sources on each of its sides.",
			params: []param{id("id of a lens")}, returns: of[lens](), answer: oneLens, errors: []Kind{NotFoundKind}, example: "/lenses/{lens}",
		},

		{
			path: "/search", id: "search", title: "A search", about: "Articles that hold every word, in any of its forms; as the search of the pages.",
			params: list(required(text("q", "What to search for.", maxQuery))), returns: of[searchPage](), answer: search, example: "/search?q={word}",
		},
	}
	list[0].answer = func(q *request) (any, error) { return q.root(list) }
	return list
}

// A root says what there is.
type root struct {
	Name       string          `json:"name" doc:"of the hub"`
	Software   string          `json:"software"`
	URL        string          `json:"url" doc:"of the hub"`
	OpenAPI    string          `json:"openapi" doc:"the description for programs"`
	Manual     string          `json:"manual" doc:"the description for people"`
	PerMinute  int             `json:"requests_per_minute,omitempty" doc:"that one client may make; left out where there is no limit"`
	Excerpt    int             `json:"excerpt_runes" doc:"the most that is given of an article that is carried as an excerpt, and"`
	Quoted     int             `json:"quoted_runes" doc:"what is quoted of it besides, in comparisons"`
	Operations []rootOperation `json:"operations"`
}

type rootOperation struct {
	ID     string   `json:"id"`
	URL    string   `json:"url" doc:"a template (RFC 6570)"`
	Title  string   `json:"title"`
	Params []string `json:"parameters,omitempty"`
}

func (q *request) root(list []operation) (any, error) {
	r := root{
		Name: q.HubName, Software: "Parallax " + q.Version, URL: q.base + "/", OpenAPI: q.at("openapi.json"), Manual: q.base + "/api",
		PerMinute: q.PerMinute, Excerpt: news.ExcerptRunes, Quoted: publish.QuotedRunes,
	}
	for _, op := range list {
		o := rootOperation{ID: op.id, URL: q.base + Root + strings.TrimSuffix(op.path, "/"), Title: op.title}
		for _, p := range op.params {
			if !p.inPath {
				o.Params = append(o.Params, p.name)
			}
		}
		r.Operations = append(r.Operations, o)
	}
	return r, nil
}

// An Example is an operation as the page of the API shows it.
type Example struct {
	Path, Title, About string
	Try                string // an address below Root with names in braces for what a hub has; "": it has parameters that are no good without
}

// Examples are the operations for people, in their order.
func Examples() []Example {
	var list []Example
	for _, op := range operations(nil) {
		e := Example{Root + strings.TrimSuffix(op.path, "/"), op.title, op.about, op.example}
		if e.Try == "" && op.returns != nil && !hasPath(op) {
			e.Try = strings.TrimSuffix(op.path, "/")
		}
		list = append(list, e)
	}
	return list
}

func hasPath(op operation) bool {
	for _, p := range op.params {
		if p.inPath {
			return true
		}
	}
	return false
}
