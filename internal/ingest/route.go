package ingest

import (
	"slices"
	"time"

	"parallax/internal/fetch"
	"parallax/internal/news"
)

// probeEvery is how often the direct way to a feed is tried that is read by another, at
// least: often enough to notice the day on which it opens.
const probeEvery = 24 * time.Hour

// routes returns the routes of f in the order in which to try them now: as configured,
// except that while the direct way is known to fail, the route that worked last comes
// first. The direct way is tried again when it has failed for twice as long as at the last
// try, at least once a day: a trouble of minutes is not to be read from a mirror for a
// day. What was found to be blocked was so at two looks already, and has the day at once.
func routes(f *news.Feed, now time.Time, rnd float64) []string {
	if !indirect(f.Reach) {
		return f.Routes
	}
	wait := probeEvery
	if f.Reach != news.ReachBlocked {
		wait = min(wait, f.Probed.Sub(f.ReachSince))
	}
	if wait -= time.Duration(jitter * rnd * float64(wait)); now.Sub(f.Probed) >= wait {
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

// firstHost returns the host that a poll of f at about now asks first, and in whose line it
// waits. Most feeds of a fleet may be read from one mirror, or have moved to one host: then
// that is who has hundreds of them, and they must not hold up others.
func firstHost(f *news.Feed, now time.Time) string {
	target := f.URL
	if f.MovedTo != "" {
		target = f.MovedTo
	}
	if order := routes(f, now, 0); len(order) > 0 {
		return fetch.HostBy(order[0], target)
	}
	return news.Host(target)
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
