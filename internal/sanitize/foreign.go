package sanitize

import (
	"strings"

	"golang.org/x/net/html"
)

// The drawings and formulas that Fragment keeps: what stands still, refers to nothing but
// pages, and holds no HTML. Nothing here has content that a parser takes for text only in
// one of the two languages, so that a browser that reads it otherwise finds nothing new.
var (
	drawn = names("a circle clipPath defs desc ellipse g line linearGradient marker mask path pattern polygon polyline radialGradient rect " +
		"stop svg switch symbol text title tspan")
	drawnAttributes = names("baseProfile class clip-path clip-rule color cx cy d dx dy fill fill-opacity fill-rule font-family font-size " +
		"font-stretch font-style font-variant font-weight fx fy gradientTransform gradientUnits height lang marker-end marker-mid marker-start " +
		"markerHeight markerUnits markerWidth offset opacity orient pathLength points preserveAspectRatio r refX refY rotate rx ry spreadMethod " +
		"stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity " +
		"stroke-width systemLanguage text-anchor transform version viewBox width x x1 x2 y y1 y2 zoomAndPan")
	formulas = names("math menclose merror mfenced mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt " +
		"mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none semantics")
	formulaAttributes = names("accent accentunder align class close columnalign columnlines columnspacing columnspan depth dir display " +
		"displaystyle equalcolumns equalrows fence fontstyle fontweight form frame height lang largeop linethickness lquote lspace mathbackground " +
		"mathcolor mathsize mathvariant maxsize minsize movablelimits notation open rowalign rowlines rowspacing rowspan rquote rspace " +
		"scriptlevel selection separator separators stretchy symmetric voffset width")
)

var namespaceURIs = map[string]string{
	"svg": "http://www.w3.org/2000/svg", "math": "http://www.w3.org/1998/Math/MathML", "xlink": "http://www.w3.org/1999/xlink",
}

// foreignURIs are the values of namespaceURIs; foreignNames are all names of the tables as
// a tokenizer has them, in lower case, those of attributes after an @.
var foreignURIs, foreignNames = func() (uris, lower map[string]bool) {
	uris, lower = map[string]bool{}, map[string]bool{"@xlink:type": true, "@xlink:show": true, "@xlink:title": true}
	for _, uri := range namespaceURIs {
		uris[uri] = true
	}
	for _, table := range []struct {
		prefix string
		names  map[string]bool
	}{{"", drawn}, {"", formulas}, {"@", drawnAttributes}, {"@", formulaAttributes}} {
		for name := range table.names {
			lower[table.prefix+strings.ToLower(name)] = true
		}
	}
	delete(lower, "title") // in HTML it hides what follows
	return uris, lower
}()

// refers says whether a presentation attribute, which is read as CSS, may name something
// to load: by url(), plainly or with a letter escaped.
func refers(value string) bool {
	return strings.Contains(value, `\`) || strings.Contains(strings.ToLower(value), "url(")
}

// foreign writes a drawing or formula.
func (f *fragment) foreign(n *html.Node) {
	elements, attributes := drawn, drawnAttributes
	if n.Namespace == "math" {
		elements, attributes = formulas, formulaAttributes
	}
	if !elements[n.Data] {
		return
	}
	f.out.WriteString("<" + n.Data)
	if n.Parent == nil || n.Parent.Namespace != n.Namespace {
		f.out.WriteString(` xmlns="` + namespaceURIs[n.Namespace] + `"`)
	}
	linking := false
	for _, a := range n.Attr {
		key, value := a.Key, printable(a.Val)
		switch {
		case a.Namespace == "xlink" && (key == "href" && harmless(value, false) || key == "type" || key == "show" || key == "title"):
			if !linking {
				linking = true
				f.out.WriteString(` xmlns:xlink="` + namespaceURIs["xlink"] + `"`)
			}
			key = "xlink:" + key
		case a.Namespace == "" && attributes[key] && !refers(value):
		default:
			continue
		}
		f.out.WriteString(" " + key + `="` + attributeEscaper.Replace(value) + `"`)
	}
	f.out.WriteByte('>')
	for ch := n.FirstChild; ch != nil; ch = ch.NextSibling {
		switch {
		case ch.Type == html.TextNode:
			f.text(ch.Data)
		case ch.Type == html.ElementNode && ch.Namespace == n.Namespace:
			f.foreign(ch)
		}
	}
	f.out.WriteString("</" + n.Data + ">")
}
