package webtest

import (
	"time"

	"parallax/internal/news"
)

// says builds claims: one per triple of value, authority and who.
func says(value string, by news.Authority, who string) news.Claim {
	return news.Claim{Value: value, By: by, Who: who, URL: "https://claims.example/" + news.ID(value, who), Date: "2026-10-30"}
}

const mediaMap = "Atlas of Media Ownership"

// outlets are thirteen invented ones: four of each party to a dispute and five others,
// with everything from full disclosure to none.
func outlets() []*news.Source {
	mk := func(id, name, country, language, side string) *news.Source {
		return &news.Source{
			ID: id, Name: name, Home: "https://" + id + ".example/", Country: country, Languages: []string{language}, FeedsRead: 1,
			FeedURLs: []string{"https://" + id + ".example/feed.xml"}, Sides: map[string]string{"river": side},
		}
	}
	today := mk("norrland-today", "Norrland Today", "NO", "en", "north")
	today.Disclosure = news.Disclosure{
		LegalName: []news.Claim{says("Norrland Rikskringkasting", news.Registry, "Register of Companies of Norrland")},
		Owners:    []news.Claim{says("Government of Norrland", news.Operator, "")},
		Funding:   []news.Claim{says("the state budget of Norrland", news.ThirdParty, mediaMap)},
		Control:   []news.Claim{says(news.StateControlled, news.ThirdParty, mediaMap), says(news.IndependentPublic, news.Self, "")},
		Contact:   []news.Claim{says("desk@norrland-today.example", news.Self, "")},
		Policies:  []news.Claim{says("Corrections policy of 2019", news.Self, "Norrland Today")},
		Founded:   []news.Claim{says("1934", news.Self, "")},

		StateAdvertising:  []news.Claim{says("4.2 million crowns in 2025", news.Self, "")},
		CorrectionsPolicy: []news.Claim{says("https://norrland-today.example/corrections", news.Self, "")},
		Ratings:           []news.Claim{says("Accuracy: 3 of 5", news.ThirdParty, "Reader Union")},
		EthicsPolicy:      []news.Claim{says("Code of the Press Council of Norrland", news.Self, "")},
	}
	today.Carriage = news.Carriage{
		Why:  "Blocked by providers in Sudermark since May; carried so that this side can be heard.",
		Mode: news.Excerpt, From: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Until: time.Date(2027, 5, 1, 0, 0, 0, 0, time.UTC), Keep: 90 * 24 * time.Hour,
	}
	fjord := mk("fjord-post", "The Fjord Post", "NO", "en", "north")
	fjord.Disclosure = news.Disclosure{
		Owners:  []news.Claim{says("Halvorsen family trust", news.Registry, "Register of Companies of Norrland")},
		Control: []news.Claim{says(news.Private, news.ThirdParty, mediaMap)},
	}
	agency := mk("nordwire", "Nordwire Agency", "NO", "en", "north")
	agency.Disclosure = news.Disclosure{Control: []news.Claim{says(news.CapturedPublic, news.ThirdParty, mediaMap)}}
	agency.Carriage = news.Carriage{Mode: news.FullText, Basis: "https://creativecommons.org/licenses/by/4.0/", Boilerplate: "Text by Nordwire Agency, CC BY 4.0"}
	upstream := mk("upstream", "Upstream Weekly", "NO", "en", "north")
	upstream.Disclosure = news.Disclosure{Funding: []news.Claim{says("its readers", news.Self, "")}, Control: []news.Claim{says(news.NonProfit, news.Self, "")}}

	voice := mk("sudermark-voice", "Voice of Sudermark", "SE", "en", "south")
	voice.Disclosure = news.Disclosure{
		LegalName: []news.Claim{says("Sudermark Broadcasting Authority", news.Registry, "Official Gazette of Sudermark")},
		Owners:    []news.Claim{says("Ministry of Information of Sudermark", news.Registry, "Official Gazette of Sudermark")},
		Funding:   []news.Claim{says("the state budget of Sudermark", news.Registry, "Official Gazette of Sudermark")},
		Control:   []news.Claim{says(news.StateControlled, news.ThirdParty, mediaMap)},
	}
	voice.Carriage = news.Carriage{Why: "Blocked in Norrland since June; carried so that this side can be heard.", Mode: news.FullText, Basis: "permission: letter of the editor of 3 October 2026"}
	plain := mk("plain-dealer", "The Sudermark Plain Speaker", "SE", "en", "south")
	plain.Disclosure = news.Disclosure{Owners: []news.Claim{says("Lindqvist Media Group", news.ThirdParty, mediaMap)}, Control: []news.Claim{says(news.Private, news.ThirdParty, mediaMap)}}
	delta := mk("delta-courier", "Delta Courier", "SE", "en", "south")
	party := mk("southern-star", "Southern Star", "SE", "en", "south")
	party.Disclosure = news.Disclosure{Owners: []news.Claim{says("Farmers’ Union of Sudermark", news.Self, "")}, Control: []news.Claim{says(news.Party, news.Operator, "")}}

	meridian := mk("meridian", "Meridian World Service", "CH", "en", "elsewhere")
	meridian.Disclosure = news.Disclosure{Funding: []news.Claim{says("a licence fee", news.Registry, "Broadcasting Act, art. 4")}, Control: []news.Claim{says(news.IndependentPublic, news.ThirdParty, mediaMap)}}
	bayan := mk("al-mirsad", "المرصاد", "JO", "ar", "elsewhere")
	bayan.Disclosure = news.Disclosure{Owners: []news.Claim{says("شركة الأفق للنشر", news.Registry, "سجل الشركات")}, Control: []news.Claim{says(news.Private, news.ThirdParty, mediaMap)}}
	bayan.Carriage = news.Carriage{Mode: news.FullText, Basis: "public domain"}
	tarn := mk("tarn", "Tarn", "DE", "de", "elsewhere")
	tarn.Disclosure = news.Disclosure{Owners: []news.Claim{says("Genossenschaft Tarn eG", news.Registry, "Genossenschaftsregister")}, Control: []news.Claim{says(news.NonProfit, news.ThirdParty, mediaMap)}}
	link := mk("harbour-lights", "Harbour Lights", "", "en", "")
	link.Sides = nil
	link.Carriage.Mode = news.Link
	ended := mk("old-mill", "The Old Mill Gazette", "CH", "en", "elsewhere")
	ended.Carriage.Until = time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC)
	return []*news.Source{today, fjord, agency, upstream, voice, plain, delta, party, meridian, bayan, tarn, link, ended}
}

func feeds(sources []*news.Source) (list []*news.Feed, attempts map[string][]news.Evidence) {
	attempts = map[string][]news.Evidence{}
	for i, s := range sources {
		for _, u := range s.FeedURLs {
			f := &news.Feed{
				ID: news.ID("feed", u), SourceID: s.ID, URL: u, Title: s.Name, Due: Now.Add(time.Duration(7+i) * time.Minute),
				LastTry: Hours(.3), LastGood: Hours(.3), LastNew: Hours(2), Status: 200, Reach: news.ReachOK, ReachSince: Hours(240), Route: "direct", DueWhy: "by its own rhythm: about 12 entries a day, the last 2 hours before",
			}
			ev := []news.Evidence{{FeedID: f.ID, At: Hours(.3), Route: "direct", URL: u, Status: 200, Reach: news.ReachOK, Took: 184 * time.Millisecond, Bytes: 18233}}
			switch s.ID {
			case "delta-courier":
				f.Reach, f.ReachSince = news.ReachBlocked, Hours(50)
				f.Blocking, f.Control, f.Route, f.Probed = "tls", "socks5h://127.0.0.1:9050", "socks5h://127.0.0.1:9050", Hours(4)
				ev = []news.Evidence{
					{FeedID: f.ID, At: Hours(.3), Route: f.Route, URL: u, Status: 200, Reach: news.ReachOK, Took: 1840 * time.Millisecond, Bytes: 17020},
					{FeedID: f.ID, At: Hours(4), Route: f.Route, URL: u, Status: 200, Reach: news.ReachOK, Took: 2210 * time.Millisecond, Bytes: 17020},
					{FeedID: f.ID, At: Hours(4), Route: "doh:https://resolver.example/dns-query", URL: u, Failure: "connection_reset", Operation: "tls_handshake", Reach: news.ReachDown, Took: 130 * time.Millisecond},
					{FeedID: f.ID, At: Hours(4), Route: "direct", URL: u, Failure: "connection_reset", Operation: "tls_handshake", Reach: news.ReachDown, Took: 92 * time.Millisecond},
				}
				f.Push = &news.Subscription{Hub: "https://push.example/hub", State: news.SubscriptionDenied, Error: "the hub refuses: not from there"}
			case "southern-star":
				f.Reach, f.Status, f.Failures, f.LastError = news.ReachLegal, 451, 3, "HTTP 451: withheld for legal reasons; hint: ask for another route"
				ev = []news.Evidence{{FeedID: f.ID, At: Hours(1), Route: "direct", URL: u, Status: 451, Reach: news.ReachLegal, Note: "blocked by https://court.example/", Took: 75 * time.Millisecond}}
			case "upstream":
				f.Problems = []string{"line 14: a date without a year: “Thu, 12 Nov”"}
			}
			if f.Push == nil && f.Reach == news.ReachOK {
				f.Push = &news.Subscription{
					Hub: "https://push.example/hub", State: news.SubscriptionVerified, Since: Hours(30), Until: Hours(-100),
					Trusted: true, LastPush: Hours(2), Pushes: 7,
				}
			}
			attempts[f.ID] = ev
			list = append(list, f)
		}
	}
	return list, attempts
}
