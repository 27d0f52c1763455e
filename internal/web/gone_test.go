package web_test

import (
	"context"
	"database/sql"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"parallax/internal/news"
	"parallax/internal/store"
	"parallax/internal/testkit"
	"parallax/internal/web"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// begun is when what is to be withdrawn is taken in, and over when all of it is.
var (
	begun = time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	over  = begun.Add(10 * time.Hour)
)

// A canary is a word that stands in one place of what is withdrawn, and nowhere else: "zq", the
// place, and whose it is. An address that a reader typed is written in capitals.
var canary = regexp.MustCompile(`zq[a-z]+`)

// A doomed hub is a store, with outlets that say the same of one event. Those other than "stays" are
// withdrawn, each in another way, and all that is known of what they said holds canaries.
type doomed struct {
	*testing.T
	*store.DB
	dsn      string
	articles map[string]*news.Article // by source
	pictures []string
	sources  []*news.Source
}

// ways are how what the other outlets say is withdrawn.
var ways = []string{"until", "keep", "article", "source", "legal"}

const shared = "Four hundred people left the valley before dawn."

func doom(t *testing.T, dsn string) *doomed {
	t.Helper()
	db, err := store.Open(t.Context(), dsn, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	d := &doomed{T: t, DB: db, dsn: dsn, articles: map[string]*news.Article{}}
	for i, id := range append([]string{"stays"}, ways...) {
		s := &news.Source{
			ID: id, Name: "The " + id, Home: "https://" + id + ".example", Country: []string{"NO", "SE", "FI", "DK", "DE", "FR"}[i], Languages: []string{"en"},
			FeedURLs: []string{"https://" + id + ".example/feed"}, Carriage: news.Carriage{Mode: news.FullText, Basis: "permission"},
		}
		switch id {
		case "until":
			s.Carriage.Until = over
		case "keep":
			s.Carriage.Keep = over.Sub(begun)
		}
		d.sources = append(d.sources, s)
	}
	d.must(d.ApplySources(t.Context(), d.sources, begun))
	for _, s := range d.sources {
		d.tell(s.ID)
	}
	d.compare()
	return d
}

func (d *doomed) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// word is a canary; of the outlet that stays it is none.
func word(place, source string) string {
	if source == "stays" {
		return "Nothing"
	}
	return "zq" + strings.ToLower(place) + source
}

// fill writes a canary into every text of v that has none of the names in but.
func fill(v any, source string, but ...string) {
	s := reflect.ValueOf(v).Elem()
	for i := range s.NumField() {
		f, name := s.Field(i), s.Type().Field(i).Name
		switch {
		case slices.Contains(but, name):
		case f.Kind() == reflect.String:
			f.SetString(word(name, source))
		case f.Type() == reflect.TypeFor[[]string]():
			f.Set(reflect.ValueOf([]string{word(name, source)}))
		case f.Type() == reflect.TypeFor[[]news.Term]():
			f.Set(reflect.ValueOf([]news.Term{{Kind: news.Licence, Value: word(name, source), Where: "entry"}}))
		case f.Type() == reflect.TypeFor[[]news.Apart]():
			f.Set(reflect.ValueOf([]news.Apart{{Kind: news.ApartNotice, Text: word(name, source)}}))
		}
	}
}

// tell takes an article of a source in, twice: the outlet changes it.
func (d *doomed) tell(source string) {
	d.Helper()
	ctx := d.Context()
	feeds, err := d.Feeds(ctx, source)
	d.must(err)
	f := feeds[0]
	link := "https://" + source + ".example/valley"
	var a *news.Article
	for n, at := range []time.Time{begun, begun.Add(time.Hour)} {
		it := &news.Item{ID: news.ID("item", f.ID, source), Key: source, GUID: "guid-" + source, Link: link}
		fill(it, source+"xy"[n:n+1], "ID", "FeedID", "SourceID", "Key", "GUID", "Link", "Language")
		if source == "stays" {
			fill(it, source, "ID", "FeedID", "SourceID", "Key", "GUID", "Link", "Language")
		}
		it.FeedID, it.SourceID, it.FirstSeen, it.LastSeen, it.Hash = f.ID, source, begun, at, news.ID(source, at.String())
		_, err := d.SaveFetch(ctx, &news.Fetch{Feed: f, Items: []*news.Item{it}, At: at, Document: true})
		d.must(err)
		a = &news.Article{ID: news.ID("article", source, link), ItemID: it.ID, GUID: it.GUID, URL: link, Language: "en", FirstSeen: begun, Published: begun}
		version := source + "xy"[n:n+1]
		if source == "stays" {
			version = source
		}
		fill(a, version, "ID", "SourceID", "ItemID", "GUID", "URL", "Language", "WireRoot", "StoryID", "Basis")
		a.SourceID, a.Basis = source, "page: "+word("Basis", version)
		a.Title = "Valley: " + a.Title
		a.Text = shared + " " + a.Text + " said that 400 " + word("Number", version) + " had gone."
		picture := "https://" + source + ".example/" + version + ".png"
		a.Pictures = []string{picture}
		a.HTML = "<p>" + a.Text + " " + a.HTML + `</p><p><img src="` + picture + `" alt="` + word("Alt", version) + `"></p>`
		d.must(d.SaveArticle(ctx, it.ID, n+1, a, at))
		id := news.ID("picture", source, picture)
		d.must(d.SavePicture(ctx, &news.Picture{ID: id, URL: picture, Type: "image/png", Width: 9, Height: 9, Data: []byte(word("Picture", version)), Fetched: at}))
		d.pictures = append(d.pictures, id)
	}
	a.Revision = 2
	d.articles[source] = a
	if source == "until" || source == "source" { // the others stay, without this article
		d.must(d.SaveIcon(ctx, &news.Icon{SourceID: source, Small: []byte(word("Icon", source)), Large: []byte(word("Icon", source))}))
	}
	d.must(d.SaveBoilerplate(ctx, []*news.Boilerplate{{SourceID: source, Blocks: []news.Block{
		{Kind: news.ApartBoilerplate, Text: word("Block", source), Times: 9, Article: a.ID, Learned: begun, Last: begun},
	}}}))
	// It has a story of its own, which the story of all takes up.
	place := func(story string, seq int64) {
		d.cluster(&news.Clustering{Heads: map[string]string{story: a.ID}, Placements: []news.Placement{{
			ArticleID: a.ID, StoryID: story, Seq: seq, Score: .9, Why: word("Why", source) + "; 0.90", Revision: 2, At: begun, Language: "en",
			Grounds:   &news.Grounds{Chosen: &news.Weighed{StoryID: "valley", ArticleID: a.ID, Words: []string{word("Ground", source)}}},
			Embedding: &news.Embedding{Model: word("Model", source), Vector: []int8{1}},
		}}})
	}
	place("before-"+source, int64(len(d.articles)))
	d.cluster(&news.Clustering{Merges: []news.Merge{{From: "before-" + source, Into: "valley", Why: word("Merge", source), Witness: a.ID}}})
	_, err = d.MoveArticle(ctx, a.ID, "valley", word("Pin", source), begun)
	d.must(err)
	if source != "stays" { // another article of it, which nobody else tells of
		b := *a
		b.ID, b.GUID, b.URL, b.ItemID, b.Pictures = news.ID("article", source, link+"2"), "guid-2-"+source, link+"2", "item-2-"+source, nil
		it := &news.Item{ID: b.ItemID, FeedID: f.ID, SourceID: source, Key: b.ItemID, GUID: b.GUID, Link: b.URL, Title: b.Title, Hash: b.ID, FirstSeen: begun}
		_, err := d.SaveFetch(ctx, &news.Fetch{Feed: f, Items: []*news.Item{it}, At: begun, Document: true})
		d.must(err)
		d.must(d.SaveArticle(ctx, it.ID, 1, &b, begun))
		d.cluster(&news.Clustering{Heads: map[string]string{"alone-" + source: b.ID}, Placements: []news.Placement{{
			ArticleID: b.ID, StoryID: "alone-" + source, Seq: int64(100 + len(d.articles)), Revision: 1, At: begun, Language: "en",
		}}})
		d.articles["alone-"+source] = &b
		d.must(d.SaveRelations(ctx, nil, []news.Relation{{Kind: news.Follows, A: "alone-" + source, B: "valley", LangA: "en", LangB: "en", Why: word("Relation", source)}}))
	}
}

func (d *doomed) cluster(c *news.Clustering) {
	d.Helper()
	var err error
	c.Decisions, err = d.Decisions(d.Context())
	d.must(err)
	d.must(d.SaveClustering(d.Context(), c, begun))
}

// compare keeps what comparing and the assistant would have found.
func (d *doomed) compare() {
	d.Helper()
	ctx := d.Context()
	st, err := d.Story(ctx, "valley", begun)
	d.must(err)
	f := &news.Findings{StoryID: "valley", Facts: []news.Fact{{}}, Figures: []news.Figure{{Counted: "displaced", Verdict: news.Conflict}}}
	passage := func(a *news.Article, words string) news.Passage {
		from := strings.Index(a.Text, words)
		if from < 0 {
			d.Fatalf("%s does not say %s", a.ID, words)
		}
		return news.Passage{ArticleID: a.ID, Revision: a.Revision, From: from, To: from + len(words)}
	}
	var comparisons []*news.Comparison
	for _, l := range d.lenses() {
		c := &news.Comparison{StoryID: "valley", LensID: l.ID}
		for _, sd := range l.Sides {
			cov := news.Coverage{SideID: sd.ID, Copies: map[string]string{}}
			for _, s := range d.sources {
				if a := d.articles[s.ID]; l.SideOf(s) == sd.ID {
					cov.Outlets, cov.Articles = append(cov.Outlets, s.ID), append(cov.Articles, a.ID)
					cov.Words = append(cov.Words, news.TypicalTerm{Shown: passage(a, " had gone"), Owners: 2, Of: 2, Passages: []news.Passage{passage(a, " had gone")}})
				}
			}
			c.Sides = append(c.Sides, cov)
		}
		comparisons = append(comparisons, c)
	}
	var gists []news.Gist
	var translations []news.Translation
	for _, s := range d.sources {
		a := d.articles[s.ID]
		f.Facts[0].Passages = append(f.Facts[0].Passages, passage(a, shared))
		f.Figures[0].Counts = append(f.Figures[0].Counts, news.Count{Sentence: passage(a, a.Text[len(shared)+1:]), Number: passage(a, "400"), Low: 400, High: 400})
		speaker := word("Speaker", s.ID)
		f.Quotes = append(f.Quotes, news.Quote{Kind: news.QuoteDirect, Speaker: speaker, Language: "en", Sayings: []news.Saying{
			{Words: []news.Passage{passage(d.articles["stays"], shared)}, Speaker: "Somebody"},
			{Words: []news.Passage{passage(a, a.Text[len(shared)+1:])}, Speaker: speaker},
		}})
		for _, l := range d.lenses() {
			gists = append(gists, news.Gist{
				LensID: l.ID, Section: news.GistSide + l.SideOf(s), Language: "en", Text: word("Gist", s.ID), Model: "m", At: begun,
				Cites: []news.Citation{{ArticleID: a.ID, Revision: 2, SideID: l.SideOf(s), Words: true, Mode: news.FullText}},
			})
		}
		translations = append(translations, news.Translation{ArticleID: a.ID, Revision: 2, Language: "de", Text: word("Translation", s.ID), Model: "m", At: begun})
	}
	st.HeadID = d.articles["until"].ID
	d.must(d.SaveComparisons(ctx, st, comparisons, f, begun))
	st.Changes = 0
	d.must(d.SaveAssisted(ctx, st, gists, translations, begun))
}

func (d *doomed) lenses() []news.Lens {
	return append([]news.Lens{{ID: "banks", Title: "Banks", Sides: []news.Side{{ID: "left", Title: "Left"}}}},
		news.BuiltInLenses(d.sources, func(s string) string { return s }, func(s string) string { return s })...)
}

// withdraw ends what is to end, so that nothing is deleted yet.
func (d *doomed) withdraw() {
	d.Helper()
	hold := over.Add(time.Hour)
	for way, k := range map[string]*news.Takedown{
		"article": {Kind: news.TakenArticle, Why: "Asked for."},
		"source":  {Kind: news.TakenSource, Target: "source", Why: "Asked for."},
		"legal":   {Kind: news.TakenArticle, Why: "Forbidden.", Legal: true, By: "A court", Jurisdiction: "Norrland"},
	} {
		k.At, k.PurgeAt = over, hold
		for _, of := range []string{way, "alone-" + way} {
			own := *k
			if k.Kind == news.TakenArticle {
				own.Target = d.articles[of].ID
				own.At = own.At.Add(time.Duration(len(of)) * time.Millisecond)
			}
			d.must(d.TakeDown(d.Context(), &own, func(it *news.Item) bool { return news.ID("article", it.SourceID, it.Link) == own.Target }))
		}
	}
}

// addresses are all that the hub answers, with what a reader may add to them.
func (d *doomed) addresses() []string {
	d.Helper()
	var articles, stories, sources, lenses, sides, items []string
	for _, a := range d.articles {
		articles = append(articles, a.ID)
	}
	stories = append(stories, "valley", "before-until")
	for _, s := range d.sources {
		sources, stories = append(sources, s.ID), append(stories, "alone-"+s.ID)
		for _, f := range s.FeedURLs {
			items = append(items, news.ID("item", news.ID("feed", f), s.ID), "item-2-"+s.ID)
		}
	}
	for _, l := range d.lenses() {
		lenses = append(lenses, l.ID)
		for _, sd := range l.Sides {
			sides = append(sides, l.ID+"/"+sd.ID)
		}
	}
	values := map[string][]string{
		"/article/{id}": articles, "/article/*/beside/{other}": articles, "/story/{id}": stories, "/source/{id}": sources,
		"/picture/{id}": d.pictures, "/lens/{lens}/{side}": sides, "/lens/{lens}/sources": lenses, "/blindspots/{lens}": lenses, "/topic/{id}": {"valley"}, "/static/{file}": {"layout.css"},
		"/source/*/disclosure/{n}": {"1"}, "/api/v1/sources/{id}": sources, "/api/v1/articles/{id}": articles, "/api/v1/stories/{id}": stories,
		"/api/v1/lenses/{id}": lenses, "/api/v1/items/{id}": items,
	}
	var list []string
	for _, pattern := range web.Patterns() {
		paths := []string{strings.TrimSuffix(pattern, "{$}")}
		for _, key := range slices.Sorted(func(yield func(string) bool) {
			for k := range values {
				if !yield(k) {
					return
				}
			}
		}) {
			before, _, _ := strings.Cut(key, "{")
			before = regexp.QuoteMeta(before)
			form := regexp.MustCompile(`^` + strings.ReplaceAll(before, `\*`, `[^/]+`) + regexp.QuoteMeta(key[strings.Index(key, "{"):]))
			var next []string
			for _, p := range paths {
				if !form.MatchString(p) {
					next = append(next, p)
					continue
				}
				for _, v := range values[key] {
					next = append(next, strings.Replace(p, key[strings.Index(key, "{"):], v, 1))
				}
			}
			paths = next
		}
		for _, p := range paths {
			if strings.Contains(p, "{") {
				d.Fatalf("the route %s is new: say in this test which values its {…} may have, so that it is held to give out nothing of what is withdrawn", pattern)
			}
			list = append(list, p)
		}
	}
	return list
}

// asked are the ways to ask for one address: as a page and as data, and with what pages are asked with.
// Words of a search are echoed: they are in capitals, which a search does not tell apart.
func (d *doomed) asked(address string) (list []string) {
	queries := []string{
		"", "lens=country", "q=valley", "q=" + strings.ToUpper(word("title", "untily")), "q=" + strings.ToUpper(word("text", "keepy")),
		"url=" + url.QueryEscape("https://hub.example/article/"+d.articles["legal"].ID), "url=" + url.QueryEscape("https://hub.example/story/valley"),
	}
	for _, q := range queries {
		list = append(list, strings.TrimSuffix(address+"?"+q, "?"))
	}
	return append(list, address+".json")
}

// told asks everything, and returns the canaries in the answers, each with an address that has it.
func (d *doomed) told(now time.Time) map[string]string {
	d.Helper()
	t := d.T
	h, err := web.New(web.Options{
		Store: d.DB, HubURL: "https://hub.example", Assistant: "m", Topics: func() []news.Subject { return []news.Subject{{ID: "valley", Title: "The valley", Words: "valley"}} }, Now: func() time.Time { return now },
		Lenses: func(context.Context) ([]news.Lens, error) { return d.lenses(), nil },
	})
	d.must(err)
	told := map[string]string{}
	for _, address := range d.addresses() {
		for _, uri := range d.asked(address) {
			for _, accept := range []string{"text/html", "application/json"} {
				res := get(t, h, uri, "Accept", accept)
				body := string(read(t, res))
				if res.StatusCode >= http.StatusInternalServerError {
					d.Errorf("%s as %s: %d", uri, accept, res.StatusCode)
				}
				for _, c := range canary.FindAllString(fmt.Sprint(res.Header)+body, -1) {
					if told[c] == "" {
						told[c] = uri + " as " + accept
					}
				}
			}
		}
	}
	return told
}

// Nothing of what was withdrawn is in any answer, whatever way it was withdrawn, while all of it still is
// in the store; and when it is deleted, it is nowhere in the store.
func TestNothingOfWhatIsGone(t *testing.T) {
	for name, dsn := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { t.Helper(); return filepath.Join(t.TempDir(), "hub.db") },
		"postgres": func(t *testing.T) string { t.Helper(); return testkit.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			d := doom(t, dsn(t))
			before := d.told(over.Add(-time.Minute))
			for _, place := range []string{
				"title", "lead", "text", "html", "authors", "number", "apart", "terms", "basis", "picture", "alt", "icon", "block", "ground",
				"merge", "pin", "relation", "speaker", "gist", "translation",
			} {
				for _, way := range ways {
					// Of a text the present version and the one before may be told.
					ok := place == "icon" && way != "until" && way != "source"
					for _, version := range []string{"", "x", "y"} {
						ok = ok || before[word(place, way+version)] != ""
					}
					if !ok {
						t.Errorf("before it was withdrawn, nothing says %s: this test would not notice it", word(place, way))
					}
				}
			}
			if t.Failed() {
				return
			}
			d.withdraw()
			for c, uri := range d.told(over.Add(time.Second)) {
				t.Errorf("withdrawn and not deleted: %s says %s", uri, c)
			}
			_, err := d.Withdraw(t.Context(), over.Add(30*24*time.Hour), 7*24*time.Hour)
			d.must(err)
			for c, uri := range d.told(over.Add(30 * 24 * time.Hour)) {
				t.Errorf("deleted: %s says %s", uri, c)
			}
			for _, place := range d.kept() {
				t.Errorf("deleted, and still in the database: %s", place)
			}
		})
	}
}

// kept searches every column of every table for canaries.
func (d *doomed) kept() (found []string) {
	d.Helper()
	driver, tables, columns, dsn := "sqlite", `SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'`, `SELECT name FROM pragma_table_info('%s')`, "file:"+d.dsn
	if d.Dialect() == "postgres" {
		driver, dsn = "pgx", d.dsn
		tables = `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`
		columns = `SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '%s'`
	}
	db, err := sql.Open(driver, dsn)
	d.must(err)
	defer func() { _ = db.Close() }()
	names := func(query string) (list []string) {
		rows, err := db.QueryContext(d.Context(), query)
		d.must(err)
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var name string
			d.must(rows.Scan(&name))
			list = append(list, name)
		}
		d.must(rows.Err())
		return list
	}
	looked := 0
	for _, table := range names(tables) {
		for _, column := range names(fmt.Sprintf(columns, table)) {
			looked++
			for _, text := range names(`SELECT CAST("` + column + `" AS TEXT) FROM "` + table + `" WHERE CAST("` + column + `" AS TEXT) LIKE '%zq%'`) {
				found = append(found, table+"."+column+": "+canary.FindString(text))
			}
		}
	}
	if looked < 100 {
		d.Errorf("only %d columns were looked at", looked)
	}
	return found
}

// Every route goes through page or feeds in routes.go, which the test above reads; these are the others,
// which hold nothing of any article, or have a test of their own as package readers has.
func TestRoutesAreKnown(t *testing.T) {
	known := map[string]bool{
		`"GET "+pattern`: true, `"GET /metrics"`: true, `"/websub/{token}"`: true, `"/hub"`: true, `"/greader/"`: true, `"/fever"`: true, `"/fever/"`: true, `"/"`: true,
		`"/mail"+path`: true,                   // no page of it tells of the news
		`api.Root+"/"`: true, `api.Root`: true, // whose routes are among the patterns
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, file, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "Handle" && sel.Sel.Name != "HandleFunc" {
				return true
			}
			n++
			pattern := string(text[fset.Position(call.Args[0].Pos()).Offset:fset.Position(call.Args[0].End()).Offset])
			if !known[pattern] {
				t.Errorf("%s registers the route %s past page and feeds, where TestNothingOfWhatIsGone does not see it", fset.Position(call.Pos()), pattern)
			}
			return true
		})
	}
	if n < len(known) {
		t.Errorf("%d routes were found, of %d", n, len(known))
	}
}
