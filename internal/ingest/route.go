package ingest

import (
	"slices"
	"time"

	"parallax/internal/fetch"
	"parallax/internal/news"
)

// probeEvery is how often the direct way to a feed is tried that is read by another: often
// enough to notice the day on which it opens.
const probeEvery = 24 * time.Hour

// routes returns the routes of f in the order in which to try them now: as configured,
// except that while the direct way is known to fail, and was tried within a day, the route
// that worked last comes first.
func routes(f *news.Feed, now time.Time, rnd float64) []string {
	if !indirect(f.Reach) {
		return f.Routes
	}
	if wait := probeEvery - time.Duration(jitter*rnd*float64(probeEvery)); now.Sub(f.Probed) >= wait {
		return f.Routes
	}
	winner := slices.IndexFunc(f.Routes, func(r string) bool { return fetch.RouteName(r) == f.Route })
	if winner <= 0 {
		return f.Routes
	}
	order := []string{f.Routes[winner]}
	for i, r := range f.Routes {
		if i != winner {
			order = append(order, r)
		}
	}
	return order
}

// indirect reports whether a feed in this state is better asked by the route that worked
// last than directly.
func indirect(r news.Reach) bool {
	switch r {
	case news.ReachBlocked, news.ReachLegal, news.ReachRefused, news.ReachDown:
		return true
	}
	return false
}

// hasDirect reports whether the direct way is among configured routes.
func hasDirect(configured []string) bool {
	return len(configured) == 0 || slices.ContainsFunc(configured, func(r string) bool {
		name := fetch.RouteName(r)
		return name == fetch.RouteDirect || name == fetch.RouteHTTP1
	})
}
