package sanitize

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// bombs are HTML that costs a parser far more than its length: depth, elements that are opened
// again in every paragraph, and ways of hiding from a count of what is open.
func bombs() map[string]string {
	var marks, attributes strings.Builder
	for i := range 400 {
		fmt.Fprintf(&marks, "<b a=%d>", i)
	}
	for i := range 30_000 {
		fmt.Fprintf(&attributes, " a%d", i)
	}
	const many = 30_000
	paragraphs := strings.Repeat("<p>x</p>", many)
	end := strings.Repeat("</b>", 400)
	return map[string]string{
		"deep":                 strings.Repeat("<div>", many) + "x",
		"deep, closed":         strings.Repeat(strings.Repeat("<em>x", 450)+strings.Repeat("</em>", 450), 200),
		"deep lists":           strings.Repeat("<ul><li>", 200) + strings.Repeat("<li>x", many),
		"deep quotes":          strings.Repeat("<blockquote>", 400) + strings.Repeat("<p>x", many),
		"wrong end tags":       strings.Repeat("<span><div></span>", 250) + paragraphs,
		"marks":                "<p>" + marks.String() + "</p>" + paragraphs,
		"marks, open":          marks.String() + strings.Repeat("<p>x", many),
		"marks, end in svg":    "<p>" + marks.String() + "<svg><desc>" + end + "</desc></svg></p>" + paragraphs,
		"marks, end in table":  "<p>" + marks.String() + "<table><tr><td>" + end + "</table></p>" + paragraphs,
		"marks, end in object": "<p>" + marks.String() + "<object>" + end + "</object></p>" + paragraphs,
		"out of a table":       "<table>" + strings.Repeat("a<b>", many),
		"links":                strings.Repeat("<a href=http://x.example/>", many/2),
		"attributes":           "<p" + attributes.String() + ">x",
		"brackets":             strings.Repeat("<", 10*many),
		"end tags":             strings.Repeat("a</x>", many),
		"srcset":               `<img srcset="` + strings.Repeat("a 1x,", many) + `">`,
		"frames":               strings.Repeat("<iframe>&lt;iframe>", many/2),
		"empty frames":         strings.Repeat("<iframe>", many),
		"tables":               strings.Repeat("<table><tr><td>", many/2) + "x",
		"boxes":                strings.Repeat("<div>x</div>", many),
		"boxes in headings":    strings.Repeat(strings.Repeat("<h1><div>", 100)+strings.Repeat("</div></h1>", 100), 500),
	}
}

// However much some HTML asks for, it gets a bounded amount of memory, and is clean all the same.
func TestBombs(t *testing.T) {
	for name, s := range bombs() {
		for by, clean := range map[string]func(string) string{"HTML": func(s string) string { return HTML(s, base) }, "Fragment": Fragment} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			once := clean(s)
			runtime.ReadMemStats(&after)
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 256 {
				t.Errorf("%s of %s takes %d MB", by, name, used)
			}
			if again := clean(once); again != once {
				t.Errorf("%s of %s: cleaned twice it differs", by, name)
			}
		}
	}
}

// Long articles are no bombs, however carelessly they are written.
func TestAffordable(t *testing.T) {
	for name, s := range map[string]string{
		"paragraphs":        strings.Repeat("<p>The <b>council</b> <a href=/x>rejected</a> it.", 10_000),
		"tables":            strings.Repeat("<table><tr><td>1<td><b>2</b><tr><td>3<td>4</table>", 5_000),
		"deep boxes":        strings.Repeat("<div>", 40) + strings.Repeat("<p><span>x</span></p>", 20_000) + strings.Repeat("</div>", 40),
		"fonts not closed":  strings.Repeat("<font size=2>", 5) + strings.Repeat("<p>x</p>", 10_000),
		"lists not closed":  strings.Repeat("<ul><li>a<li>b</ul>", 10_000),
		"one live blog":     strings.Repeat(`<article><h3>10:41</h3><div><p>Text <em>and</em> text.</p><blockquote><p>Said.</p></blockquote></div></article>`, 2_000),
		"many different":    strings.Repeat(`<i class="a"><b>x</b></i><br>`, 20_000),
		"bold around boxes": strings.Repeat("<b><p>x</b></p>", 10_000),
	} {
		if !Affordable(s) {
			t.Errorf("%s cost too much", name)
		}
	}
}
