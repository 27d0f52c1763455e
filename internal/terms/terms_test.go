package terms

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"parallax/feed"
	"parallax/internal/news"
)

const from = "https://today.norrland.example/river"

// short writes terms one a line, without from.
func short(list []news.Term) string {
	var b strings.Builder
	for _, t := range list {
		b.WriteString(string(t.Kind) + " | " + t.Value + " | " + t.Where + "\n")
	}
	return b.String()
}

func TestInHeader(t *testing.T) {
	t.Parallel()
	h := http.Header{}
	for _, v := range []string{"noarchive, NoAI", "googlebot: nosnippet", "max-snippet: 20, index, follow", "parallax: nocache", "max-snippet:-1", "unavailable_after: 2026-12-01, noarchive", "none"} {
		h.Add("X-Robots-Tag", v)
	}
	h.Set("TDM-Reservation", "1")
	h.Set("TDM-Policy", "https://today.norrland.example/tdm.json")
	h.Set("Content-Usage", "train-ai=n, search=y")
	want := `licence | https://today.norrland.example/rsl.xml | header Link
reservation | tdm-reservation: 1 | header tdm-reservation
reservation | tdm-policy: https://today.norrland.example/tdm.json | header tdm-policy
reservation | Content-Usage: train-ai=n, search=y | header Content-Usage
reservation | noarchive | header X-Robots-Tag
reservation | noai | header X-Robots-Tag
reservation | max-snippet:20 | header X-Robots-Tag
reservation | nocache | header X-Robots-Tag
`
	got := InHeader(h, []string{"/rsl.xml"}, from)
	if diff := cmp.Diff(want, short(got)); diff != "" {
		t.Errorf("InHeader mismatch (-want +got):\n%s", diff)
	}
	if got[0].URL != from {
		t.Errorf("said by %q", got[0].URL)
	}
	if got := InHeader(http.Header{}, nil, from); got != nil {
		t.Errorf("no headers say %v", got)
	}
}

func TestInPage(t *testing.T) {
	t.Parallel()
	doc, err := html.Parse(strings.NewReader(`<!doctype html><html><head>
		<meta name="robots" content="index, max-image-preview:large, noarchive"><meta name="googlebot" content="nosnippet">
		<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="/policy.json">
		<meta name="copyright" content="© Norrland Today"><link rel="license stylesheet" href="https://creativecommons.org/licenses/by/4.0/">
		<script type="application/ld+json">{"@graph":[{"@type":"ImageObject","license":"https://pictures.example/x"},
			{"@type":"NewsArticle","license":{"@id":"https://creativecommons.org/licenses/by-sa/4.0/"}}]}</script>
		<script type="application/ld+json">{"license": broken</script></head>
		<body><a rel="license" href="/terms">Terms</a><a rel="nofollow" href="/x">x</a><a rel="license" href="javascript:alert(1)">x</a>
			<figure><img src="/p.jpg"><figcaption>The river <span><a rel="license" href="/picture">CC</a></span></figcaption></figure>
			<div itemscope itemtype="https://schema.org/ImageObject"><a rel="license" href="/object">CC</a></div><svg><a rel="license" href="/svg"></a></svg>`))
	if err != nil {
		t.Fatal(err)
	}
	want := `reservation | noarchive | meta robots
reservation | tdm-reservation: 1 | meta tdm-reservation
reservation | tdm-policy: /policy.json | meta tdm-policy
rights | © Norrland Today | meta copyright
licence | https://creativecommons.org/licenses/by/4.0/ | <link rel=license>
licence | https://creativecommons.org/licenses/by-sa/4.0/ | JSON-LD license
licence | https://today.norrland.example/terms | <a rel=license>
`
	if diff := cmp.Diff(want, short(InPage(doc, from))); diff != "" {
		t.Errorf("InPage mismatch (-want +got):\n%s", diff)
	}
}

func TestInFeed(t *testing.T) {
	t.Parallel()
	f, err := feed.Parse([]byte(`<rss version="2.0" xmlns:cc="http://backend.userland.com/creativeCommonsRssModule" xmlns:rsl="https://rslstandard.org/rsl"><channel><title>T</title>
		<copyright>Norrland Today, all rights reserved</copyright><cc:license>https://creativecommons.org/licenses/by-nc/4.0/</cc:license>
		<item><title>One</title><guid>1</guid><rsl:content url="https://today.norrland.example/1" server="https://licences.example"><rsl:license><rsl:prohibits type="usage">ai-train</rsl:prohibits>
		<rsl:payment type="purchase"><rsl:amount currency="EUR">5</rsl:amount></rsl:payment></rsl:license></rsl:content></item></channel></rss>`), feed.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := `licence | https://creativecommons.org/licenses/by-nc/4.0/ | feed
rights | Norrland Today, all rights reserved | feed
`
	if diff := cmp.Diff(want, short(InFeed(f, from))); diff != "" {
		t.Errorf("InFeed mismatch (-want +got):\n%s", diff)
	}
	want = `reservation | a licence is to be got from https://licences.example | entry (RSL)
reservation | payment: purchase 5 EUR | entry (RSL)
reservation | prohibits usage: ai-train | entry (RSL)
`
	if diff := cmp.Diff(want, short(InEntry(f.Entries[0], from))); diff != "" {
		t.Errorf("InEntry mismatch (-want +got):\n%s", diff)
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	robots := "User-agent: *\nDisallow: /x # License: /no\nLicense: /rsl.xml\r\ncontent-usage: train-ai=n # why\nContent-Usage:\nLicense: /rsl.xml\n"
	want := "licence | https://today.norrland.example/rsl.xml | robots.txt (RSL)\nreservation | Content-Usage: train-ai=n | robots.txt\n"
	if diff := cmp.Diff(want, short(InRobots([]byte(robots), from))); diff != "" {
		t.Errorf("InRobots mismatch (-want +got):\n%s", diff)
	}
	tdm := `[{"location":"/","tdm-reservation":1,"tdm-policy":"https://today.norrland.example/p"},{"location":"/open/*","tdm-reservation":0},{"location":"/x","tdm-reservation":7},
		{"location":7},"/y",{"location":"/z","tdm-reservation":"1"}]`
	want = "reservation | tdm-reservation: 1 | tdmrep.json\nreservation | tdm-policy: https://today.norrland.example/p | tdmrep.json\n" +
		"reservation | tdm-reservation: 0 for /open/* | tdmrep.json\nreservation | tdm-reservation: 1 for /z | tdmrep.json\n"
	if diff := cmp.Diff(want, short(InTDMRep([]byte(tdm), from))); diff != "" {
		t.Errorf("InTDMRep mismatch (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("reservation | tdm-reservation: 1 | tdmrep.json\n", short(InTDMRep([]byte(`{"location":"/","tdm-reservation":1}`), from))); diff != "" {
		t.Errorf("one rule without a list (-want +got):\n%s", diff)
	}
	if got := InTDMRep([]byte("<!doctype html>"), from); got != nil {
		t.Errorf("a page says %v", got)
	}
}

// A rule of robots.txt holds for the programs of its group.
func TestContentUsageOfGroups(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ robots, want string }{
		"for another program":          {"User-agent: Crawler\nContent-Usage: search=n\n", ""},
		"for all":                      {"User-agent: Crawler\nContent-Usage: search=n\n\nUser-agent: *\nAllow: /\nContent-Usage: train-ai=n\n", "train-ai=n"},
		"for several that share rules": {"User-agent: *\nUser-agent: Crawler\nContent-Usage: train-ai=n\n", "train-ai=n"},
		"for this one alone":           {"User-agent: *\nContent-Usage: train-ai=n\nUser-agent: Parallax\nContent-Usage: train-ai=y\n", "train-ai=y"},
		"this one may do all":          {"User-agent: *\nContent-Usage: train-ai=n\nUser-agent: parallax\nAllow: /\n", ""},
		"for nobody":                   {"Content-Usage: train-ai=n\nUser-agent: *\nAllow: /\n", ""},
	} {
		want := ""
		if c.want != "" {
			want = "reservation | Content-Usage: " + c.want + " | robots.txt\n"
		}
		if diff := cmp.Diff(want, short(InRobots([]byte(c.robots), from))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Whatever a document holds, few terms of bounded length come of it.
func FuzzTerms(f *testing.F) {
	f.Add(`<meta name=robots content="noarchive"><a rel=license href="//x">`, "noarchive, noai", `[{"location":"/","tdm-reservation":1}]`)
	f.Add("", "max-snippet:9", "License: x\nContent-Usage: y")
	f.Fuzz(func(t *testing.T, page, header, file string) {
		doc, err := html.Parse(strings.NewReader(page))
		if err != nil {
			return
		}
		h := http.Header{"X-Robots-Tag": {header}, "Content-Usage": {header}, "Tdm-Reservation": {header}}
		for _, l := range [][]news.Term{InPage(doc, from), InHeader(h, []string{header}, from), InRobots([]byte(file), from), InTDMRep([]byte(file), from)} {
			if len(l) > maxTerms {
				t.Errorf("%d terms", len(l))
			}
			for _, term := range l {
				if term.Value == "" || len([]rune(term.Value)) > maxValue+maxURL {
					t.Errorf("term %q", term.Value)
				}
			}
		}
	})
}
