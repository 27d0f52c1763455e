package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"parallax/internal/news"
)

func TestAccounts(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ann := &news.Account{Name: "ann", TokenHash: "t1", FeverHash: "f1", Made: start}
		w.must(w.AddAccount(t.Context(), ann))
		w.must(w.AddAccount(t.Context(), &news.Account{Name: "bob", TokenHash: "t2", FeverHash: "f2", Made: start}))
		if err := w.AddAccount(t.Context(), &news.Account{Name: "ann", TokenHash: "t3", FeverHash: "f3"}); !errors.Is(err, news.ErrExists) {
			t.Errorf("a second ann: %v", err)
		}
		for _, hash := range []string{"t1", "f1"} {
			a, err := w.AccountOf(t.Context(), hash)
			w.must(err)
			expect(t, "account of "+hash, *a, *ann)
		}
		if _, err := w.AccountOf(t.Context(), "nobody's"); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("nobody's hash: %v", err)
		}
		w.must(w.RemoveAccount(t.Context(), "ann"))
		if err := w.RemoveAccount(t.Context(), "ann"); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("removed twice: %v", err)
		}
		list, err := w.Accounts(t.Context())
		w.must(err)
		if len(list) != 1 || list[0].Name != "bob" {
			t.Errorf("left: %v", list)
		}
	})
}

// What an account reads and stars, by number, time and source; what is not carried is not
// there, and what is old is not unread.
func TestMarked(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		w.apply(start, source("north"), source("south"))
		for _, name := range []string{"ann", "bob"} {
			w.must(w.AddAccount(t.Context(), &news.Account{Name: name, TokenHash: name, FeverHash: "f" + name}))
		}
		for i := range 6 {
			s := []string{"north", "south"}[i%2]
			w.publish(start.Add(time.Duration(i)*time.Hour), s, fmt.Sprint("a", i), fmt.Sprint("Title ", i), "Text.")
		}
		now := start.Add(6 * time.Hour)
		list := func(q news.MarkedQuery) string {
			t.Helper()
			if q.Account == "" {
				q.Account = "ann"
			}
			if q.Now.IsZero() {
				q.Now = now
			}
			if q.Limit == 0 {
				q.Limit = 100
			}
			got, err := w.Marked(t.Context(), q)
			w.must(err)
			var b strings.Builder
			for _, m := range got {
				_, _ = fmt.Fprint(&b, m.N)
				if m.Read {
					b.WriteByte('r')
				}
				if m.Starred {
					b.WriteByte('s')
				}
				if q.Full && (m.Article == nil || m.Article.ID != m.ArticleID || m.Article.Text != "Text.") {
					t.Errorf("article %d is not whole: %+v", m.N, m.Article)
				}
				b.WriteByte(' ')
			}
			return strings.TrimSpace(b.String())
		}
		yes, no := true, false
		expect(t, "all", list(news.MarkedQuery{}), "6 5 4 3 2 1")
		expect(t, "with texts, from the oldest", list(news.MarkedQuery{Full: true, OldestFirst: true, Limit: 2}), "1 2")
		expect(t, "of a source", list(news.MarkedQuery{SourceIDs: []string{"south"}}), "6 4 2")
		expect(t, "of none", list(news.MarkedQuery{SourceIDs: []string{}}), "")
		expect(t, "above and below", list(news.MarkedQuery{Above: 2, Below: 5}), "4 3")
		expect(t, "by time", list(news.MarkedQuery{From: start.Add(time.Hour), To: start.Add(3 * time.Hour)}), "3 2")
		expect(t, "by number", list(news.MarkedQuery{Numbers: []int64{2, 99, 5}}), "5 2")
		expect(t, "by no number", list(news.MarkedQuery{Numbers: []int64{}}), "")

		w.must(w.Mark(t.Context(), "ann", []int64{1, 2, 99}, news.Mark{Read: &yes}))
		w.must(w.Mark(t.Context(), "ann", []int64{2, 3}, news.Mark{Starred: &yes}))
		expect(t, "marked", list(news.MarkedQuery{}), "6 5 4 3s 2rs 1r")
		expect(t, "of another account", list(news.MarkedQuery{Account: "bob"}), "6 5 4 3 2 1")
		expect(t, "unread", list(news.MarkedQuery{Unread: true}), "6 5 4 3s")
		expect(t, "read", list(news.MarkedQuery{Read: true}), "2rs 1r")
		expect(t, "starred", list(news.MarkedQuery{Starred: true}), "3s 2rs")
		w.must(w.Mark(t.Context(), "ann", []int64{2}, news.Mark{Read: &no}))
		expect(t, "unread again, still starred", list(news.MarkedQuery{Numbers: []int64{2}}), "2s")
		w.must(w.Mark(t.Context(), "ann", []int64{3}, news.Mark{Starred: &no}))
		expect(t, "starred no more", list(news.MarkedQuery{Starred: true}), "2s")

		unread := func() (s string) {
			t.Helper()
			list, err := w.Unread(t.Context(), "ann", now)
			w.must(err)
			for _, u := range list {
				s += fmt.Sprintf("%s %d %v; ", u.SourceID, u.Articles, u.Newest.Sub(start))
			}
			return s
		}
		expect(t, "unread by source", unread(), "north 2 4h0m0s; south 3 5h0m0s; ")
		w.must(w.MarkRead(t.Context(), news.MarkedQuery{Account: "ann", Now: now, SourceIDs: []string{"south"}, To: start.Add(4 * time.Hour)}))
		expect(t, "after a source was read", unread(), "north 2 4h0m0s; south 1 5h0m0s; ")
		w.must(w.MarkRead(t.Context(), news.MarkedQuery{Account: "ann", Now: now}))
		expect(t, "after all was read", unread(), "")
		expect(t, "what is starred stays", list(news.MarkedQuery{Starred: true}), "2rs")

		// A month later nothing is unread for anybody, and what is starred is still there.
		later := now.Add(news.AccountWindow)
		expect(t, "unread a month later", list(news.MarkedQuery{Account: "bob", Now: later, Unread: true}), "")
		expect(t, "starred a month later", list(news.MarkedQuery{Now: later, Starred: true}), "2rs")
		expect(t, "by number a month later", list(news.MarkedQuery{Account: "bob", Now: later, Numbers: []int64{1}}), "1r")

		// What is withdrawn is in no list, starred or not.
		gone := source("south")
		gone.Carriage.Until = now
		w.apply(now, source("north"), gone)
		expect(t, "after an outlet was withdrawn", list(news.MarkedQuery{Account: "bob"}), "5 3 1")
		expect(t, "starred after its outlet was withdrawn", list(news.MarkedQuery{Starred: true}), "")

		w.must(w.RemoveAccount(t.Context(), "ann"))
		w.must(w.AddAccount(t.Context(), &news.Account{Name: "ann", TokenHash: "x", FeverHash: "y"}))
		expect(t, "a new account of an old name", list(news.MarkedQuery{}), "5 3 1")
	})
}
