package declare

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"parallax/internal/news"
)

var update = flag.Bool("update", false, "rewrite what is expected")

// files are the kinds of documents with the addresses from which they are read here.
var files = []struct {
	name, from string
	read       func([]byte, string) (news.Disclosure, []string)
}{
	{"page.html", "https://harbour.example/", InPage},
	{"trust.txt", "https://harbour.example/trust.txt", InTrust},
	{"ads.txt", "https://harbour.example/ads.txt", InAds},
}

// Each file of testdata holds documents, and what they are found to say.
func TestParse(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		want := &a.Files[len(a.Files)-1]
		for _, f := range a.Files {
			for _, kind := range files {
				if f.Name != kind.name {
					continue
				}
				d, problems := kind.read(f.Data, kind.from)
				for _, field := range d.Fields() {
					for _, c := range field.Claims {
						fmt.Fprintf(&got, "%s: %s: %s\n", f.Name, field.Key, c.Value)
					}
				}
				for _, p := range problems {
					fmt.Fprintf(&got, "%s: flaw: %s\n", f.Name, p)
				}
			}
		}
		if diff := cmp.Diff(string(want.Data), got.String()); diff != "" {
			if want.Data = []byte(got.String()); *update {
				if err := os.WriteFile(name, txtar.Format(a), 0o600); err != nil {
					t.Fatal(err)
				}
				continue
			}
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// sound checks what holds of all that any document says.
func sound(t *testing.T, d news.Disclosure, problems []string, from, in string) {
	t.Helper()
	fields, size := d.Fields(), 0
	if len(d.Control) > 0 || len(d.StateAdvertising) > 0 || len(d.BeneficialOwners) > 0 {
		t.Errorf("no document says this: %+v", d)
	}
	for _, f := range fields {
		if len(f.Claims) > maxPerField {
			t.Errorf("%d claims of %s", len(f.Claims), f.Key)
		}
		for _, c := range f.Claims {
			if c.By != news.Self || c.Who != "" || c.URL != from || c.Read != in || c.Date != "" {
				t.Errorf("%s: a claim that is not the outlet's, or not from here: %+v", f.Key, c)
			}
			plain(t, c.Value)
			size += len(c.Value)
		}
	}
	if size > maxSaid {
		t.Errorf("%d bytes of claims", size)
	}
	if len(problems) > maxProblems {
		t.Errorf("%d problems", len(problems))
	}
	for _, p := range problems {
		plain(t, p)
	}
}

// plain checks that a text may be shown anywhere.
func plain(t *testing.T, s string) {
	t.Helper()
	if s == "" || strings.TrimSpace(s) != s || !utf8.ValidString(s) || len(s) > 2*maxURL+4*maxValue {
		t.Errorf("bad text: %q", s)
	}
	if strings.ContainsAny(s, "<>") || strings.ContainsFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) && r != '\u200c' && r != '\u200d'
	}) {
		t.Errorf("markup or control characters: %q", s)
	}
	if lower := strings.ToLower(s); strings.HasSuffix(lower, ": javascript:") {
		t.Errorf("an address that runs: %q", s)
	}
}

func seed(f *testing.F, name string) {
	f.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			if file.Name == name {
				f.Add(file.Data)
			}
		}
	}
}

// What a page says does not depend on what stands around its JSON-LD.
func FuzzInPage(f *testing.F) {
	seed(f, "page.html")
	f.Add([]byte(`<script type=application/ld+json>{"@graph":[{"@id":"a","publisher":{"@id":"a"},"@type":"WebSite"}]}`))
	f.Fuzz(func(t *testing.T, page []byte) {
		const from = "https://harbour.example/"
		d, problems := InPage(page, from)
		sound(t, d, problems, from, "JSON-LD")
		again, _ := InPage(append([]byte("<p>Before it</p>"), page...), from)
		if diff := cmp.Diff(d, again); diff != "" && !bytes.HasPrefix(bytes.TrimSpace(page), []byte(">")) {
			t.Errorf("after a paragraph it says something else:\n%s", diff)
		}
	})
}

// The order of lines, their ends and comments change nothing.
func FuzzInTrust(f *testing.F) { fuzzLines(f, "trust.txt", InTrust, false) }

// In ads.txt the order of OWNERDOMAINs counts, for there should be only one.
func FuzzInAds(f *testing.F) { fuzzLines(f, "ads.txt", InAds, true) }

func fuzzLines(f *testing.F, name string, read func([]byte, string) (news.Disclosure, []string), ordered bool) {
	f.Helper()
	seed(f, name)
	f.Fuzz(func(t *testing.T, body []byte) {
		from := "https://harbour.example/" + name
		d, problems := read(body, from)
		sound(t, d, problems, from, name)
		if bytes.ContainsAny(body, "\r") || bytes.HasPrefix(body, []byte("\xef\xbb\xbf")) {
			return
		}
		all := strings.Split(string(body), "\n")
		if !ordered && len(all) < maxPerField && len(body) < maxSaid { // else the first ones count
			slices.Reverse(all)
		}
		other, _ := read([]byte("\xef\xbb\xbf# a comment\r\n\r\n"+strings.Join(all, "\r\n")), from)
		if diff := cmp.Diff(d, other); diff != "" {
			// Of two values that differ in letter case the first one is kept.
			if !ordered && strings.EqualFold(fmt.Sprint(d), fmt.Sprint(other)) {
				return
			}
			t.Errorf("with other line ends it says something else:\n%s", diff)
		}
	})
}

// Cleaning twice changes nothing, and addresses stay what they are.
func FuzzClean(f *testing.F) {
	for _, s := range []string{"&amp;lt;b&amp;gt;", "a \u202eb", "<p>x", "https://harbour.example/ü?a=b#c", "//x.example", "Ünïcode.example", "desk@harbour.example", "&amp;amp;amp;amp;lt;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		const base = "https://harbour.example/"
		if c := clean(s, maxValue); c != "" {
			plain(t, c)
			if utf8.RuneCountInString(c) > maxValue || clean(c, maxValue) != c {
				t.Errorf("cleaned twice: %q, then %q", c, clean(c, maxValue))
			}
		}
		if u := address(s, base); u != "" {
			plain(t, u)
			if !strings.HasPrefix(u, "http://") && !strings.HasPrefix(u, "https://") || strings.Contains(u, "@") && !strings.Contains(s, "@") || address(u, base) != u {
				t.Errorf("address(%q) = %q, and that is %q", s, u, address(u, base))
			}
		}
		for _, one := range []func(string) string{domain, mailbox, telephone} {
			if v := one(s); v != "" {
				plain(t, v)
				if one(v) != v {
					t.Errorf("%q gives %q, and that %q", s, v, one(v))
				}
			}
		}
	})
}

// What is too much is not read, and that is told.
func TestTooMuch(t *testing.T) {
	t.Parallel()
	const from = "https://harbour.example/trust.txt"
	var many, long strings.Builder
	for i := range 100 {
		fmt.Fprintf(&many, "belongto=https://guild%d.example/\n", i)
		fmt.Fprintf(&long, "%s=https://guild%d.example/%s\n", []string{"belongto", "social", "disclosure"}[i%3], i, strings.Repeat("x", 900))
	}
	for body, want := range map[string]string{
		many.String(): "trust.txt: it says more than 12 things of one kind; the rest is not read",
		long.String(): "trust.txt: it says more than 8192 bytes of itself; the rest is not read",
		"belongto=https://guild.example/" + strings.Repeat("x", 2*maxURL): "line 1: the value of belongto is no address of http or https",
	} {
		d, problems := InTrust([]byte(body), from)
		sound(t, d, problems, from, "trust.txt")
		if !slices.Contains(problems, want) {
			t.Errorf("problems %q, want %q", problems, want)
		}
	}
	deep := []byte(`<script type="application/ld+json">` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `</script>`)
	if d, _ := InPage(deep, from); d.Count() != 0 {
		t.Errorf("of deep nesting: %+v", d)
	}
}
