package publish

import "parallax/internal/news"

// ReachTitle says how a feed could be reached, and never why.
func ReachTitle(r news.Reach) string {
	switch r {
	case news.ReachOK:
		return "reached directly"
	case news.ReachDegraded:
		return "reached, but not each time, or not directly"
	case news.ReachBlocked:
		return "not reached directly, while another way to the outlet works: the pattern of blocking between this hub and the outlet"
	case news.ReachLegal:
		return "not reached directly: withheld for legal reasons where this hub stands (HTTP 451)"
	case news.ReachRefused:
		return "not reached directly: the outlet’s server refuses this hub"
	case news.ReachDown:
		return "not reached directly: its name, network or server fails"
	case news.ReachGone:
		return "gone: the outlet’s server says that there is no such feed"
	}
	return "not tried yet"
}
