package web

import (
	"bytes"
	"compress/gzip"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
)

// An encoding is a form in which a body goes over the wire, RFC 9110 §8.4.1.
type encoding int

// The encodings, the one that we like best last.
const (
	identity encoding = iota
	gzipped
	brotlied
	encodings
)

// encodingNames are the names of content codings, and encodingTags what their strong entity
// tags end with: other bytes need another one, RFC 9110 §8.8.3.3.
var (
	encodingNames = [encodings]string{"", "gzip", "br"}
	encodingTags  = [encodings]string{"", "-gz", "-br"}
)

// accepted returns the encoding in which an answer goes to a client that sent this
// Accept-Encoding, RFC 9110 §12.5.3: of those that it takes the one that it likes best, and
// of several that it likes alike the smallest. What cannot be read of the header is passed
// over; who forbids everything gets the body as it is, which the section allows.
func accepted(header string) encoding {
	switch header {
	case "gzip, deflate, br, zstd", "gzip, deflate, br": // what browsers send
		return brotlied
	case "gzip", "gzip, deflate", "gzip,deflate":
		return gzipped
	case "", "identity":
		return identity
	}
	weights := [encodings]float64{-1, -1, -1} // -1: not named
	rest := -1.0
	for part := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(part, ";")
		q := weight(parameters)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "identity":
			weights[identity] = q
		case "gzip", "x-gzip":
			weights[gzipped] = q
		case "br":
			weights[brotlied] = q
		case "*":
			rest = q
		}
	}
	best, liked := identity, 0.0
	for e := range encodings {
		q := weights[e]
		if q < 0 && e != identity {
			q = rest
		}
		if e == identity && q < 0 {
			continue // welcome where nothing else is
		}
		if q > 0 && q >= liked {
			best, liked = e, q
		}
	}
	return best
}

// weight returns the q of a list element, from 0 to 1: 1 where there is none, 0 where it
// cannot be read.
func weight(parameters string) float64 {
	name, value, ok := strings.Cut(parameters, "=")
	if !ok || !strings.EqualFold(strings.TrimSpace(name), "q") {
		return 1
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || !(q >= 0 && q <= 1) {
		return 0
	}
	return q
}

// How hard to compress. A page is compressed once for all who read it, so more is worth
// while than for one reader; the highest levels take ten times as long for a twentieth less.
const (
	gzipLevel   = 6
	brotliLevel = 5
)

// encode returns body in the encoding.
func encode(e encoding, body []byte) []byte {
	var b bytes.Buffer
	switch e {
	case gzipped:
		z, err := gzip.NewWriterLevel(&b, gzipLevel)
		if err != nil { // unreachable: the level is one
			return body
		}
		_, _ = z.Write(body) // a bytes.Buffer takes everything
		_ = z.Close()
	case brotlied:
		z := brotli.NewWriterLevel(&b, brotliLevel)
		_, _ = z.Write(body)
		_ = z.Close()
	default:
		return body
	}
	return b.Bytes()
}
