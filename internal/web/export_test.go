package web

import "net/http"

// Patterns are those of all pages and feeds, as routes.go has them.
func Patterns() []string {
	s := &site{Options: Options{Metrics: http.NotFoundHandler(), Pushes: http.NotFoundHandler()}}
	s.routes()
	return s.patterns
}
