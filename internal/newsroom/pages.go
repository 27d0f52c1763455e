package newsroom

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// labels are the words around articles in one language.
type labels struct {
	Nav                                    []string
	Cookies, Accept, Newsletter, Subscribe string
	Related, Popular, Advert, Share        string
	AdvertText                             string `toml:"advert_text"`
	Comments                               string
	Comment                                []string
	Published, Updated, By                 string
	About, Licence                         string
	InventedNotice                         string `toml:"invented"`
}

var allLabels = mustLabels()

func mustLabels() map[string]*labels {
	var all map[string]*labels
	data, err := fs.ReadFile(files, "world/labels.toml")
	if err == nil {
		_, err = toml.Decode(string(data), &all)
	}
	if err != nil {
		panic(err) // unreachable: the file is embedded, and a test reads it
	}
	return all
}

// invented returns the sentence that keeps a passer-by from taking the world for real.
func invented(o *Outlet) string {
	return strings.ReplaceAll(allLabels[o.Languages[0]].InventedNotice, "{name}", o.Name)
}

type fact struct{ Term, Value string }

// pageData is what page templates get.
type pageData struct {
	Outlet     *Outlet
	Lang, Dir  string
	FeedType   string
	Labels     *labels
	Invented   string
	Title      string
	Lead       string
	Article    *entry
	Retraction bool
	Paragraphs []string
	Picture    *picture // below the first paragraph, or nil
	Others     []entry
	Facts      []fact
	LinkedData map[string]any
}

var pageTemplates = template.Must(template.New("").Funcs(template.FuncMap{
	"rfc3339": func(t time.Time) string { return t.Format(time.RFC3339) },
	"day":     func(t time.Time) string { return t.Format("2006-01-02 15:04") },
}).ParseFS(files, "world/templates/*.html"))

func (w *World) page(o *Outlet) pageData {
	p := pageData{
		Outlet: o, Lang: o.Languages[0], Dir: "ltr", Labels: allLabels[o.Languages[0]], Invented: invented(o),
		FeedType: map[string]string{
			"rss": "application/rss+xml", "atom": "application/atom+xml", "rdf": "application/rdf+xml", "json": "application/feed+json",
		}[o.Format],
	}
	if p.Lang == "ar" {
		p.Dir = "rtl"
	}
	return p
}

func render(name string, p pageData, modified time.Time) (document, error) {
	var b bytes.Buffer
	if err := pageTemplates.ExecuteTemplate(&b, name+".html", p); err != nil {
		return document{}, fmt.Errorf("page %q: %w", p.Title, err)
	}
	return document{body: b.Bytes(), contentType: "text/html; charset=utf-8", modified: modified}, nil
}

// article makes the page of a telling that is published.
func (w *World) article(t *Telling) (document, error) {
	o, v := t.Outlet, t.at(w.offset())
	p, e := w.page(o), w.entry(t)
	p.Title, p.Lead, p.Article, p.Paragraphs, p.Retraction = v.Title, v.Lead(), &e, v.Paragraphs, v.Retraction
	if v.Chart != nil {
		p.Picture = v.Chart.at(w.chartURL(t))
	}
	list, _ := w.visible(o)
	for _, other := range list {
		if other != t && len(p.Others) < 4 {
			p.Others = append(p.Others, w.entry(other))
		}
	}
	p.LinkedData = map[string]any{
		"@context": "https://schema.org", "@type": "NewsArticle", "headline": v.Title, "url": e.URL,
		"datePublished": e.Published.Format(time.RFC3339), "dateModified": e.Updated.Format(time.RFC3339),
		"author":    map[string]any{"@type": "Person", "name": v.By},
		"publisher": map[string]any{"@type": "NewsMediaOrganization", "name": o.Name},
	}
	return render(o.Layout, p, w.start.Add(v.From))
}

func (w *World) home(o *Outlet) (document, error) {
	p := w.page(o)
	p.Title = o.Name
	list, modified := w.visible(o)
	for _, t := range list[:min(feedSize, len(list))] {
		p.Others = append(p.Others, w.entry(t))
	}
	if o.Layout == "broadsheet" {
		p.LinkedData = w.organisation(o)
	}
	return render("home", p, modified)
}

// organisation is what an outlet says of itself in JSON-LD.
func (w *World) organisation(o *Outlet) map[string]any {
	ld := map[string]any{
		"@context": "https://schema.org", "@type": "NewsMediaOrganization", "name": o.Name, "url": w.Home(o.ID),
		"publishingPrinciples": w.urls[o.ID] + "/about",
	}
	for _, c := range o.Disclosure.LegalName {
		ld["legalName"] = c.Value
	}
	for _, c := range o.Disclosure.Contact {
		ld["email"] = c.Value
	}
	return ld
}

// about makes the page on which an outlet says who it is.
func (w *World) about(o *Outlet) (document, error) {
	p := w.page(o)
	p.Title = p.Labels.About + ": " + o.Name
	for _, f := range o.Disclosure.fields() {
		for _, c := range f.claims {
			if c.URL == "about" {
				p.Facts = append(p.Facts, fact{f.title, c.Value})
			}
		}
	}
	return render("note", p, time.Time{})
}

func (w *World) licence(o *Outlet) (document, error) {
	p := w.page(o)
	p.Title = p.Labels.Licence + ": " + o.Name
	if o.Carriage.Basis == "licence" {
		p.Paragraphs = []string{"Everything on these pages may be copied, in whole or in part, by anybody, if " + o.Name + " is named and linked to."}
	} else {
		p.Paragraphs = []string{"© " + o.Name}
	}
	return render("note", p, time.Time{})
}

// handler serves an outlet.
func (w *World) handler(o *Outlet) http.Handler {
	if o.State == Blocked {
		return http.HandlerFunc(w.blocked)
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Server", "nginx")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(rw, "405 Method Not Allowed", http.StatusMethodNotAllowed)
			return
		}
		var d document
		var err error
		switch path := r.URL.Path; {
		case path == "/" && r.URL.Query().Get("p") != "":
			for _, t := range o.tellings {
				if fmt.Sprint(number(t)) == r.URL.Query().Get("p") && t.at(w.offset()) != nil {
					http.Redirect(rw, r, w.URL(t), http.StatusMovedPermanently)
					return
				}
			}
			http.NotFound(rw, r)
			return
		case path == "/":
			d, err = w.home(o)
		case path == o.Feed:
			d, err = w.feed(o)
		case path == "/about":
			d, err = w.about(o)
		case path == "/licence":
			d, err = w.licence(o)
		case path == "/trust.txt" && o.Trust != "":
			d = document{body: []byte(o.Trust), contentType: "text/plain; charset=utf-8"}
		case path == "/ads.txt" && o.Ads != "":
			d = document{body: []byte(o.Ads), contentType: "text/plain; charset=utf-8"}
		case path == "/robots.txt":
			d = document{body: []byte("User-agent: *\nDisallow: /cgi-bin/\nAllow: /\n"), contentType: "text/plain; charset=utf-8"}
		case strings.HasPrefix(path, "/pictures/"):
			d, err = w.picture(o, path)
			if d.body == nil && err == nil {
				http.NotFound(rw, r)
				return
			}
		default:
			t := w.telling(o, path)
			if t == nil {
				http.NotFound(rw, r)
				return
			}
			d, err = w.article(t)
		}
		reply(rw, r, d, err)
	})
}

// reply serves a document that was just made.
func reply(rw http.ResponseWriter, r *http.Request, d document, err error) {
	if err != nil { // unreachable: a test makes every document
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	d.serve(rw, r)
}

// picture makes what an outlet has at the address of a picture; nothing if it has none there.
func (w *World) picture(o *Outlet, path string) (document, error) {
	for _, t := range o.tellings {
		if v := t.at(w.offset()); v != nil && v.Chart != nil && w.chartURL(t) == w.urls[o.ID]+path {
			body, err := v.Chart.draw()
			return document{body: body, contentType: "image/png", modified: w.start.Add(t.Versions[0].From)}, err
		}
	}
	return document{}, nil
}

// telling returns what an outlet has published at path, or nil.
func (w *World) telling(o *Outlet, path string) *Telling {
	for _, t := range o.tellings {
		if t.at(w.offset()) != nil && w.URL(t) == w.urls[o.ID]+path {
			return t
		}
	}
	return nil
}

// blocked answers as RFC 7725 §3 wants it.
func (w *World) blocked(rw http.ResponseWriter, r *http.Request) {
	h := rw.Header()
	h.Set("Link", fmt.Sprintf(`<%s/blocked>; rel="blocked-by"`, w.observatory))
	h.Set("Content-Type", "text/html; charset=utf-8")
	rw.WriteHeader(http.StatusUnavailableForLegalReasons)
	_, _ = fmt.Fprint(rw, "<!doctype html><title>Unavailable For Legal Reasons</title><h1>Unavailable For Legal Reasons</h1>"+
		"<p>This request may not be serviced by Ansel Hosting, by order 77/3 of the District Court of Port Ansel.</p>")
}

// observatoryHandler serves the register of outlets, where claims can be checked.
func (w *World) observatoryHandler() http.Handler {
	register := &Outlet{Name: "Lir Media Observatory", Languages: []string{"en"}}
	mux := http.NewServeMux()
	answer := func(rw http.ResponseWriter, r *http.Request, p pageData) {
		d, err := render("note", p, time.Time{})
		reply(rw, r, d, err)
	}
	mux.HandleFunc("GET /{$}", func(rw http.ResponseWriter, r *http.Request) {
		p := w.page(register)
		p.Title = register.Name
		p.Paragraphs = []string{"A register of the outlets on the Lir Sea: who owns them, who pays them, who controls them."}
		for _, o := range w.script.Outlets {
			p.Others = append(p.Others, entry{URL: "/outlets/" + o.ID, Title: o.Name})
		}
		answer(rw, r, p)
	})
	mux.HandleFunc("GET /blocked", func(rw http.ResponseWriter, r *http.Request) {
		p := w.page(register)
		p.Title = "Ansel Hosting"
		p.Paragraphs = []string{"The provider Ansel Hosting blocks one customer by order 77/3 of the District Court of Port Ansel. The order itself is not public."}
		answer(rw, r, p)
	})
	mux.HandleFunc("GET /outlets/{id}", func(rw http.ResponseWriter, r *http.Request) {
		for _, o := range w.script.Outlets {
			if o.ID != r.PathValue("id") {
				continue
			}
			p := w.page(register)
			p.Title = o.Name
			for _, f := range o.Disclosure.fields() {
				for _, c := range f.claims {
					if c.URL == "observatory" {
						p.Facts = append(p.Facts, fact{f.title, c.Value})
					}
				}
			}
			answer(rw, r, p)
			return
		}
		http.NotFound(rw, r)
	})
	return mux
}
