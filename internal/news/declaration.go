package news

import (
	"slices"
	"strings"
	"time"
)

// A Declaration is what the site of a Source says, in documents made for programs, of who stands
// behind it.
type Declaration struct {
	SourceID  string
	Documents []DeclaredIn
	Due       time.Time // when the first of them is to be read again

	// Home and Routes are those of the Source, filled in when the stage asks for what is due.
	Home   string
	Routes []string
}

// A DeclaredIn is one document, with what it said when it was last read.
type DeclaredIn struct {
	Name string `json:"name"` // "home page", "trust.txt", "ads.txt"
	// URL is the one that answered last; "" where there is no such document.
	URL string `json:"url,omitempty"`
	// What HTTP said of it, and who said so.
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
	Validated    string `json:"validated,omitempty"`
	// Said holds claims by Self. The Date of each is the day on which it was first read there.
	Said Disclosure `json:"said,omitzero"`
	// Problems are its flaws, each with its place.
	Problems []string `json:"problems,omitempty"`
	// Read is when the site last told what it says, be it that there is none.
	Read time.Time `json:"read,omitzero"`
	// Doubts is how often in a row it said nothing although it had said something before.
	Doubts   int       `json:"doubts,omitempty"`
	Failures int       `json:"failures,omitempty"` // in a row
	Error    string    `json:"error,omitempty"`    // why it could not be read the last time
	Due      time.Time `json:"due,omitzero"`       // when it is to be read again
}

// Said returns what all documents say.
func (d *Declaration) Said() Disclosure {
	var all Disclosure
	for i := range d.Documents {
		all = all.With(d.Documents[i].Said)
	}
	return all
}

// With returns d with what an outlet says of itself besides. What d has from the outlet already is
// not said twice.
func (d Disclosure) With(self Disclosure) Disclosure {
	from := self.fields()
	for i, f := range d.fields() {
		list := slices.Clip(*f.claims)
		for _, c := range *from[i].claims {
			if !slices.ContainsFunc(list, func(o Claim) bool {
				return o.By == Self && strings.EqualFold(strings.TrimSpace(o.Value), strings.TrimSpace(c.Value))
			}) {
				list = append(list, c)
			}
		}
		*f.claims = list
	}
	return d
}

// Written returns d without what the hub itself read (Claim.Read).
func (d Disclosure) Written() Disclosure {
	for _, f := range d.fields() {
		if slices.ContainsFunc(*f.claims, func(c Claim) bool { return c.Read != "" }) {
			var kept []Claim
			for _, c := range *f.claims {
				if c.Read == "" {
					kept = append(kept, c)
				}
			}
			*f.claims = kept
		}
	}
	return d
}

// Count returns how many claims there are.
func (d Disclosure) Count() (n int) {
	for _, f := range d.fields() {
		n += len(*f.claims)
	}
	return n
}

// Since dates the claims: those that before has, too, as it does, others on day, as YYYY-MM-DD.
func (d Disclosure) Since(before Disclosure, day string) Disclosure {
	then := before.fields()
	for i, f := range d.fields() {
		list, old := slices.Clone(*f.claims), *then[i].claims
		for j, c := range list {
			list[j].Date = day
			k := slices.IndexFunc(old, func(o Claim) bool { return o.Value == c.Value && o.URL == c.URL && o.Read == c.Read })
			if k >= 0 && old[k].Date != "" {
				list[j].Date = old[k].Date
			}
		}
		*f.claims = list
	}
	return d
}

// A DisclosureVersion is what was said of a Source from one moment on.
type DisclosureVersion struct {
	N     int // from 1
	Since time.Time
	// Body is the Disclosure as JSON, as it was when it was kept; Hash its SHA-256, in hex.
	Body, Hash string
	Disclosure Disclosure
}

// DisclosureAt returns the number of the version that was in force at t; 0 where none is known.
func (s *Source) DisclosureAt(t time.Time) int {
	for i, since := range slices.Backward(s.Versions) {
		if !since.After(t) {
			return i + 1
		}
	}
	return 0
}

// gathered is how long after an outlet is taken in all that is said of it is in: the hub reads what
// its site declares only once it has read a feed of it.
const gathered = 24 * time.Hour

// DisclosureThen returns the number of the version of the Disclosure that was in force when
// something was first seen, if another one is now; else 0. The versions of the first day count as
// one, the last of them.
func (s *Source) DisclosureThen(seen time.Time) int {
	n := s.DisclosureAt(seen)
	if n > 0 {
		n = max(n, s.DisclosureAt(s.Versions[0].Add(gathered)))
	}
	if n == len(s.Versions) {
		return 0
	}
	return n
}

// A ClaimChange is what differs between two versions in one field.
type ClaimChange struct {
	Field string // its title
	Key   string
	Was   *Claim // nil: it was not said before
	Is    *Claim // nil: it is not said any more
}

// Changes returns what differs between a Disclosure and the one before: in the order of the fields,
// what is said anew, otherwise and no longer. A claim is the same one while its value and who says
// it are.
func (d Disclosure) Changes(before Disclosure) (list []ClaimChange) {
	now, then := d.Fields(), before.Fields()
	for i, f := range now {
		old := slices.Clone(then[i].Claims)
		for j := range f.Claims {
			c := &f.Claims[j]
			k := slices.IndexFunc(old, func(o Claim) bool { return o.Value == c.Value && o.By == c.By && o.Who == c.Who })
			switch {
			case k < 0:
				list = append(list, ClaimChange{Field: f.Title, Key: f.Key, Is: c})
				continue
			case old[k] != *c:
				was := old[k]
				list = append(list, ClaimChange{Field: f.Title, Key: f.Key, Was: &was, Is: c})
			}
			old = slices.Delete(old, k, k+1)
		}
		for j := range old {
			list = append(list, ClaimChange{Field: f.Title, Key: f.Key, Was: &old[j]})
		}
	}
	return list
}
