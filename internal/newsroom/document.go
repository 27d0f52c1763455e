package newsroom

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"
)

// A document is what a server has at an address.
type document struct {
	body        []byte
	contentType string
	modified    time.Time // zero: not told
}

// serve answers as common servers do: with ETag and Last-Modified, 304 where the
// caller has it (RFC 9110 §13.2.2), compressed where the caller can read it.
func (d document) serve(w http.ResponseWriter, r *http.Request) {
	sum := sha256.Sum256(d.body)
	etag := `"` + hex.EncodeToString(sum[:8]) + `"`
	gzipped := strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && len(d.body) > 256
	if gzipped {
		etag = "W/" + etag // as nginx does: not these bytes, but the same document
	}
	h := w.Header()
	h.Set("Etag", etag)
	h.Set("Vary", "Accept-Encoding")
	if !d.modified.IsZero() {
		h.Set("Last-Modified", d.modified.UTC().Format(http.TimeFormat))
	}
	if d.unchanged(r, etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", d.contentType)
	if !gzipped {
		_, _ = w.Write(d.body) // the caller has gone: nobody is left to be told
		return
	}
	h.Set("Content-Encoding", "gzip")
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(d.body) // a bytes.Buffer takes everything
	_ = z.Close()
	_, _ = w.Write(b.Bytes())
}

// unchanged says whether the caller has the document already.
func (d document) unchanged(r *http.Request, etag string) bool {
	if none := r.Header.Get("If-None-Match"); none != "" { // then the date is ignored
		for tag := range strings.SplitSeq(none, ",") {
			if t := strings.TrimSpace(tag); t == "*" || strings.TrimPrefix(t, "W/") == strings.TrimPrefix(etag, "W/") {
				return true
			}
		}
		return false
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	return err == nil && !d.modified.IsZero() && !d.modified.Truncate(time.Second).After(since)
}
