package readers

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"parallax/internal/news"
)

const (
	feverVersion = 3
	// feverItems is how many items one answer has, as the API prescribes.
	feverItems = 50
)

// fever answers a request. Its arguments stand in the query, the key in the body; programs
// differ in where they put what, so both are read.
func (s *server) fever(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.fail(w, r, formError(err))
		return
	}
	answer := map[string]any{"api_version": feverVersion, "auth": 0}
	account, err := s.account(r.Context(), strings.ToLower(r.Form.Get("api_key")), feverHash)
	if err == nil {
		answer["auth"] = 1
		err = s.feverAnswer(r, account, answer)
	} else if errors.Is(err, news.ErrNotFound) {
		err = nil // the API answers so, with 200
	}
	if err == nil {
		err = sendJSON(w, answer)
	}
	if err != nil {
		s.fail(w, r, err)
	}
}

type feverGroup struct {
	ID    int    `json:"id"`
	Title string `json:"title"`
}

type feverMember struct {
	GroupID int    `json:"group_id"`
	FeedIDs string `json:"feed_ids"`
}

type feverFeed struct {
	ID      uint32 `json:"id"`
	Favicon uint32 `json:"favicon_id"`
	Title   string `json:"title"`
	URL     string `json:"url"`
	SiteURL string `json:"site_url"`
	Spark   int    `json:"is_spark"`
	Updated int64  `json:"last_updated_on_time"`
}

type feverIcon struct {
	ID   uint32 `json:"id"`
	Data string `json:"data"`
}

type feverItem struct {
	ID      int64  `json:"id"`
	FeedID  uint32 `json:"feed_id"`
	Title   string `json:"title"`
	Author  string `json:"author"`
	HTML    string `json:"html"`
	URL     string `json:"url"`
	Saved   int    `json:"is_saved"`
	Read    int    `json:"is_read"`
	Created int64  `json:"created_on_time"`
}

// feverAnswer does what the request asks for, and puts into answer what it asks for.
func (s *server) feverAnswer(r *http.Request, account *news.Account, answer map[string]any) error {
	rd, err := s.reader(r, account)
	if err != nil {
		return err
	}
	answer["last_refreshed_on_time"] = rd.now.Unix()
	f := r.Form
	numbers := numbersOf(rd.list)
	if f.Has("mark") {
		if err := rd.feverMark(r, numbers); err != nil {
			return err
		}
	}
	if f.Has("groups") {
		groups := []feverGroup{}
		for i, folder := range rd.folders {
			groups = append(groups, feverGroup{i + 1, folder.title})
		}
		answer["groups"] = groups
	}
	if f.Has("groups") || f.Has("feeds") {
		answer["feeds_groups"] = rd.feverMembers(numbers)
	}
	if f.Has("feeds") {
		feeds := []feverFeed{}
		for _, src := range rd.list {
			n := numbers[src.ID]
			feeds = append(feeds, feverFeed{n, n, src.Name, rd.hub + "/source/" + url.PathEscape(src.ID) + "/feed.atom", src.Home, 0, rd.now.Unix()})
		}
		answer["feeds"] = feeds
	}
	if f.Has("favicons") {
		icons, err := rd.feverIcons(r, numbers)
		if err != nil {
			return err
		}
		answer["favicons"] = icons
	}
	if f.Has("links") {
		answer["links"] = []any{}
	}
	if f.Has("items") {
		if err := rd.feverItems(r, numbers, answer); err != nil {
			return err
		}
	}
	for name, q := range map[string]news.MarkedQuery{"unread_item_ids": {Unread: true}, "saved_item_ids": {Starred: true}} {
		// Marking an item answers with what is unread or saved then.
		if f.Has(name) || f.Get("mark") == "item" && (name == "saved_item_ids") == strings.HasSuffix(f.Get("as"), "saved") {
			q.Account, q.Now, q.Limit = rd.account.Name, rd.now, maxIDs
			list, err := rd.Store.Marked(r.Context(), q)
			if err != nil {
				return err
			}
			ids := make([]string, len(list))
			for i, m := range list {
				ids[i] = strconv.FormatInt(m.N, 10)
			}
			answer[name] = strings.Join(ids, ",")
		}
	}
	return nil
}

func (rd *reader) feverMembers(numbers map[string]uint32) []feverMember {
	members := []feverMember{}
	for i, folder := range rd.folders {
		var ids []string
		for _, src := range folder.sources {
			ids = append(ids, strconv.FormatUint(uint64(numbers[src.ID]), 10))
		}
		members = append(members, feverMember{i + 1, strings.Join(ids, ",")})
	}
	return members
}

func (rd *reader) feverIcons(r *http.Request, numbers map[string]uint32) ([]feverIcon, error) {
	icons := []feverIcon{}
	for _, src := range rd.list {
		png, err := rd.Store.Icon(r.Context(), src.ID, false)
		if err != nil {
			return nil, err
		}
		if png != nil {
			icons = append(icons, feverIcon{numbers[src.ID], "image/png;base64," + base64.StdEncoding.EncodeToString(png)})
		}
	}
	return icons, nil
}

// feverItems gives 50 items: after since_id, before max_id, those with_ids, or the first.
func (rd *reader) feverItems(r *http.Request, feeds map[string]uint32, answer map[string]any) error {
	q := news.MarkedQuery{Account: rd.account.Name, Now: rd.now, Limit: feverItems, Full: true, OldestFirst: true}
	switch f := r.Form; {
	case f.Has("with_ids"):
		q.Numbers = []int64{}
		for text := range strings.SplitSeq(f.Get("with_ids"), ",") {
			n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
			if err != nil || len(q.Numbers) == feverItems {
				continue // what is no id has no item
			}
			q.Numbers = append(q.Numbers, n)
		}
	case f.Has("max_id") && f.Get("max_id") != "0":
		n, err := strconv.ParseInt(f.Get("max_id"), 10, 64)
		if err != nil {
			return bad("max_id=%q is not a number", news.Cut(f.Get("max_id"), 40))
		}
		q.Below, q.OldestFirst = n, false
	case f.Has("since_id"):
		n, err := strconv.ParseInt(f.Get("since_id"), 10, 64)
		if err != nil {
			return bad("since_id=%q is not a number", news.Cut(f.Get("since_id"), 40))
		}
		q.Above = max(n, 0)
	}
	list, err := rd.Store.Marked(r.Context(), q)
	if err != nil {
		return err
	}
	items := []feverItem{}
	for _, m := range list {
		if m.Article == nil || rd.sources[m.SourceID] == nil { // it may have gone a moment ago
			continue
		}
		text := rd.text(m.Article)
		items = append(items, feverItem{
			m.N, feeds[m.SourceID], m.Article.Title, authorsOf(m.Article), text, m.Article.URL,
			numeral(m.Starred), numeral(m.Read), m.Article.When().Unix(),
		})
	}
	total, err := rd.Store.CountMarked(r.Context(), rd.account.Name, rd.now)
	if err != nil {
		return err
	}
	answer["items"], answer["total_items"] = items, total
	return nil
}

func numeral(b bool) int {
	if b {
		return 1
	}
	return 0
}

// feverMark marks an item as read, unread, saved or unsaved; or what came before a time of a
// feed, of a group, or (group 0) of all, as read.
func (rd *reader) feverMark(r *http.Request, numbers map[string]uint32) error {
	f := r.Form
	id, err := strconv.ParseInt(f.Get("id"), 10, 64)
	if err != nil {
		return bad("id=%q is not a number", news.Cut(f.Get("id"), 40))
	}
	as := f.Get("as")
	if f.Get("mark") == "item" {
		yes := !strings.HasPrefix(as, "un")
		var m news.Mark
		switch as {
		case "read", "unread":
			m.Read = &yes
		case "saved", "unsaved":
			m.Starred = &yes
		default:
			return bad("as=%q is none of read, unread, saved, unsaved", news.Cut(as, 40))
		}
		return rd.Store.Mark(r.Context(), rd.account.Name, []int64{id}, m)
	}
	if as != "read" {
		return bad("as=%q: a feed or group can only be marked as read", news.Cut(as, 40))
	}
	q := news.MarkedQuery{Account: rd.account.Name, Now: rd.now, SourceIDs: []string{}}
	switch f.Get("mark") {
	case "feed":
		for source, n := range numbers {
			if int64(n) == id {
				q.SourceIDs = append(q.SourceIDs, source)
			}
		}
	case "group":
		switch {
		case id == 0: // all
			q.SourceIDs = nil
		case id > 0 && id <= int64(len(rd.folders)):
			q.SourceIDs = ids(rd.folders[id-1].sources)
		}
	default:
		return bad("mark=%q is none of item, feed, group", news.Cut(f.Get("mark"), 40))
	}
	if text := f.Get("before"); text != "" {
		before, err := strconv.ParseInt(text, 10, 64)
		if err != nil || before < 0 || before > maxSeconds {
			return bad("before=%q is not a time in seconds", news.Cut(text, 40))
		}
		q.To = time.Unix(before, 0).Add(time.Second)
	}
	return rd.Store.MarkRead(r.Context(), q)
}
