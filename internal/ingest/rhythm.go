package ingest

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"parallax/internal/news"
)

// A rhythm is what a feed's entries so far say of when the next ones come: how many a
// day, at which hours, and whether it is livelier of late than it was. All counts fade, so
// that an outlet which changes its ways is understood anew.
type rhythm struct {
	at      time.Time   // to which the counts have faded
	hours   [24]float64 // entries by their hour, UTC
	watched float64     // for how many hours that was
	recent  float64     // entries of late
	ago     float64     // and for how many hours
}

// The half-lives were chosen on the feeds of twenty outlets over a month and on the
// documents of 280 others: TestRhythmOnRecordedFeeds replays the former.
const (
	fading       = 14 * 24 * time.Hour // half-life of what is known of the hours
	fadingRecent = 2 * 24 * time.Hour  // and of what is livelier of late

	// steadyADay is how many entries a day, evenly spread, make a feed one that is asked
	// every Schedule.Interval.
	steadyADay = 20
	// unknown is the weight, in entries, of the belief that a feed is such a one while
	// little is known; knownRecent that of the longer memory against the shorter; and
	// knownHours that of all hours being alike.
	unknown, knownRecent, knownHours = 0.5, 2, 20
	// backdated is how long before the last look a new entry may be dated and still count
	// as one that has just come: some outlets date by when they began to write. What is
	// older is an old entry that was edited.
	backdated = 6 * time.Hour
	// longestSpan bounds for how long a first document is taken to say that little came.
	longestSpan = 4 * fading
)

// readRhythm returns the rhythm that String wrote; what cannot be read is an unknown one.
func readRhythm(s string) (r rhythm) {
	fields := strings.Fields(s)
	if len(fields) != 4+len(r.hours) {
		return rhythm{}
	}
	var v [28]float64
	for i, f := range fields {
		x, err := strconv.ParseFloat(f, 64)
		if err != nil || !(x >= 0 && x < math.MaxInt32*1e3) {
			return rhythm{}
		}
		v[i] = x
	}
	r.at, r.watched, r.recent, r.ago = time.Unix(int64(v[0]), 0), v[1], v[2], v[3]
	copy(r.hours[:], v[4:])
	return r
}

// String is the rhythm as it is kept with the feed, in at most about 300 bytes.
func (r *rhythm) String() string {
	b := strconv.AppendInt(nil, r.at.Unix(), 10)
	for _, x := range append([]float64{r.watched, r.recent, r.ago}, r.hours[:]...) {
		b = append(b, ' ')
		if x < 1e-4 {
			x = 0 // has faded
		}
		b = strconv.AppendFloat(b, x, 'g', 4, 64)
	}
	return string(b)
}

// fade brings the counts to now; the time since then was watched.
func (r *rhythm) fade(now time.Time) {
	if r.at.IsZero() {
		r.at = now // nothing was watched yet
	}
	d := now.Sub(r.at)
	if d <= 0 {
		return // also where the clock was set back
	}
	k, q := faded(d, fading), faded(d, fadingRecent)
	for i := range r.hours {
		r.hours[i] *= k
	}
	r.watched = r.watched*k + (1-k)*fading.Hours()/math.Ln2
	r.recent *= q
	r.ago = r.ago*q + (1-q)*fadingRecent.Hours()/math.Ln2
	r.at = now
}

// faded is what is left of 1 after d.
func faded(d, half time.Duration) float64 { return math.Exp2(-float64(d) / float64(half)) }

// learn enters the items that a look at now brought, the one before having been at last;
// zero for a first look, from which the dates of all that the document holds are taken.
func (r *rhythm) learn(items []*news.Item, last, now time.Time) {
	if last.IsZero() {
		r.at = now
		for _, i := range items {
			if p := i.Published; !p.IsZero() && p.Before(r.at) {
				r.at = p
			}
		}
		if earliest := now.Add(-longestSpan); r.at.Before(earliest) {
			r.at = earliest
		}
	}
	r.fade(now)
	for _, i := range items {
		came := i.Published
		switch {
		case came.IsZero() && last.IsZero(), !came.IsZero() && last.IsZero() && now.Sub(came) >= longestSpan:
			continue // of the entries of a first document only dates tell
		case came.IsZero() || came.After(now):
			came = now
		case last.IsZero():
		case came.Before(last.Add(-backdated)):
			continue
		case came.Before(last):
			came = last
		}
		r.hours[came.UTC().Hour()] += faded(now.Sub(came), fading)
		r.recent += faded(now.Sub(came), fadingRecent)
	}
}

// pace returns how many entries are expected in an hour of which nothing else is known.
func (r *rhythm) pace() float64 {
	n := 0.0
	for _, h := range r.hours {
		n += h
	}
	long := (n + unknown) / (r.watched + unknown*24/steadyADay)
	return (r.recent + knownRecent) / (r.ago + knownRecent/long)
}

// profile returns by how much each hour is livelier than the mean, smoothed.
func (r *rhythm) profile() (p [24]float64) {
	n, hours := 0.0, len(r.hours)
	for _, h := range r.hours {
		n += h
	}
	for i := range p {
		x := (r.hours[(i+hours-1)%hours] + 2*r.hours[i] + r.hours[(i+1)%hours]) / 4
		p[i] = (x*float64(hours) + knownHours) / (n + knownHours)
	}
	return p
}

// wait returns how long after now the feed is best asked again, at most most. A look costs
// something, and an entry that waits to be seen costs something, too: the look is made when
// the entries that are expected to wait by then have waited as long, all together, as one
// look is worth. For an even pace that is the square root rule by which, of all ways to
// spend a number of looks, entries wait least (Sia, Cho and Cho, "Efficient Monitoring
// Algorithm for Fast News Alerts", IEEE TKDE 2007); here the pace is that of the hours to
// come. Interval is the wait at steadyADay.
func (r *rhythm) wait(now time.Time, interval, most time.Duration) time.Duration {
	r.fade(now)
	pace, profile := r.pace(), r.profile()
	worth := interval.Hours() * interval.Hours() * steadyADay / 24 / 2 // in hours of waiting
	var waiting, waited, t float64                                     // entries, hours together, hours from now
	clock := float64(now.UTC().Hour()) + float64(now.UTC().Minute())/60
	for t < most.Hours() {
		const step = 1.0 / 12
		rate := pace * profile[int(clock+t+step/2)%len(profile)]
		then := waited + waiting*step + rate*step*step/2
		if then >= worth {
			t += (math.Sqrt(waiting*waiting+2*rate*(worth-waited)) - waiting) / rate
			break
		}
		waiting, waited, t = waiting+rate*step, then, t+step
	}
	return min(time.Duration(t*float64(time.Hour)), most)
}

// words says how many entries a day come, for people.
func (r *rhythm) words() string {
	perDay := r.pace() * 24
	for _, u := range []struct {
		days float64
		name string
	}{{1, "day"}, {7, "week"}, {30, "month"}} {
		if n := math.Round(perDay * u.days); n >= 2 {
			return fmt.Sprintf("about %.0f entries a %s", n, u.name)
		}
	}
	return "hardly an entry a month"
}
