package fetch

import (
	"net/netip"
	"slices"
	"strings"

	"parallax/internal/news"
)

// A Finding is what the attempts of one poll say of the direct way to a feed.
type Finding struct {
	Reach news.Reach // ReachUnknown without evidence
	// Direct reports whether the direct way was tried; without that nothing is known of it.
	Direct bool
	// Blocking is by which means the direct way failed if it failed as it does where it is
	// blocked (OONI ts-017), and Control the route by which the outlet itself answered at
	// the same time. A single such poll may be an accident: Reach is then degraded, and who
	// sees the same again may say blocked.
	Blocking, Control string
}

// weight orders the states by how much they tell when all attempts failed.
var weight = map[news.Reach]int{
	news.ReachDown: 1, news.ReachDegraded: 2, news.ReachRefused: 3, news.ReachGone: 4, news.ReachLegal: 5,
}

// Judge derives a Finding from the attempts of one poll, in order.
//
// The direct way is ok when its first attempt succeeded, degraded when a later one did.
// When all of them failed, an answer tells most: withheld for legal reasons, gone,
// refused. Without an answer, or with one that is no feed, it is degraded if another way
// to the outlet itself, by a proxy or another resolver, brought the feed meanwhile, and
// down if none did. By its name it is blocked if that could not be looked up, or leads to other
// servers than another resolver says, by which it works. A mirror shows nothing of the outlet: that it answers leaves the
// outlet down, and that it says gone or refuses is no word of the outlet's. Where the direct
// way was not tried at all, an answer by any other is degraded.
func Judge(evidence []news.Evidence) Finding {
	if len(evidence) == 0 {
		return Finding{}
	}
	var direct, origin []news.Evidence
	var f Finding
	var control news.Evidence
	for _, e := range evidence {
		if reachesOrigin(e.Route) {
			origin = append(origin, e)
		}
		switch {
		case isDirect(e.Route):
			direct = append(direct, e)
		case e.Reach == news.ReachOK && reachesOrigin(e.Route):
			f.Control, control = e.Route, e
		}
	}
	f.Direct = len(direct) > 0
	if !f.Direct {
		f.Control = ""
		if f.Reach = worst(origin); evidence[len(evidence)-1].Reach == news.ReachOK {
			f.Reach = news.ReachDegraded
		}
		return f
	}
	if direct[len(direct)-1].Reach == news.ReachOK {
		f.Control = ""
		f.Reach = news.ReachOK
		if len(direct) > 1 {
			f.Reach = news.ReachDegraded
		}
		return f
	}
	f.Reach = worst(direct)
	if f.Reach == news.ReachDown && f.Control != "" {
		f.Reach, f.Blocking = news.ReachDegraded, blocking(direct[0])
		if f.Blocking != "" && ledAstray(direct[0], control) {
			f.Blocking = "dns" // whatever came of asking there
		}
	}
	if f.Blocking == "" {
		f.Control = ""
	}
	return f
}

func worst(evidence []news.Evidence) news.Reach {
	state := news.ReachDown
	for _, e := range evidence {
		if weight[e.Reach] > weight[state] {
			state = e.Reach
		}
	}
	return state
}

// blocking names the means by which an attempt failed (OONI ts-017, "blocking"). An answer
// that says itself that something is wrong (4xx, 5xx) is the outlet's or its host's
// trouble, however well it works elsewhere: there is no means then.
func blocking(e news.Evidence) string {
	switch e.Operation {
	case "resolve":
		return "dns"
	case "connect":
		return "tcp_ip"
	case "tls_handshake":
		return "tls"
	case "":
		if e.Status < 200 || e.Status > 299 {
			return ""
		}
		return "http-diff" // what passes for the feed and is none
	}
	return "http-failure"
}

// ledAstray reports whether the hub's resolver led the direct way to other servers than those
// that another resolver names, by which the outlet answered.
func ledAstray(direct, control news.Evidence) bool {
	for host, there := range control.Asked {
		here := direct.Asked[host]
		if len(here) > 0 && len(there) > 0 && !slices.ContainsFunc(here, func(a netip.Addr) bool { return slices.Contains(there, a) }) {
			return true
		}
	}
	return false
}

func isDirect(route string) bool { return route == RouteDirect || route == RouteHTTP1 }

// Copied reports whether what answers on a route, as Response and Evidence name it, is not
// the outlet's own server but somebody who has a copy.
func Copied(route string) bool { return route != "" && !reachesOrigin(route) }

// reachesOrigin reports whether what answers on a route is the outlet's own server.
func reachesOrigin(route string) bool {
	scheme, _, _ := strings.Cut(route, ":")
	switch scheme {
	case RouteDirect, RouteHTTP1, "doh", "ech", "http", "https", "socks5", "socks5h":
		return true
	}
	return false
}
