package store_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"parallax/internal/news"
)

// big are the tables with a row for each article or more, or for each feed or more.
var big = regexp.MustCompile(`^SCAN (a|articles|i|items|t|item_contents|article_texts|s|stories|f|feeds|search_docs|d|p|subscriptions|topics|subscribers|e|evidence|r|reaches|k|copies|shingles|shingled|placements|moves|merges|r|story_relations|findings|v|article_revisions|embeddings)\b`)

// walks are the queries that look at all rows of a big table, or sort all that they find, on
// purpose; the first two do so outside of transactions.
var walks = []string{
	"WHERE p.state <> $2 AND c.id IS NULL",          // once a minute: whose subscriptions are to end
	"ORDER BY coalesce(i.due, 0), c.id",             // of each outlet, of which there are few beside articles: whose icon is due
	"ORDER BY coalesce(n.due, 0), c.id",             // the same, of what their sites declare
	"DELETE FROM subscriptions",                     // at the start of a hub that takes no pushes any more: all
	"(SELECT count(*) FROM topics WHERE path = $3)", // whoever subscribes: all others, of whom there are 10,000 at most
	"(SELECT count(*) FROM topics)",                 // for the operator: all who subscribe
	"ORDER BY k.at DESC, k.kind, k.target",          // for the operator: all takedowns
}

// TestPlans runs every query on SQLite and holds that none reads a big table from end to
// end, and that pages come out of an index in their order.
func TestPlans(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := open(t, filepath.Join(t.TempDir(), "hub.db"))
	if size, mode, err := w.PageSize(ctx); err != nil || size != 8192 || mode != "wal" {
		t.Errorf("page size %d, journal mode %s, %v", size, mode, err)
	}
	w.apply(start, source("aurora"), source("beacon"))
	a := w.publish(start, "aurora", "a", "Strike", "In the harbour.")
	w.save(start, "aurora", item("aurora", "a", "edited", start))
	w.must(w.SaveArticle(ctx, a.ItemID, 2, article(item("aurora", "a", "", start), "Edited", "Edited."), start))
	w.embed(start, "s", &news.Embedding{Model: "m", Vector: []int8{1}}, a)
	_, _, err := w.Embedded(ctx, start)
	w.must(err)
	w.must(w.SaveClustering(ctx, &news.Clustering{Merges: []news.Merge{{From: "s", Into: "s3"}}}, start))
	w.must(w.SaveClustering(ctx, &news.Clustering{Moves: []news.Move{{ArticleID: a.ID, From: "s3", To: "s2"}}}, start))
	ignore := func(_ any, err error) {
		t.Helper()
		w.must(err)
	}
	ignore(w.DueFeeds(ctx, start, time.Hour, 10, nil))
	ignore(w.Refresh(ctx, nil, start))
	ignore(w.Refresh(ctx, []string{"aurora"}, start))
	ignore(w.Requested(ctx, nil, start))
	ignore(w.InHand(ctx, start))
	ignore(w.Requested(ctx, []string{a.ID}, start))
	ignore(w.RequestedFeeds(ctx, start, time.Minute, 10, []string{"h.example"}))
	w.discover(start, "aurora", "https://aurora.example/feed", "https://hub.example")
	ignore(w.DueSubscriptions(ctx, start, time.Hour, 10))
	w.verified(start, "aurora", "token")
	ignore(w.SubscriptionOf(ctx, "token"))
	ignore(w.EndSubscriptions(ctx, start))
	w.must(w.PollSoon(ctx, w.feed("aurora").ID, start, start))
	w.must(w.ReleaseFeeds(ctx, []*news.Feed{w.feed("aurora")}))
	w.must(w.ReleaseItems(ctx, []*news.Item{{ID: a.ItemID}}))
	ignore(w.Feed(ctx, w.feed("aurora").ID))
	w.must(w.ForgetSubscriptions(ctx))
	w.must(w.asks(start, "/feed.atom", "one", many))
	w.confirms(start, start.Add(time.Hour))
	ignore(w.DueTopics(ctx, "e1", start, start, time.Minute, 10))
	ignore(w.NextTopic(ctx, "e1"))
	expect(t, "subscribers to be told", w.topic("/feed.atom", "h1", "e1", start), 1)
	for _, calm := range []bool{true, false} {
		ignore(w.DueSubscribers(ctx, start, 0, 10, []string{"h.example"}, calm))
	}
	w.must(w.DenySubscribers(ctx, "/feed.atom", "gone", start))
	for _, s := range w.due(start, false) {
		w.must(w.ChangeSubscriber(ctx, s.ID, func(s *news.Subscriber, _ string) { s.Gone = true }))
	}
	ignore(w.Subscribers(ctx, start))
	ignore(w.DueIcons(ctx, start, 10))
	w.must(w.SaveIcon(ctx, &news.Icon{SourceID: "aurora"}))
	ignore(w.Icon(ctx, "aurora", true))
	ignore(w.DueDeclarations(ctx, start, 10))
	w.must(w.SaveDeclaration(ctx, saying(start, "Quay Holding"), start))
	ignore(w.Declaration(ctx, "aurora"))
	ignore(w.DisclosureVersion(ctx, "aurora", 2))
	ignore(w.Copies(ctx, "aurora"))
	w.must(w.BlockHost(ctx, "h.example", start, 429, start))
	ignore(w.BlockedHosts(ctx, start))
	ignore(w.ClaimItems(ctx, start, time.Hour, 10, nil))
	w.must(w.FailItem(ctx, a.ItemID, "", start))
	ignore(w.Evidence(ctx, a.ID, 10))
	ignore(w.ReachChanges(ctx, a.ID, start))
	ignore(w.Similar(ctx, []int32{1}, "aurora", start, start))
	for _, err := range w.SaveArticles(ctx, []news.Extraction{{ItemID: a.ItemID, ItemRevision: 2, Article: a, Copies: []news.WireCopy{{ID: "other"}}}}, start) {
		w.must(err)
	}
	w.must(w.SaveBoilerplate(ctx, []*news.Boilerplate{{SourceID: "aurora"}}))
	ignore(w.Boilerplate(ctx, "aurora"))
	ignore(w.LastArticles(ctx, "aurora", 10))
	w.must(w.CleanArticle(ctx, a.ID, func(a *news.Article) bool { a.Lead += "."; return true }, start))
	ignore(w.Unplaced(ctx, 10))
	ignore(w.Placed(ctx, start))
	ignore(w.MoveArticle(ctx, a.ID, "s", "", start))
	ignore(w.MergeStories(ctx, "s", "s2", "", start))
	_, _, _ = w.LockStory(ctx, "s2", "", start)
	ignore(w.Hand(ctx))
	ignore(w.HistoryOf(ctx, a.ID))
	ignore(w.RecordOf(ctx, "s2"))
	ignore(w.KnownArticles(ctx, []string{a.ID}))
	w.must(w.UnlockStory(ctx, "s2", start))
	w.must(w.UnpinArticle(ctx, a.ID, start))
	ignore(w.Unrelated(ctx, 10))
	ignore(w.StoriesSince(ctx, start, 10))
	ignore(w.Told(ctx, []string{"s2"}, 10))
	ignore(w.TellingOf(ctx, []string{a.ID}))
	w.must(w.SaveRelations(ctx, []*news.Story{{ID: "s2", Changes: 1}}, []news.Relation{{Kind: news.Same, A: "s2", B: "s2"}}))
	ignore(w.Relations(ctx, "s2"))
	ignore(w.Uncompared(ctx, 10))
	w.must(w.SaveComparisons(ctx, &news.Story{ID: "s2"}, nil, nil, start))
	ignore(w.Unassisted(ctx, start, 0, 10))
	ignore(w.AskAssistant(ctx, start, 1))
	_, _, err = w.AssistantCounts(ctx, start, 0)
	w.must(err)
	w.must(w.SaveAssisted(ctx, &news.Story{ID: "s2", Changes: 1}, []news.Gist{{Text: "x"}}, []news.Translation{{ArticleID: a.ID, Revision: 2, Language: "de"}}, start))
	ignore(w.Gists(ctx, "s2"))
	ignore(w.Translations(ctx, []string{a.ID}))
	w.must(w.SaveComparisons(ctx, &news.Story{ID: "s2"}, nil, &news.Findings{StoryID: "s2"}, start))
	ignore(w.Comparisons(ctx, "river", []string{"s"}))
	ignore(w.Findings(ctx, "s2"))
	w.must(w.ReadTexts(ctx, []*news.Article{{ID: a.ID}}))
	ignore(w.Edits(ctx, []string{a.ID}))
	w.must(w.CountOutput(ctx, start))
	ignore(w.Output(ctx))
	for _, q := range []news.GoneQuery{{Limit: 9}, {Limit: 9, StoryID: "s"}, {Limit: 9, SourceIDs: []string{"aurora"}}} {
		q.Now, q.Since = start, start.Add(-time.Hour)
		ignore(w.Gone(ctx, q))
	}
	ignore(w.Takedowns(ctx))
	ignore(w.TakedownOf(ctx, a.ID, "aurora"))
	ignore(w.Reach(ctx, news.TakenSource, "aurora", start))
	ignore(w.Reach(ctx, news.TakenArticle, a.ID, start))
	ignore(w.ArticlesOf(ctx, []string{"s"}, start))
	ignore(w.Article(ctx, a.ID))
	ignore(w.Revisions(ctx, a.ID))
	ignore(w.Story(ctx, "s2", start))
	ignore(w.Headed(ctx, []string{"s2"}, start))
	stories, articles := writeCursors(t)
	for _, after := range []string{"", stories} {
		_, _, err := w.Stories(ctx, news.StoryQuery{Now: start, Limit: 10, After: after, MinOutlets: 2})
		w.must(err)
	}
	for _, order := range []news.StoryOrder{news.ByFirst, news.ByLast, news.ByTold} {
		_, _, err := w.Stories(ctx, news.StoryQuery{Now: start, Limit: 10, Order: order, Since: start.Add(-time.Hour)})
		w.must(err)
	}
	for _, q := range []news.ItemQuery{{}, {SourceID: "aurora"}, {Since: start.Add(-time.Hour)}} {
		q.Now, q.Limit = start, 10
		_, _, err := w.Items(ctx, q)
		w.must(err)
	}
	for _, q := range []news.ArticleQuery{{}, {SourceIDs: []string{"aurora"}}, {SourceIDs: []string{"aurora", "beacon"}}, {Terms: [][]string{{"edited"}}, Languages: []string{"en"}}} {
		q.Now, q.Limit = start.AddDate(0, 0, 3), 1
		of, err := w.Parts(ctx, q)
		w.must(err)
		q.Part = of.Prev
		ignore(w.Parts(ctx, q))
		_, _, err = w.Articles(ctx, q)
		w.must(err)
		q.Part, q.Entered = "", true
		_, next, err := w.Articles(ctx, q)
		w.must(err)
		if q.After = next; next != "" {
			_, _, err = w.Articles(ctx, q)
			w.must(err)
			ignore(w.ArticlesBefore(ctx, q))
		}
		q.Entered, q.After = false, articles
		ignore(w.ArticlesBefore(ctx, q))
	}
	for _, q := range []news.EditQuery{{}, {SourceID: "aurora"}} {
		q.Now, q.Limit = start.Add(time.Hour), 1
		_, next, err := w.Changed(ctx, q)
		w.must(err)
		if q.After = next; next != "" {
			_, _, err := w.Changed(ctx, q)
			w.must(err)
		}
	}
	ignore(w.Item(ctx, a.ItemID, start))
	ignore(w.ArticleIDsOf(ctx, []string{a.ItemID}))
	for _, q := range []news.ArticleQuery{
		{},
		{Since: start.Add(-time.Hour), Until: start},
		{SourceIDs: []string{"aurora"}},
		{SourceIDs: []string{"aurora", "beacon"}},
		{StoryID: "s"},
	} {
		for _, after := range []string{"", articles} {
			q.Now, q.Limit, q.After = start, 10, after
			_, _, err := w.Articles(ctx, q)
			w.must(err)
		}
	}
	_, _, err = w.Search(ctx, news.SearchQuery{Now: start, Terms: [][]string{{"edited"}}, Limit: 10})
	w.must(err)
	ignore(w.FreshCounts(ctx, start))
	ignore(w.Withdraw(ctx, start.AddDate(1, 0, 0), time.Hour))
	for _, k := range []*news.Takedown{takedown(news.TakenArticle, a.ID, start, 0), takedown(news.TakenSource, "aurora", start, 0)} {
		w.must(w.TakeDown(ctx, k, becomes(a.ID)))
	}
	ignore(w.Gone(ctx, news.GoneQuery{Now: start.Add(time.Hour), Since: start.Add(-time.Hour), Limit: 9}))
	ignore(w.Withdraw(ctx, start, time.Hour))
	w.must(w.UndoTakedown(ctx, news.TakenSource, "aurora", start))
	w.discover(start, "aurora", "https://aurora.example/feed", "https://hub.example")
	w.apply(start, source("beacon"))
	if n, err := w.EndSubscriptions(ctx, start); n != 1 || err != nil {
		t.Errorf("%d subscriptions end, %v", n, err)
	}

	queries := w.Queries()
	if len(queries) < 50 {
		t.Errorf("only %d queries ran", len(queries))
	}
	for _, q := range queries {
		if slices.ContainsFunc(walks, func(walk string) bool { return strings.HasSuffix(q, walk) || strings.HasSuffix(q, walk+" LIMIT $2") }) {
			continue
		}
		plan, err := w.Plan(ctx, q)
		if err != nil {
			t.Fatalf("%v\n%s", err, q)
		}
		// Counts read an index; what is asked once at the start may read all feeds.
		counts := strings.HasPrefix(q, "SELECT count(*)") || strings.HasPrefix(q, "UPDATE feeds SET retired_at")
		sorts := strings.Contains(q, "p.seq") || strings.Contains(q, "m.shared DESC") || strings.Contains(q, "bm25") ||
			strings.Contains(q, "a.story_id IN") || strings.Contains(q, "UNION ALL") || strings.Contains(q, "FROM evidence") ||
			// What the editor decided, and of one story.
			strings.Contains(q, "separations z") || strings.Contains(q, "FROM merges m") || strings.Contains(q, "FROM pins") ||
			// What is gone of several sources: of each by its index.
			strings.Contains(q, "LEFT JOIN takedowns s") && strings.Contains(q, "a.source_id IN") ||
			// Of words the 10,000 matches that were indexed last; of one day every so many places.
			strings.Contains(q, "search MATCH") || strings.Contains(q, "row_number()")
		for _, step := range plan {
			// A scan of an index is a page in its order, if it stops.
			page := strings.Contains(step, "USING") && strings.Contains(q, "ORDER BY") && strings.Contains(q, "LIMIT")
			scan := big.MatchString(step) && !page && (!counts || !strings.Contains(step, "USING"))
			if strings.Contains(q, "i.extracted_at IS NULL") && strings.Contains(step, "SCAN i USING INDEX items_kept") {
				scan = true // all items, where few wait
			}
			sort := strings.Contains(step, "TEMP B-TREE FOR ORDER BY") && !sorts
			if scan || sort || strings.Contains(step, "AUTOMATIC") {
				t.Errorf("%s:\n%s\n  %s", step, q, strings.Join(slices.Compact(plan), "\n  "))
			}
		}
	}
}
