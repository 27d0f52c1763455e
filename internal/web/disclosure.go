package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"parallax/internal/news"
)

// shownVersions is how many versions of a disclosure a page lists, the newest first; each leads to
// the ones beside it.
const shownVersions = 12

// A versionLink leads to what was said of an outlet in some time.
type versionLink struct {
	N       int
	Href    string
	Since   moment
	Current bool // it is the one in force
	Here    bool // it is the one that the page shows
}

func versionOf(src *news.Source, n int, now time.Time) *versionLink {
	return &versionLink{
		N: n, Href: "/source/" + url.PathEscape(src.ID) + "/disclosure/" + strconv.Itoa(n),
		Since: at(src.Versions[n-1], now), Current: n == len(src.Versions),
	}
}

// versionsOf lists the versions, the newest first.
func versionsOf(src *news.Source, here int, now time.Time) (list []versionLink) {
	for n := len(src.Versions); n > 0 && len(list) < shownVersions; n-- {
		v := versionOf(src, n, now)
		v.Here = n == here
		list = append(list, *v)
	}
	return list
}

// outletThen is outletOf beside something that was first seen at seen: with the version of what is
// said of the outlet that was in force then, where it is another one now.
func outletThen(src *news.Source, seen, now time.Time) outlet {
	o := outletOf(src)
	if n := src.DisclosureThen(seen); n > 0 {
		o.Then = versionOf(src, n, now)
	}
	return o
}

// A disclosurePage is one version of what is said of who stands behind an outlet. It is there
// whether the outlet is carried or not: these are facts about it, and no text of its own.
type disclosurePage struct {
	frame
	Outlet        outlet
	State         string
	Version       versionLink
	Of            int
	Until         moment // empty: it is in force
	Before, After *versionLink
	Changes       []changedField
	Fields        []claimField // of which something is said
	Unsaid        []string     // titles of the others
	Versions      []versionLink
	Older         int // how many versions are not listed
	Data, Hash    string
}

// A changedField tells what changed in one field with a version.
type changedField struct {
	Title   string
	Changes []changedClaim
}

type changedClaim struct {
	What  string // "New", "No longer said", "Said otherwise"
	Claim claim
	Was   *claim // before it was said otherwise
	Gone  bool
}

func (s *site) disclosure(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	src, err := s.Store.Source(ctx, r.PathValue("id"))
	if err != nil {
		return orNotFound(err, "There is no such source", "This hub carries no outlet of this name.")
	}
	asked := strings.TrimSuffix(r.PathValue("n"), dataSuffix)
	n, err := strconv.Atoi(asked)
	if err != nil || n < 1 || n > len(src.Versions) || strconv.Itoa(n) != asked {
		return notFound("There is no such version", fmt.Sprintf("What is said of who stands behind %s has %s.", src.Name, plural(len(src.Versions), "version", "versions")))
	}
	v, err := s.Store.DisclosureVersion(ctx, src.ID, n)
	if err != nil {
		return fmt.Errorf("version %d of the disclosure of %s: %w", n, src.ID, err)
	}
	if wantsData(r) {
		w.Header().Set("Access-Control-Allow-Origin", "*") // it is as public as the page
		s.send(w, r, "application/json; charset=utf-8", []byte(v.Body))
		return nil
	}
	now := s.Now()
	p := &disclosurePage{
		frame: s.frame(r, fmt.Sprintf("Who stands behind %s, version %d", src.Name, n)), Outlet: outletOf(src), State: carriageState(src, now),
		Version: *versionOf(src, n, now), Of: len(src.Versions), Versions: versionsOf(src, n, now), Hash: v.Hash,
	}
	p.Data, p.Older = p.Version.Href+dataSuffix, max(len(src.Versions)-shownVersions, 0)
	if n < len(src.Versions) {
		p.After = versionOf(src, n+1, now)
		p.Until = p.After.Since
	}
	if n > 1 {
		p.Before = versionOf(src, n-1, now)
		before, err := s.Store.DisclosureVersion(ctx, src.ID, n-1)
		if err != nil {
			return fmt.Errorf("version %d of the disclosure of %s: %w", n-1, src.ID, err)
		}
		p.Changes = changedFields(v.Disclosure.Changes(before.Disclosure))
	}
	for _, f := range v.Disclosure.Fields() {
		if len(f.Claims) > 0 {
			p.Fields = append(p.Fields, fieldOf(f))
		} else {
			p.Unsaid = append(p.Unsaid, strings.ToLower(f.Title))
		}
	}
	return s.render(w, r, "disclosure", p)
}

func changedFields(changes []news.ClaimChange) (list []changedField) {
	one := func(key string, c *news.Claim) claim {
		return fieldOf(news.DisclosureField{Key: key, Claims: []news.Claim{*c}}).Claims[0]
	}
	for _, c := range changes {
		if len(list) == 0 || list[len(list)-1].Title != c.Field {
			list = append(list, changedField{Title: c.Field})
		}
		var told changedClaim
		switch {
		case c.Was == nil:
			told = changedClaim{What: "New", Claim: one(c.Key, c.Is)}
		case c.Is == nil:
			told = changedClaim{What: "No longer said", Claim: one(c.Key, c.Was), Gone: true}
		default:
			was := one(c.Key, c.Was)
			told = changedClaim{What: "Said with another date or address", Claim: one(c.Key, c.Is), Was: &was}
		}
		f := &list[len(list)-1]
		f.Changes = append(f.Changes, told)
	}
	return list
}

// readIn tells readers in which document of an outlet's site the hub read a claim (news.Claim.Read).
func readIn(document string) string {
	if document == "JSON-LD" {
		return "read by this hub on its home page"
	}
	return "read by this hub in its " + document
}

// A declaredIn is a document in which an outlet may declare who stands behind it.
type declaredIn struct {
	Name, URL string
	Claims    int
	Read      moment // empty: not yet
	Failed    bool   // it could not be read since
	Flawed    bool
}

// declared tells which documents on the outlet's site say something, or try to.
func (s *site) declared(r *http.Request, src *news.Source, now time.Time) (list []declaredIn, err error) {
	d, err := s.Store.Declaration(r.Context(), src.ID)
	if err != nil {
		return nil, fmt.Errorf("declaration of %s: %w", src.ID, err)
	}
	for _, doc := range d.Documents {
		if doc.URL != "" && (doc.Said.Count() > 0 || len(doc.Problems) > 0) {
			list = append(list, declaredIn{
				Name: doc.Name, URL: doc.URL, Claims: doc.Said.Count(), Read: at(doc.Read, now), Failed: doc.Failures > 0, Flawed: len(doc.Problems) > 0,
			})
		}
	}
	return list, nil
}

// splitLink returns the address at the end of a claim of the form "Member of: https://…".
func splitLink(value string) string {
	_, ref, ok := strings.Cut(value, ": ")
	if ok && isURL(ref) && !strings.Contains(ref, " ") {
		return ref
	}
	return ""
}

// disclosureThen is the address of the version that was in force at seen, as data; "" where it is
// the present one.
func disclosureThen(base string, src *news.Source, seen time.Time) string {
	n := src.DisclosureThen(seen)
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%s/source/%s/disclosure/%d%s", base, url.PathEscape(src.ID), n, dataSuffix)
}
