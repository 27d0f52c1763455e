package feed_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"
	xhtml "golang.org/x/net/html"
	"golang.org/x/text/encoding/charmap"

	"parallax/feed"
	"parallax/internal/testkit"
)

// A class is one reason for which the two parsers differ. docs/formats/feed-differences.md
// says who is right in each, and why.
type class struct {
	name   string
	fields string // where it shows
	holds  func(d *difference) bool
}

// classes are asked in order; the first that holds explains the difference. Each tests
// its reason, so that a fault of ours does not hide in one of them.
var classes = []class{
	// Whether there is a feed.
	{"ends early", "feed", func(d *difference) bool {
		return d.ours == "a feed" && strings.Contains(d.err.Error(), "unexpected EOF")
	}},
	{"bytes that are not in the encoding declared", "feed", func(d *difference) bool {
		return d.ours == "a feed" && strings.Contains(d.err.Error(), "invalid UTF-8")
	}},
	{"encoding unknown to gofeed", "feed", func(d *difference) bool {
		return d.ours == "a feed" && errors.Is(d.err, gofeed.ErrFeedTypeNotDetected) && (d.pair.ours.Encoding == "ibm855" || strings.HasPrefix(d.pair.ours.Encoding, "x-mac"))
	}},
	{"text before the feed", "feed", func(d *difference) bool {
		return d.ours == "a feed" && errors.Is(d.err, gofeed.ErrFeedTypeNotDetected) && !bytes.HasPrefix(bytes.TrimLeft(d.data, "\ufeff \t\r\n"), []byte("<"))
	}},

	// The document as a whole.
	{"namespace of RSS 1.0 misspelt", "*", func(d *difference) bool {
		return d.pair.ours.Format == feed.RSS10 && d.pair.theirs.FeedVersion == "" && len(d.pair.theirs.Items) == 0
	}},
	{"namespace declared on the channel", "format", func(d *difference) bool {
		return d.ours == "rss10" && d.theirs == "rss"
	}},

	{"text encoded twice", "*", func(d *difference) bool {
		return !ascii(d.theirs) && letters(d.theirs) != letters(d.ours) && once(d.theirs) == letters(d.ours)
	}},

	// Links.
	{"relative link", "link self image", func(d *difference) bool {
		ours, err := url.Parse(d.ours)
		if err != nil || !ours.IsAbs() {
			return false
		}
		ref, err := ours.Parse(strings.TrimSpace(d.theirs))
		return err == nil && d.theirs != "" && !strings.Contains(d.theirs, "://") && ref.String() == d.ours
	}},
	{"line break inside a URL", "link image enclosures", func(d *difference) bool {
		return strings.ContainsAny(d.theirs, "\n\t") && d.ours == squeezed(d.theirs)
	}},
	{"guid as permalink", "link", func(d *difference) bool {
		return d.theirs == "" && d.entry.IDIsLink && d.ours == d.entry.ID
	}},
	{"feedburner:origLink", "link", func(d *difference) bool {
		return d.item != nil && d.ours != "" && d.ours == extension(d.item, "feedburner", "origLink")
	}},
	{"empty link resolved", "link", func(d *difference) bool {
		return d.ours == "" && bytes.Contains(d.data, []byte(`href=""`)) && bytes.Contains(d.data, []byte(`xml:base="`+d.theirs))
	}},
	{"spaces in a link", "link", func(d *difference) bool { return strings.ReplaceAll(d.ours, " ", "%20") == d.theirs }},

	// Identity.
	{"dc:identifier as id", "id", func(d *difference) bool {
		return d.theirs == "" && d.item.DublinCoreExt != nil && slices.Contains(d.item.DublinCoreExt.Identifier, d.ours)
	}},
	{"rdf:about as id", "id", func(d *difference) bool {
		return d.theirs == "" && bytes.Contains(d.data, []byte("rdf:about")) && bytes.Contains(d.data, []byte(html.EscapeString(d.ours)))
	}},

	{"elements of RSS in Atom, of Atom in RSS", "id categories", func(d *difference) bool {
		return d.theirs == "" && (bytes.Contains(d.data, []byte("<id>"+d.ours)) || bytes.Contains(d.data, []byte("<tags>")))
	}},

	// Dates.
	{"dc:date taken as update", "published updated", func(d *difference) bool {
		dates := dublin(d).Date
		if len(dates) == 0 {
			return false
		}
		if d.field == "updated" {
			return d.ours == "" && d.theirs != ""
		}
		return d.theirs == "" && d.entry == nil && d.ours == their(d.pair.theirs.UpdatedParsed)
	}},
	{"update taken as publication", "published", func(d *difference) bool {
		return d.ours == "" && d.pair.theirs.FeedType == "atom" && d.theirs == their(d.item.UpdatedParsed)
	}},
	{"dates of the first item as the feed's", "published updated", func(d *difference) bool {
		return d.entry == nil && d.ours == "" && d.pair.theirs.FeedType == "json"
	}},
	{"published of an Atom feed", "published", func(d *difference) bool {
		return d.entry == nil && d.theirs == "" && d.pair.theirs.FeedType == "atom" && bytes.Contains(d.data, []byte("<published>"))
	}},
	{"date that gofeed cannot read", "published updated", func(d *difference) bool {
		raw := d.pair.theirs.Published + d.pair.theirs.Updated
		if d.item != nil {
			raw = d.item.Published + d.item.Updated
		}
		return d.theirs == "" && d.ours != "" && raw != ""
	}},

	// Persons.
	{"person without name", "authors", func(d *difference) bool {
		return d.ours == "" && strings.Trim(d.theirs, " <>;") == "" && !personal(d)
	}},
	{"name that gofeed cannot read", "authors", func(d *difference) bool {
		return d.ours != "" && strings.Trim(d.theirs, " <>;") == "" && d.theirs != ""
	}},
	{"person with name and address", "authors", func(d *difference) bool {
		return d.ours != "" && (d.theirs == " <"+d.ours+">" || strings.ReplaceAll(d.theirs, "mailto:", "") == d.ours)
	}},
	{"white space in an address", "authors", func(d *difference) bool {
		return fields(strings.ReplaceAll(d.theirs, " ", "")) == strings.ReplaceAll(d.ours, " ", "")
	}},
	{"address of a JSON Feed author", "authors", func(d *difference) bool {
		return d.pair.theirs.FeedType == "json" && strings.HasPrefix(d.ours, strings.TrimSuffix(d.theirs, "<>"))
	}},
	{"webMaster taken as author", "authors", func(d *difference) bool {
		return d.entry == nil && d.pair.ours.Publisher != nil && d.ours == "" && d.theirs == people([]feed.Person{*d.pair.ours.Publisher})
	}},
	{"one author of several", "authors", func(d *difference) bool {
		return strings.HasPrefix(d.ours, d.theirs+"; ") || strings.HasSuffix(d.ours, "; "+d.theirs)
	}},
	{"author as elements", "authors", func(d *difference) bool {
		name, _, _ := strings.Cut(strings.TrimPrefix(d.theirs, "<name>"), "</name>")
		return name != d.theirs && strings.HasSuffix(d.ours, fields(name)+" <>")
	}},

	// Categories.
	{"no-break space in a name", "categories authors", func(d *difference) bool { return d.ours == strings.Join(strings.Fields(d.theirs), " ") }},
	{"empty or repeated categories", "categories", func(d *difference) bool { return distinct(d.ours) == distinct(d.theirs) }},
	{"dc:subject in Atom", "categories", func(d *difference) bool { return d.theirs == "" && d.ours == extension(d.item, "dc", "subject") }},
	{"itunes:category of an item", "categories", func(d *difference) bool {
		return d.entry != nil && bytes.Contains(d.data, []byte("<itunes:category")) && less(d.ours, d.theirs, func(term string) bool {
			return bytes.Contains(d.data, []byte(`<itunes:category text="`+html.EscapeString(term)))
		})
	}},
	{"media:category", "categories", func(d *difference) bool { return d.theirs == "" && d.ours == extension(d.item, "media", "category") }},

	// Files and pictures.
	{"podcast:alternateEnclosure", "enclosures", func(d *difference) bool {
		return strings.HasPrefix(d.ours, d.theirs) && bytes.Contains(d.data, []byte("<podcast:alternateEnclosure"))
	}},
	{"content elsewhere as enclosure", "enclosures", func(d *difference) bool {
		return d.theirs == "" && bytes.Contains(d.data, []byte("<content ")) && bytes.Contains(d.data, []byte("src="))
	}},
	{"white space around a URL", "image enclosures", func(d *difference) bool { return fields(d.ours) == fields(d.theirs) }},
	{"first img in the text as image", "image", func(d *difference) bool {
		text := d.pair.theirs.Description
		if d.item != nil {
			text = d.item.Description + d.item.Content
		}
		return d.theirs != "" && strings.Contains(html.UnescapeString(strings.ReplaceAll(text, "&amp;", "&")), html.UnescapeString(d.theirs))
	}},
	{"media:thumbnail and media in Atom", "image", func(d *difference) bool {
		if d.entry == nil || d.theirs != "" {
			return false
		}
		return slices.ContainsFunc(d.entry.Thumbnails, func(i feed.Thumbnail) bool { return i.URL == d.ours }) ||
			slices.ContainsFunc(d.entry.Media, func(m feed.Media) bool { return m.URL == d.ours }) ||
			slices.ContainsFunc(d.entry.Enclosures, func(x feed.Enclosure) bool { return x.URL == d.ours })
	}},
	{"image of an item", "image", func(d *difference) bool {
		return d.entry != nil && d.theirs == "" && imageElement.Match(d.data) && bytes.Contains(d.data, []byte(html.EscapeString(d.ours)))
	}},

	// Texts.
	{"dc:title, media:title and itunes:title", "title", func(d *difference) bool { return d.theirs == "" && d.ours == extension(d.item, "itunes", "title") }},
	{"media:description as summary", "summary", func(d *difference) bool {
		return d.theirs == "" && fields(d.ours) == fields(mediaDescription(d.item))
	}},
	{"namespaces declared inside the text", "summary content", func(d *difference) bool {
		return d.ours == fields(declarations.ReplaceAllString(strings.ReplaceAll(d.theirs, "xhtml:", ""), ""))
	}},
	{"div around XHTML in Atom 0.3", "summary content", func(d *difference) bool {
		return d.pair.ours.Format == feed.Atom03 && strings.HasPrefix(d.ours, "<div") && words(d.ours) == words(d.theirs)
	}},
	{"XHTML written as HTML", "summary content", func(d *difference) bool {
		return d.pair.theirs.FeedType == "atom" && bytes.Contains(d.data, []byte("xhtml")) && words(d.ours) == words(d.theirs)
	}},
	{"HTML written anew", "title description summary content", func(d *difference) bool {
		return rewritten(d.ours) == rewritten(d.theirs) || d.pair.theirs.FeedType == "atom" && words(d.ours) == words(d.theirs)
	}},

	// The feed.
	{"generator as a resource", "generator", func(d *difference) bool { return d.theirs == "" && bytes.Contains(d.data, []byte("generatorAgent")) }},
	{"form of a language tag", "language", func(d *difference) bool { return d.ours == strings.ReplaceAll(strings.TrimSpace(d.theirs), "_", "-") }},
	{"xml:lang in RSS", "language", func(d *difference) bool { return d.theirs == "" && bytes.Contains(d.data, []byte(`xml:lang="`+d.ours)) }},
	{"image of RSS 1.0 named by the channel", "image", func(d *difference) bool {
		return d.theirs == "" && bytes.Contains(d.data, []byte(`image rdf:resource="`+html.EscapeString(d.ours)))
	}},
	{"itunes:image before image", "image", func(d *difference) bool {
		return d.theirs != "" && d.pair.theirs.ITunesExt != nil && d.pair.theirs.ITunesExt.Image == d.ours
	}},
}

var imageElement = regexp.MustCompile(`<image>\s*(<url>)?\s*http`)

// words are the text of markup() without its tags.
func words(s string) string { return fields(tags.ReplaceAllString(s, " ")) }

var tags = regexp.MustCompile(`<[^>]*>`)

var declarations = regexp.MustCompile(` xmlns(:\w+)?='[^']*'`)

// once undoes the second of two encodings as UTF-8, the first read as windows-1252,
// and leaves the letters.
func once(s string) string {
	var b []byte
	for _, r := range s {
		c, ok := charmap.Windows1252.EncodeRune(r)
		switch {
		case ok:
			b = append(b, c)
		case r < 0x100: // five bytes that windows-1252 has no character for
			b = append(b, byte(r)) //nolint:gosec // less than 0x100
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return letters(strings.ToValidUTF8(string(b), ""))
}

// letters leaves out white space of all kinds, which goes when one byte of a character
// is taken for some.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

func squeezed(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return -1
		}
		return r
	}, s)
}

// dublin returns gofeed's Dublin Core of what differs.
func dublin(d *difference) (dc struct{ Date []string }) {
	switch {
	case d.item != nil && d.item.DublinCoreExt != nil:
		dc.Date = d.item.DublinCoreExt.Date
	case d.item == nil && d.pair.theirs.DublinCoreExt != nil:
		dc.Date = d.pair.theirs.DublinCoreExt.Date
	}
	return dc
}

// personal says whether the entry names an author in an element that has text.
func personal(d *difference) bool {
	return d.item != nil && d.item.DublinCoreExt != nil && strings.TrimSpace(strings.Join(d.item.DublinCoreExt.Creator, "")) != ""
}

// extension returns the text of an extension of gofeed's item, all of one name.
func extension(it *gofeed.Item, prefix, name string) string {
	if it == nil {
		return ""
	}
	var out []string
	for _, x := range it.Extensions[prefix][name] {
		out = append(out, fields(x.Value))
	}
	return strings.Join(out, "; ")
}

func mediaDescription(it *gofeed.Item) string {
	for _, g := range it.Extensions["media"]["group"] {
		for _, x := range g.Children["description"] {
			return x.Value
		}
	}
	for _, x := range it.Extensions["media"]["description"] {
		return x.Value
	}
	return ""
}

func distinct(list string) string {
	set := map[string]bool{}
	for term := range strings.SplitSeq(list, ";") {
		if term = strings.TrimSpace(term); term != "" {
			set[term] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(set)), "; ")
}

// less says whether the terms of one list are those of another but for some that may
// be taken out.
func less(ours, theirs string, may func(string) bool) bool {
	rest := strings.Split(theirs, "; ")
	for term := range strings.SplitSeq(ours, "; ") {
		if i := slices.Index(rest, term); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
		} else if !may(term) {
			return false
		}
	}
	return len(rest) == 0
}

// rewritten parses HTML as a browser does and writes it again.
func rewritten(s string) string {
	doc, err := xhtml.Parse(strings.NewReader(s))
	if err != nil {
		return s
	}
	var b strings.Builder
	if err := xhtml.Render(&b, doc); err != nil {
		return s
	}
	return fields(b.String())
}

// explain returns the class of a difference, "" if there is none.
func explain(d *difference) string {
	for _, c := range classes {
		if (c.fields == "*" || slices.Contains(strings.Fields(c.fields), d.field)) && c.holds(d) {
			return c.name
		}
	}
	return ""
}

// Every difference between our reading and gofeed's of recorded feeds has a reason
// that is known.
func TestGofeed(t *testing.T) {
	type tally struct {
		differences int
		files       map[string]bool
	}
	counts := map[string]*tally{}
	unexplained := map[string]int{} // by file and field
	docs := recorded(t)
	maps.Copy(docs, snapshots(t))
	for _, name := range slices.Sorted(maps.Keys(docs)) {
		for _, d := range compare(name, docs[name]) {
			why := explain(&d)
			if why == "" {
				if unexplained[name+d.field]++; unexplained[name+d.field] == 1 {
					t.Errorf("%s: %s: %s", name, d.field, apart(d.ours, d.theirs))
				}
				continue
			}
			if counts[why] == nil {
				counts[why] = &tally{files: map[string]bool{}}
			}
			counts[why].differences++
			counts[why].files[name] = true
		}
	}
	var table strings.Builder
	for _, c := range classes {
		if n := counts[c.name]; n != nil {
			fmt.Fprintf(&table, "%6d differences in %3d files: %s\n", n.differences, len(n.files), c.name)
		}
	}
	t.Logf("%d documents\n%s", len(docs), table.String())
}

// The page for people has a row for each class, and for no other.
func TestDifferencesDescribed(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(testkit.Root(t), "docs", "formats", "feed-differences.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{}
	for line := range strings.Lines(string(page)) {
		if row, ok := strings.CutPrefix(line, "| "); ok {
			name, _, _ := strings.Cut(row, " | ")
			rows[name] = name != "class"
		}
	}
	for _, c := range classes {
		if !rows[c.name] {
			t.Errorf("no row says who is right about %q", c.name)
		}
		delete(rows, c.name)
	}
	for name, is := range rows {
		if is {
			t.Errorf("there is no class %q", name)
		}
	}
}

// snapshots returns one recorded answer of each feed of the streams.
func snapshots(tb testing.TB) map[string][]byte {
	tb.Helper()
	docs := map[string][]byte{}
	for _, stream := range []string{"us_world_2020/raw", "feb2026/en_ft_wsj_economist_nyt/raw", "feb2026/ru_independent/raw", "feb2026/zh_translated_rt_aljazeera_fox_zerohedge/raw"} {
		feeds, err := filepath.Glob(filepath.Join(testkit.Data(tb, "stream"), filepath.FromSlash(stream), "*"))
		if err != nil {
			tb.Fatal(err)
		}
		for _, dir := range feeds {
			files, err := filepath.Glob(filepath.Join(dir, "*.gz"))
			if err != nil || len(files) == 0 {
				continue
			}
			docs[stream+"/"+filepath.Base(dir)] = gunzip(tb, files[len(files)/2])
		}
	}
	return docs
}

func gunzip(tb testing.TB, name string) []byte {
	tb.Helper()
	packed, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	return data
}

// apart shows two texts from where they part.
func apart(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	from := max(0, i-30)
	return fmt.Sprintf("ours %.160q, gofeed's %.160q", a[min(from, len(a)):], b[min(from, len(b)):])
}
