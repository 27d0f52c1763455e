// Package registry holds what is known about real outlets, as Claims: each with who
// says so, where it can be checked, and when it was said. In come data files that are
// compiled in (data/, with their origin and licence in data/NOTICE.md); out go the
// Entries of a host or a URL, and the starter set of Sources for a new hub.
//
// The package states nothing by itself. A file is read strictly: a column too many, a
// grade or a country that is not known, or an address that is none fails the tests of
// this package instead of becoming a wrong statement about somebody.
//
// # matrix.csv
//
// The State Media Matrix, cut to five columns and to assets that have an address, in
// the order and the words of its authors:
//
//	country,company,asset,url,typology
//	Norrland,Norrland Broadcasting Corporation,Norrland One,https://one.nbc.example/,SC
//
// The typology is that of the State Media Monitor: SC, CaPu, CaPr, ISFM, ISM, ISF or IP
// (see news.ControlGrades). A question mark after it is the authors' doubt; such a grade
// is kept in the file and makes no Claim.
//
// # countries.csv
//
// The authors' names of countries and their codes in ISO 3166-1, alpha-2; EU, which
// that standard reserves, for the European Union.
//
// # owners.csv
//
// Facts from Kagi Kite's list of media organisations, one row for each domain, made by
// internal/registry/make, whose comment says by which rules:
//
//	domain,organisation,country,kind,control,owners,indirect_owners
//	two.example,Two,SE,Private Media,private,Two Ltd (52 %); Ada Berg (48 %),Berg Holding AG
//
// Kind is in the words of the list; control is private, non-profit or empty. Names of owners
// are parted by "; ". The list is a third party: it is not dated and does not say where it has
// it from. What it says stands beside what others say, and behind it where one has to be first.
//
// # legal.csv
//
// See [Restriction].
//
// # starter.csv
//
// See [Starter].
package registry

import (
	_ "embed"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"

	"golang.org/x/net/publicsuffix"

	"parallax/internal/news"
)

// An Entry is what a registry knows about one asset: a channel, paper, agency or site.
type Entry struct {
	Country    string // ISO 3166-1 alpha-2, of the state to which the registry assigns the asset
	Company    string // as the registry writes it
	Asset      string // as the registry writes it; not always the name that readers know
	URL        string // where the registry found the asset
	Disclosure news.Disclosure
}

// matrixFile is the State Media Matrix, cut; see data/NOTICE.md.
//
//go:embed data/matrix.csv
var matrixFile string

//go:embed data/countries.csv
var countriesFile string

// matrix is read when it is first asked for.
var matrix = sync.OnceValue(func() *index {
	entries, err := readMatrix(matrixFile, countriesFile)
	if err != nil {
		panic(fmt.Sprintf("registry: %v", err)) // unreachable: a test reads the same embedded bytes
	}
	return newIndex(entries)
})

// Lookup returns what is known about the assets of a host, in the order of the
// registry; nil when nothing is. These are, of the following, the first that there are:
// the assets at exactly this host ("www." does not count), those of the nearest host
// above it, and, if the host is a registrable domain, those of hosts below it.
//
// A host beside it says nothing: the television of a university does not make the
// newspaper at another host of that university's domain its own.
func Lookup(host string) []Entry {
	return matrix().lookup(host)
}

// About returns what all files here say of the outlet with this home page: the claims of the
// matrix (see [LookupURL]) and those of owners.csv, and the country, which is that of the
// matrix where both name one; empty where none does.
func About(home string) (country string, d news.Disclosure) {
	for _, e := range append(LookupURL(home), owners().lookup(hostOf(home))...) {
		if country == "" {
			country = e.Country
		}
		d.Add(e.Disclosure)
	}
	return country, d
}

// LookupURL is Lookup for the host of a URL. Where several assets share a host and
// differ by their paths, as two channels of one broadcaster do, it returns only those
// that the path of the URL names, or else those that have no path.
func LookupURL(rawURL string) []Entry {
	u, err := url.Parse(strings.TrimSpace(rawURL))
	if err != nil {
		return nil
	}
	return atPath(Lookup(u.Host), u.EscapedPath())
}

// Disclose puts the claims of entries together, each once.
func Disclose(entries []Entry) news.Disclosure {
	var d news.Disclosure
	for _, e := range entries {
		d.Add(e.Disclosure)
	}
	return d
}

// An index finds entries by host. Its entries are never handed out, only copies.
type index struct {
	entries []Entry
	byHost  map[string][]int // exact host without "www."
	below   map[string][]int // registrable domain: those of all its hosts
}

func newIndex(entries []Entry) *index {
	x := &index{entries: entries, byHost: map[string][]int{}, below: map[string][]int{}}
	for i, e := range entries {
		host := hostOf(e.URL)
		x.byHost[host] = append(x.byHost[host], i)
		if domain := registrable(host); domain != "" {
			x.below[domain] = append(x.below[domain], i)
		}
	}
	return x
}

func (x *index) lookup(host string) []Entry {
	host = bareHost(host)
	domain := registrable(host)
	for h := host; h != ""; {
		if at := x.byHost[h]; at != nil {
			return x.copies(at)
		}
		if h == domain || domain == "" {
			break // above a registrable domain are strangers
		}
		_, h, _ = strings.Cut(h, ".")
	}
	if host == domain {
		return x.copies(x.below[domain])
	}
	return nil
}

func (x *index) copies(at []int) []Entry {
	var out []Entry
	for _, i := range at {
		e := x.entries[i]
		e.Disclosure = Disclose([]Entry{e})
		out = append(out, e)
	}
	return out
}

// atPath chooses among entries those that path distinguishes.
func atPath(entries []Entry, path string) []Entry {
	longest := 0
	var best, rest []Entry
	for _, e := range entries {
		u, err := url.Parse(e.URL)
		if err != nil {
			continue // unreachable: readMatrix has parsed it
		}
		own := strings.TrimRight(u.EscapedPath(), "/")
		switch {
		case own == "":
			rest = append(rest, e)
		case path != own && !strings.HasPrefix(path, own+"/"):
		case len(own) > longest:
			longest, best = len(own), []Entry{e}
		case len(own) == longest:
			best = append(best, e)
		}
	}
	switch {
	case best != nil:
		return best
	case rest != nil:
		return rest
	}
	return entries
}

// hostOf returns the bare host of a URL, or "".
func hostOf(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return bareHost(u.Host)
}

// bareHost brings a host into the form of the index: lower case, without port, final
// dot and "www.".
func bareHost(host string) string {
	host = strings.ToLower(strings.TrimSpace(host))
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.TrimPrefix(strings.TrimSuffix(host, "."), "www.")
}

// registrable returns the domain that somebody registered, e.g. "paper.co.example" for
// "news.paper.co.example" where "co.example" is a public suffix; "" for an address or a
// suffix itself.
func registrable(host string) string {
	if net.ParseIP(strings.Trim(host, "[]")) != nil {
		return ""
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return ""
	}
	return domain
}
