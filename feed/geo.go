package feed

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Place is where on earth something is, in degrees (WGS 84): a point, or a shape with
// the middle of what it spans as its point; or a name alone.
type Place struct {
	Lat, Lon  float64
	Shape     string  // "point", "line", "polygon" or "box"; "" where only the name is known
	Points    []Point // of the shape; of a box the lower and the upper corner
	Name      string
	Elevation float64 // in metres above the ellipsoid
	Radius    float64 // in metres around the point
}

// A Point is a point of a shape.
type Point struct{ Lat, Lon float64 }

// maxPoints bounds a shape: borders of countries have a few hundred.
const maxPoints = 2000

// placeOf returns the place of what an element belongs to; nil if there is nothing.
func (p *parser) placeOf(owner place) **Place {
	switch f := p.feedOf(owner); {
	case owner == inEntry && p.entry != nil:
		return &p.entry.Place
	case f != nil:
		return &f.Place
	}
	return nil
}

// geoLeaf reads GeoRSS (simple and GML) and the W3C's geo vocabulary.
func (p *parser) geoLeaf(f *frame, text string) {
	at := p.placeOf(f.owner)
	if at == nil || text == "" {
		return
	}
	parent := p.frames[len(p.frames)-2].key
	switch f.key {
	case "georss:point":
		setPoint(at, points(text, 1))
	case "gml:pos":
		if parent != "gml:linestring" && parent != "gml:linearring" && parent != "gml:polygon" {
			setPoint(at, points(text, 1))
		}
	case "geo:lat":
		setHalf(at, text, 90, func(v *Place) *float64 { v.Shape = cmp.Or(v.Shape, "point"); return &v.Lat })
	case "geo:long", "geo:lon":
		setHalf(at, text, 180, func(v *Place) *float64 { v.Shape = cmp.Or(v.Shape, "point"); return &v.Lon })
	case "geo:lat_long":
		setPoint(at, points(text, 1))
	case "georss:line":
		setShape(at, "line", points(text, maxPoints))
	case "georss:polygon":
		setShape(at, "polygon", points(text, maxPoints))
	case "gml:poslist":
		shape := "polygon"
		if parent == "gml:linestring" {
			shape = "line"
		}
		setShape(at, shape, points(text, maxPoints))
	case "georss:box":
		setShape(at, "box", points(text, 2))
	case "gml:lowercorner":
		p.corner = points(text, 1)
	case "gml:uppercorner":
		setShape(at, "box", append(p.corner, points(text, 1)...))
		p.corner = nil
	case "georss:circle": // of GeoRSS 1.0: a point and a radius
		if fields := coordinates(text); len(fields) == 3 && setPoint(at, points(strings.Join(fields[:2], " "), 1)) {
			setHalf(at, fields[2], math.MaxFloat32, func(v *Place) *float64 { return &v.Radius })
		}
	case "georss:featurename":
		edit(at, func(v *Place) { v.Name = collapse(text) })
	case "georss:elev", "geo:alt":
		setHalf(at, text, math.MaxFloat32, func(v *Place) *float64 { return &v.Elevation })
	case "georss:radius":
		setHalf(at, text, math.MaxFloat32, func(v *Place) *float64 { return &v.Radius })
	}
}

// podcastLocation reads a name and a geo URI (RFC 5870): "geo:30.2672,97.7431".
func (p *parser) podcastLocation(f *frame, text string) {
	at := p.placeOf(f.owner)
	if at == nil {
		return
	}
	if uri, ok := strings.CutPrefix(f.attrs.get("geo"), "geo:"); ok {
		uri, parameters, _ := strings.Cut(uri, ";")
		fields := coordinates(uri)
		if len(fields) >= 2 && setPoint(at, points(strings.Join(fields[:2], " "), 1)) {
			if len(fields) > 2 {
				setHalf(at, fields[2], math.MaxFloat32, func(v *Place) *float64 { return &v.Elevation })
			}
			if around, ok := strings.CutPrefix(parameters, "u="); ok {
				setHalf(at, around, math.MaxFloat32, func(v *Place) *float64 { return &v.Radius })
			}
		}
	}
	if text != "" {
		edit(at, func(v *Place) { v.Name = collapse(text) })
	}
}

func edit(at **Place, change func(*Place)) {
	if *at == nil {
		*at = &Place{}
	}
	change(*at)
}

func setPoint(at **Place, list []Point) bool {
	if len(list) != 1 {
		return false
	}
	edit(at, func(v *Place) {
		if v.Shape == "" || v.Shape == "point" {
			v.Shape = "point"
			v.Lat, v.Lon = list[0].Lat, list[0].Lon
		}
	})
	return true
}

func setHalf(at **Place, text string, most float64, field func(*Place) *float64) {
	if v, ok := float(text, most); ok {
		edit(at, func(to *Place) { *field(to) = v })
	}
}

// setShape sets the first shape that is one, and its middle.
func setShape(at **Place, shape string, list []Point) {
	if len(list) < 2 || shape == "box" && len(list) != 2 {
		return
	}
	edit(at, func(v *Place) {
		if v.Shape != "" && v.Shape != "point" {
			return
		}
		v.Shape, v.Points = shape, list
		low, high := list[0], list[0]
		for _, q := range list {
			low = Point{min(low.Lat, q.Lat), min(low.Lon, q.Lon)}
			high = Point{max(high.Lat, q.Lat), max(high.Lon, q.Lon)}
		}
		v.Lat, v.Lon = middle(low.Lat, high.Lat), middle(low.Lon, high.Lon)
	})
}

// middle is exact to a centimetre.
func middle(a, b float64) float64 { return math.Round((a+b)/2*1e7) / 1e7 }

// coordinates splits what is separated by spaces or commas.
func coordinates(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' })
}

// points reads pairs of latitude and longitude; nil where one is no such pair, or there
// are more than most.
func points(text string, most int) (out []Point) {
	fields := coordinates(text)
	if len(fields)%2 != 0 || len(fields) > 2*most {
		return nil
	}
	for pair := range slices.Chunk(fields, 2) {
		lat, ok := float(pair[0], 90)
		lon, also := float(pair[1], 180)
		if !ok || !also {
			return nil
		}
		out = append(out, Point{lat, lon})
	}
	return out
}

func float(text string, most float64) (float64, bool) {
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsNaN(v) || v < -most || v > most {
		return 0, false
	}
	return v + 0, true // no negative zero
}
