package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts in testdata/script are sessions at a command line.
func TestScripts(t *testing.T) {
	site := httptest.NewServer(harbourHerald())
	t.Cleanup(site.Close)
	u, err := url.Parse(site.URL)
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("SITE", site.URL)
			text := fmt.Sprintf("# my comment stays\n[fetch]\nallow_private = [%q]\nper_host_delay = \"0s\"\n", u.Host)
			switch filepath.Base(e.WorkDir) {
			case "script-add", "script-extract", "script-parse", "script-legal":
			case "script-refresh", "script-doctor":
				text = strings.Replace(text, "[\"", "[\"127.0.0.1:1\", \"", 1)
				text += fmt.Sprintf("[[source]]\nid = \"good\"\nname = \"good\"\nfeeds = [%q]\n", site.URL+"/feed.xml")
				text += "[[source]]\nid = \"down\"\nname = \"down\"\nfeeds = [\"http://127.0.0.1:1/feed.xml\"]\n"
			case "script-declare":
				text += fmt.Sprintf("[[source]]\nid = \"herald\"\nname = \"Harbour Herald\"\nhome = %q\nfeeds = [%q]\n", site.URL+"/declares", site.URL+"/feed.xml")
			case "script-story", "script-takedown":
				for _, name := range []string{"north", "south", "east", "west"} {
					if name == "west" { // comes later
						if err := os.WriteFile(filepath.Join(e.WorkDir, "before.toml"), []byte(text), 0o600); err != nil {
							return err
						}
					}
					text += fmt.Sprintf("[[source]]\nid = %q\nname = \"The %s\"\nfeeds = [\"%s/ashore/%[1]s.xml\"]\n", name, name, site.URL)
				}
			case "script-trouble":
				text = strings.Replace(text, "[\"", "[\"127.0.0.1:1\", \"", 1)
				for _, s := range [][2]string{
					{"good", site.URL + "/feed.xml"},
					{"dates", site.URL + "/dates.xml"},
					{"big", site.URL + "/big.xml"},
					{"html", site.URL + "/"},
					{"down", "http://127.0.0.1:1/feed.xml"},
					{"private", "http://10.0.0.1/feed.xml"},
				} {
					text += fmt.Sprintf("[[source]]\nid = %q\nname = %q\nfeeds = [%q]\n", s[0], s[0], s[1])
				}
			default:
				return nil
			}
			return os.WriteFile(filepath.Join(e.WorkDir, "hub.toml"), []byte(text), 0o600)
		},
	})
}

// harbourHerald is an invented outlet with a page that names its feed.
func harbourHerald() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprint(w, `<!doctype html><html lang="en"><head><title>Home | Harbour Herald</title>
<meta property="og:site_name" content="Harbour Herald">
<link rel="alternate" type="application/rss+xml" title="Harbour Herald" href="/feed.xml"></head><body><h1>Harbour Herald</h1></body></html>`)
	})
	mux.HandleFunc("GET /feed.xml", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = fmt.Fprintf(w, `<rss version="2.0"><channel><title>Harbour Herald</title><link>http://%[1]s/</link><description>d</description>
<item><title>Ferry to Oxholm sails again</title><link>http://%[1]s/1</link><guid>1</guid><pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate><description>After a week of storm the ferry between Velm and Oxholm took up its service on Friday morning.</description></item>
<item><title>Council puts off vote on the quay</title><link>http://%[1]s/2</link><guid>2</guid><pubDate>Thu, 19 Nov 2026 10:00:00 GMT</pubDate><description>The council of Velm wants to hear the harbour pilots first.</description></item>
</channel></rss>`, r.Host)
	})
	// What the outlet declares of itself.
	mux.HandleFunc("GET /declares", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `<!doctype html><title>Harbour Herald</title>
<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsMediaOrganization", "legalName": "Harbour Herald AB", "foundingDate": "1911"}</script>
<script type="application/ld+json">{"@type": "Organization",
  "legalName": Harbour}</script>`)
	})
	mux.HandleFunc("GET /trust.txt", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, "# ours\ncontrolledby=https://holding.example/\nbelongto=javascript:alert(1)\n")
	})
	// Three outlets tell of a ferry, and two of them of a fire.
	mux.HandleFunc("GET /ashore/{outlet}", func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimSuffix(r.PathValue("outlet"), ".xml")
		item := func(key, title, text, minute string) string {
			return fmt.Sprintf("<item><title>%s</title><link>http://%s/ashore/%s/%s</link><guid>%[4]s</guid><pubDate>Fri, 20 Nov 2026 10:%s:00 GMT</pubDate><description>%s</description></item>",
				title, r.Host, name, key, minute, text)
		}
		items := map[string]string{
			"north": item("ferry", "Ferry Marisol runs aground off Oxholm in fog", "The ferry Marisol ran aground off Oxholm in dense fog on Friday; its 212 passengers were taken ashore in boats.", "00"),
			"south": item("ferry", "Fog: ferry Marisol aground off Oxholm, passengers taken ashore", "Boats took 212 passengers ashore from the ferry Marisol, which ran aground in dense fog off Oxholm.", "10") +
				item("fire", "Fire destroys a warehouse for grain in Velm", "A fire destroyed a warehouse for grain in Velm during the night; nobody was hurt.", "11"),
			"west": item("ferry", "Passengers of ferry Marisol, aground in fog off Oxholm, taken ashore", "The ferry Marisol ran aground off Oxholm in dense fog, and 212 passengers were taken ashore in boats.", "30"),
			"east": item("ferry", "Marisol ferry ran aground in fog off Oxholm with 212 passengers", "In dense fog the ferry Marisol ran aground off Oxholm. All 212 passengers were taken ashore in boats.", "20"),
		}
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = fmt.Fprintf(w, `<rss version="2.0"><channel><title>The %s</title><link>http://%s/ashore/%[1]s</link><description>d</description>%[3]s</channel></rss>`,
			name, r.Host, items[name])
	})
	mux.HandleFunc("GET /ferry", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><head><title>Ferry to Oxholm sails again | Harbour Herald</title></head><body><article>%s</article></body></html>`,
			strings.Repeat("<p>After a week of storm the ferry between Velm and Oxholm took up its service on Friday morning, with the first boat full.</p>", 3))
	})
	mux.HandleFunc("GET /winter/{page...}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		head, part := `<link rel="next" href="/winter/2">`, "first"
		if r.PathValue("page") != "" {
			head, part = "", "second"
		}
		_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><head><title>Winter timetable of the ferries | Harbour Herald</title>%s</head><body><article><p>%s</p></article></body></html>`,
			head, strings.Repeat("This is the "+part+" part of what the ferries of Velm and Oxholm are going to do in the winter. ", 4))
	})
	mux.HandleFunc("GET /about", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprint(w, `<!doctype html><html lang="en"><head><title>About us | Harbour Herald</title></head><body><h1>About us</h1></body></html>`)
	})
	// A feed that says it is that of an outlet which acts of states name.
	mux.HandleFunc("GET /named/{domain}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = fmt.Fprintf(w, `<rss version="2.0"><channel><title>Named</title><link>https://%s/</link><description>d</description><item><title>a</title><guid>1</guid></item></channel></rss>`, r.PathValue("domain"))
	})
	mux.HandleFunc("GET /dates.xml", func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, `<rss version="2.0"><channel><title>Broken dates</title><link>http://%[1]s/</link><description>d</description>
<item><title>Ice on the Velm</title><link>http://%[1]s/3</link><pubDate>the day before yesterday</pubDate><description>The first ice of the winter has formed on the upper Velm.</description></item>
<item><title>Lamps in Oxholm</title><link>http://%[1]s/4</link><pubDate>Fri, 20 Nov 2926 10:00:00 GMT</pubDate><description>Oxholm lights its lamps an hour earlier from Monday on.</description></item>
</channel></rss>`, r.Host)
	})
	mux.HandleFunc("GET /big.xml", func(w http.ResponseWriter, _ *http.Request) {
		entry := []byte(strings.Repeat("<item><title>Again</title><description>and again</description></item>", 1<<10))
		_, _ = fmt.Fprint(w, `<rss version="2.0"><channel><title>Endless</title>`)
		for sent := 0; sent < 50<<20; sent += len(entry) {
			if _, err := w.Write(entry); err != nil {
				return // who reads has had enough
			}
		}
	})
	return mux
}
