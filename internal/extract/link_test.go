package extract

import "testing"

func TestSameSite(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		link, page string
		want       bool
	}{
		{"https://www.a.example/x", "https://a.example/y", true},
		{"https://amp.a.example:443/x", "http://a.example/y", true},
		{"http://a.example:8080/x", "http://a.example:8080/y", true},
		{"http://amp.a.example:8080/x", "http://a.example:8080/y", true},
		{"http://stock.a.example:6379/", "https://a.example/y", false},
		{"http://a.example:6379/", "https://a.example/y", false},
		{"http://a.example:443/x", "https://a.example/y", false},
		{"https://b.example/x", "https://a.example/y", false},
		{"http://203.0.113.7/x", "http://198.51.113.7/y", false},
	} {
		if got := sameSite(tt.link, tt.page); got != tt.want {
			t.Errorf("%s from %s: %v", tt.link, tt.page, got)
		}
	}
}
