package sanitize

import (
	_ "embed"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

//go:embed testdata/vectors.txt
var vectorTable string

var escaped = regexp.MustCompile(`\\(n|r|t|f|x[0-9a-f]{2}|\\)`)

// A family of vectors has a name, by which docs/sanitiser.md tells of it.
type family struct {
	name    string
	vectors []string
}

// told returns the known ways of getting script past a filter that stand in tables, by the
// collection where they are told.
func told() []family {
	all := []family{{"This sanitiser's own", payloads}}
	for line := range strings.Lines(vectorTable) {
		line = strings.TrimSuffix(line, "\n")
		if name, ok := strings.CutPrefix(line, "## "); ok {
			name, _, _ = strings.Cut(name, ":")
			all = append(all, family{name: name})
		}
		if line == "" || strings.HasPrefix(line, "# ") || strings.HasPrefix(line, "## ") {
			continue
		}
		last := &all[len(all)-1]
		last.vectors = append(last.vectors, escaped.ReplaceAllStringFunc(line, func(s string) string {
			if s == `\\` {
				return `\`
			}
			s, err := strconv.Unquote(`"` + s + `"`)
			if err != nil {
				panic(err) // unreachable: the expression lets no other through
			}
			return s
		}))
	}
	return all
}

// vectors returns all known ways, those that follow a rule included, each once.
func vectors() []string {
	return flat(append(told(), ruled()...))
}

// ruled returns the ways that follow a rule.
func ruled() []family {
	return []family{
		{"Every event on elements of every kind", eventful()},
		{"Every spelling of a scheme that runs, in every attribute that takes a URL", linking()},
		{"Every element whose content is text in one state and markup in another, in every other", hiding()},
	}
}

// flat returns the vectors of families, each once.
func flat(families []family) (all []string) {
	for _, f := range families {
		all = append(all, f.vectors...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// eventful returns every event on elements of every kind.
func eventful() (list []string) {
	events := strings.FieldsSeq("abort activate afterprint afterscriptexecute animationcancel animationend animationiteration animationstart " +
		"appinstalled auxclick beforecopy beforecut beforeinput beforeinstallprompt beforematch beforepaste beforeprint beforescriptexecute " +
		"beforetoggle beforeunload beforexrselect begin blur bounce cancel canplay canplaythrough change click close command " +
		"contentvisibilityautostatechange contextlost contextmenu contextrestored copy cuechange cut dblclick devicemotion deviceorientation drag " +
		"dragend dragenter dragexit dragleave dragover dragstart drop durationchange emptied encrypted end ended error finish focus focusin focusout " +
		"formdata fullscreenchange fullscreenerror gesturechange gotpointercapture hashchange input invalid keydown keypress keyup languagechange " +
		"load loadeddata loadedmetadata loadstart location lostpointercapture message messageerror mousedown mouseenter mouseleave mousemove " +
		"mouseout mouseover mouseup mousewheel mozfullscreenchange offline online pagehide pagereveal pageshow pageswap paste pause play playing " +
		"pointercancel pointerdown pointerenter pointerleave pointermove pointerout pointerover pointerrawupdate pointerup popstate progress " +
		"promptaction promptdismiss propertychange ratechange readystatechange rejectionhandled repeat reset resize scroll scrollend scrollsnapchange " +
		"scrollsnapchanging search securitypolicyviolation seeked seeking select selectionchange selectstart show slotchange stalled start storage " +
		"submit suspend timeupdate toggle touchcancel touchend touchmove touchstart transitioncancel transitionend transitionrun transitionstart " +
		"unhandledrejection unload validationstatuschange volumechange waiting webkitanimationend webkitfullscreenchange webkitmouseforceup " +
		"webkitplaybacktargetavailabilitychanged webkittransitionend webkitwillrevealbottom wheel zoom")
	for event := range events {
		for _, element := range []string{
			"a href=x", "img src=x alt=x", "svg", "svg><g", "math><mi", "body", "video src=x controls", "audio src=x", "details open", "input autofocus",
			"p tabindex=1 contenteditable", "iframe src=x", "table><tr><td", "marquee", "object data=x", "x-y", "ruby><rt", "blockquote", "li",
		} {
			list = append(list, "<"+element+" on"+event+"=alert(1)>x")
		}
	}
	return list
}

// linking returns every spelling of a scheme that runs in every attribute that takes a URL.
func linking() (list []string) {
	schemes := []string{
		"javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "\x01javascript:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)",
		"javascript\r:alert(1)", "&#106;avascript:alert(1)", "&#x6A;avascript&colon;alert(1)", "&#0000106avascript:alert(1)", "javascript&#58alert(1)",
		"java&Tab;script:alert(1)", "&NewLine;javascript:alert(1)", "java\x00script:alert(1)", "javascript://x.example/%0Aalert(1)", "vbscript:alert(1)",
		"livescript:alert(1)", "mocha:alert(1)", "data:text/html,<script>parent.alert(1)</script>", "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
		"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "DATA:TEXT/HTML,x", "data:,x", "data:application/xhtml+xml,x",
		"feed:javascript:alert(1)", "view-source:javascript:alert(1)", "jar:javascript:alert(1)!/", "blob:x", "filesystem:x", "file:///etc/passwd",
	}
	for _, s := range schemes {
		for _, where := range []string{
			`a href="%s"`, `img src="%s" alt=x`, `img srcset="%s 1x" alt=x`, `iframe src="%s"`, `embed src="%s"`, `object data="%s"`, `form action="%s"><button`,
			`button formaction="%s"`, `input type=image src="%s"`, `video src="%s" poster="%[1]s"`, `audio src="%s"`, `video><source src="%s"`,
			`video><track src="%s"`, `blockquote cite="%s"`, `q cite="%s"`, `del cite="%s"`, `body background="%s"`, `table background="%s"><td background="%[1]s"`,
			`link rel=stylesheet href="%s"`, `base href="%s"`, `meta http-equiv=refresh content="0;url=%s"`, `area href="%s"`, `script src="%s"`,
			`svg><a xlink:href="%s"><text y=9`, `svg><a href="%s"><text y=9`, `svg><use href="%s"`, `svg><image href="%s"`, `svg><script href="%s"`,
			`math href="%s"`, `math><mi xlink:href="%s"`, `img longdesc="%s" lowsrc="%[1]s" dynsrc="%[1]s" usemap="%[1]s" alt=x`, `p style="background:url(%s)"`,
			`frameset><frame src="%s"`, `iframe srcdoc="%s"`, `a href=x ping="%s"`, `html manifest="%s"`, `head profile="%s"`, `applet codebase="%s"`, `command icon="%s"`,
		} {
			list = append(list, "<"+fmt.Sprintf(where, s)+">x")
		}
	}
	return list
}

// hiding returns every element whose content parsers take for text in one state and for markup in
// another, within every other, in every place where the state differs.
func hiding() (list []string) {
	elements := strings.Fields("style script textarea title xmp iframe noembed noframes noscript plaintext template select option svg math " +
		"desc foreignObject annotation-xml mtext mi mglyph listing frameset head table caption object p")
	places := []string{
		"%s", "<svg>%s", "<math>%s", "<math><mtext>%s", "<svg><desc>%s", "<svg><foreignObject>%s", "<math><mtext><table><mglyph>%s", "<table>%s",
		"<form><math><mtext></form><form><mglyph>%s", "<select>%s", "<svg></p>%s", `<math><annotation-xml encoding="text/html">%s`,
	}
	for _, outer := range elements {
		for _, place := range places {
			list = append(list, fmt.Sprintf(place, "<"+outer+`><a title="</`+outer+`><img src=x onerror=alert(1)>">x`),
				fmt.Sprintf(place, "<"+outer+"><!--</"+outer+`><a title="--><img src=x onerror=alert(1)>">x`))
		}
		for _, inner := range elements {
			list = append(list, "<"+outer+"><"+inner+`><a title="</`+inner+"></"+outer+`><img src=x onerror=alert(1)>">x`,
				"<svg><"+outer+"></p><"+inner+`><a title="</`+inner+`><img src=x onerror=alert(1)>">x`)
		}
	}
	return list
}

// The manual tells how many vectors there are of each family.
func TestManual(t *testing.T) {
	manual, err := os.ReadFile("../../docs/sanitiser.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(told(), ruled()...) {
		if row := fmt.Sprintf("| %s | %d |\n", f.name, len(f.vectors)); !strings.Contains(string(manual), row) {
			t.Errorf("docs/sanitiser.md lacks the row %s", row)
		}
	}
	if all := fmt.Sprintf("| all, each once | %d |\n", len(vectors())); !strings.Contains(string(manual), all) {
		t.Errorf("docs/sanitiser.md lacks the row %s", all)
	}
}

// Nothing that is known to run gets past either way, whole, within a page or cut off.
func TestVectors(t *testing.T) {
	all := vectors()
	for _, s := range all {
		clean := HTML(s, base)
		safe(t, clean)
		if again := HTML(clean, ""); again != clean {
			t.Errorf("HTML: cleaned twice it differs:\n%q\n%q", clean, again)
		}
		safe(t, HTML("<p>before "+s+" after</p>", base))
		safe(t, HTML(s[:len(s)/2], base))
		checkFragment(t, s)
		checkFragment(t, "<p>before "+s+" after</p>")
		checkFragment(t, s[:len(s)/2])
		if t.Failed() {
			t.Fatalf("vector %q", s)
		}
	}
	if len(all) < 5000 {
		t.Errorf("only %d vectors", len(all))
	}
}
