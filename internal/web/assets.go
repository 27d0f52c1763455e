package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strings"
)

//go:embed *.css *.html favicon.svg
var files embed.FS

// An asset is a file whose name holds a hash of its content, so that it may be kept
// for ever.
type asset struct {
	body        []byte
	contentType string
}

var cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)

// cssSpace takes out the spaces that no declaration or selector of ours needs.
var cssSpace = strings.NewReplacer("; }", "}", " { ", "{", " {\n", "{", ";\n", ";", "; ", ";", ": ", ":", ", ", ",", " }", "}")

// loadAssets reads the stylesheets. Comments and spaces stay behind.
func (s *site) loadAssets() error {
	s.assets, s.styles = map[string]*asset{}, map[string]string{}
	names, err := fs.Glob(files, "*.css")
	if err != nil {
		return err
	}
	for _, name := range names {
		raw, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		body := []byte(cssSpace.Replace(string(tidy(cssComment.ReplaceAll(raw, nil)))))
		sum := sha256.Sum256(body)
		stem := strings.TrimSuffix(name, ".css")
		file := stem + "." + hex.EncodeToString(sum[:6]) + ".css"
		s.assets[file] = &asset{body, "text/css; charset=utf-8"}
		s.styles[stem] = path.Join("/static", file)
	}
	return nil
}

func (s *site) static(w http.ResponseWriter, r *http.Request) error {
	a := s.assets[r.PathValue("file")]
	if a == nil {
		return notFound("There is no such file", "It may have been replaced by a newer one.")
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	s.sendFile(w, a.contentType, a.body)
	return nil
}

func (s *site) favicon(w http.ResponseWriter, r *http.Request) error {
	body, err := files.ReadFile("favicon.svg")
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "public, max-age=86400")
	s.sendFile(w, "image/svg+xml", body)
	return nil
}
