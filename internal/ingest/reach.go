package ingest

import (
	"net/http"
	"time"

	"parallax/internal/fetch"
	"parallax/internal/news"
)

// blockedAfter is for how long, at two looks or more, a direct way must have failed in the
// same manner until it is called blocked: longer than a server restarts or a network swings.
const blockedAfter = 30 * time.Minute

// attempts enters what was tried.
func attempts(f *news.Fetch, evidence []news.Evidence) {
	for _, e := range evidence {
		e.FeedID = f.Feed.ID
		e.Note, e.URL = text(e.Note, maxError), text(e.URL, maxURL)
		f.Evidence = append(f.Evidence, e)
	}
}

// saysNotFound reports whether the outlet's own server said first that the feed is not there:
// of a copy that means nothing.
func saysNotFound(evidence []news.Evidence) bool {
	for _, e := range evidence {
		if !fetch.Copied(e.Route) {
			return e.Status == http.StatusNotFound
		}
	}
	return false
}

// judge enters the attempts and the state that they imply.
func judge(f *news.Fetch, old *news.Feed, evidence []news.Evidence) {
	attempts(f, evidence)
	finding := fetch.Judge(evidence)
	feed := f.Feed
	switch {
	case finding.Reach == news.ReachUnknown:
	case finding.Direct:
		again := finding.Blocking != "" && finding.Blocking == old.Blocking
		if finding.Reach == news.ReachDegraded && again && (old.Reach == news.ReachBlocked || f.At.Sub(old.ReachSince) >= blockedAfter) {
			finding.Reach = news.ReachBlocked // not by accident: it was so before, too
		}
		feed.Probed = f.At
		feed.Blocking, feed.Control = finding.Blocking, finding.Control
		reach(f, old, finding.Reach)
		if finding.Blocking != "" && !again {
			feed.ReachSince = f.At // degraded as before perhaps, but by this only now
		}
	case finding.Reach == news.ReachDegraded && indirect(feed.Reach) && hasDirect(feed.Routes):
		// It was read by the way that works; of the direct one nothing new is known.
	default:
		feed.Blocking, feed.Control = "", ""
		reach(f, old, finding.Reach)
	}
}

// reach enters a state: since now, unless it was the one of before.
func reach(f *news.Fetch, old *news.Feed, r news.Reach) {
	f.Feed.Reach, f.Feed.ReachSince = r, f.At
	if r == old.Reach {
		f.Feed.ReachSince = old.ReachSince
	}
}

// lasting reports whether a feed has failed for so long that a 404 means gone.
func lasting(f *news.Feed, now time.Time) bool {
	const long = 14 * 24 * time.Hour
	return f.Failures >= 10 && now.Sub(f.LastGood) > long
}
