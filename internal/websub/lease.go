package websub

import (
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"parallax/internal/news"
)

// What a hub is asked, and says.
const (
	subscribe   = "subscribe"
	unsubscribe = "unsubscribe"
	denied      = "denied"
)

const (
	// leaseTime is for how long a hub is asked to push. Hubs grant days; what it grants counts.
	leaseTime = 7 * 24 * time.Hour
	// maxLease bounds for how long a hub is believed, whatever it grants.
	maxLease = 30 * 24 * time.Hour
	// minRenew is the least time between two askings, however short a lease is granted.
	minRenew = 10 * time.Minute
	// renewAt is the part of a lease after which it is prolonged, less up to jitter of it, so
	// that what was asked for together is not for ever.
	renewAt = 0.75
	jitter  = 0.1

	// confirmTime is how long a hub may take to confirm what it was asked. Some work through
	// a queue; the specification names no time.
	confirmTime = time.Hour

	// A hub, or all in turn, that failed is asked again after minBackoff, twice as long each
	// time up to a day.
	minBackoff = 5 * time.Minute
	maxBackoff = 24 * time.Hour

	// leaveTries is how often a hub is told that nothing is wanted any more. Its lease ends
	// all the same.
	leaveTries = 3

	maxError = 300 // bytes of what is remembered of an error
)

const unconfirmed = "the hub did not confirm what it was asked"

// step decides what to do about a Subscription that is due: s.Asking and s.Hub then say
// what to ask of whom. It reports false if nothing is to be asked now.
func step(s *news.Subscription, now time.Time, rnd float64) bool {
	if s.Asking != "" {
		fail(s, unconfirmed, now, time.Time{}, rnd)
		if s.State == news.SubscriptionEnded || s.Due.After(now) {
			return false
		}
	}
	mode := subscribe
	if s.State == news.SubscriptionLeaving {
		if mode = unsubscribe; s.Token == "" || !s.Until.After(now) {
			s.State = news.SubscriptionEnded // no hub pushes
			return false
		}
	}
	if s.Hub == "" {
		s.Hub = s.Hubs[0]
	}
	if s.Token == "" {
		s.Token = rand.Text()
		if strings.HasPrefix(s.Hub, "https:") {
			s.Secret = rand.Text() + rand.Text() // WebSub §5.1: less than 200 bytes
		}
	}
	s.Asking, s.Asked, s.Due = mode, now, now.Add(confirmTime)
	return true
}

// fail enters that the hub did not do what it was asked, and why; retryAt, if not zero, is
// when it wants to be asked again. The next hub's turn comes at once, unless a lease still
// runs.
func fail(s *news.Subscription, why string, now, retryAt time.Time, rnd float64) {
	s.Asking, s.Error = "", news.Cut(why, maxError)
	s.Tries++
	rounds := s.Tries - 1
	switch {
	case s.State == news.SubscriptionLeaving:
		if s.Tries >= leaveTries {
			s.State = news.SubscriptionEnded
		}
	case s.Live(now):
	default:
		s.State, s.Trusted = news.SubscriptionFailed, false
		if n := len(s.Hubs); n > 1 {
			next := (slices.Index(s.Hubs, s.Hub) + 1) % n
			s.Hub, s.Token, s.Secret = s.Hubs[next], "", ""
			if next > 0 {
				s.Due = now
				return
			}
			rounds /= n
		}
	}
	s.Due = now.Add(backoff(rounds, rnd))
	if retryAt.After(s.Due) {
		s.Due = retryAt
	}
}

// backoff is how long to wait after so many failures before this one.
func backoff(before int, rnd float64) time.Duration {
	wait := maxBackoff
	if before < 10 { // 2^10 times minBackoff is more than a day
		wait = min(minBackoff<<before, maxBackoff)
	}
	return wait + time.Duration(float64(wait)*jitter*rnd)
}

// confirm enters that the hub asks whether we want what it was asked for (§5.3), for a
// lease of so long. It reports whether we do: only if it is just what we asked.
func confirm(s *news.Subscription, mode, topic string, lease time.Duration, now time.Time, rnd float64) bool {
	if mode == "" || s.Asking != mode || s.Topic != topic {
		return false
	}
	if s.Asking = ""; mode == unsubscribe {
		s.State = news.SubscriptionEnded
		return true
	}
	if !s.Live(now) {
		s.Since, s.Trusted = now, false
	}
	lease = min(lease, maxLease)
	renew := time.Duration(renewAt * (1 - jitter*rnd) * float64(lease))
	s.State, s.Tries, s.Error = news.SubscriptionVerified, 0, ""
	s.Until, s.Due = now.Add(lease), now.Add(max(renew, minRenew))
	return true
}

// deny enters that the hub refuses, or pushes no more (§5.2).
func deny(s *news.Subscription, topic, reason string, now time.Time, rnd float64) bool {
	if s.Topic != topic || s.Asking == "" && !s.Live(now) {
		return false
	}
	if s.State == news.SubscriptionLeaving {
		s.State = news.SubscriptionEnded
		return true
	}
	why := "the hub refuses"
	if reason = strings.Join(strings.Fields(reason), " "); reason != "" {
		why += ": " + reason
	}
	s.Until = time.Time{}
	fail(s, why, now, time.Time{}, rnd)
	s.State = news.SubscriptionDenied
	return true
}
