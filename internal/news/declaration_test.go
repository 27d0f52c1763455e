package news_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

func claims(values ...string) (list []news.Claim) {
	for _, v := range values {
		list = append(list, news.Claim{Value: v, By: news.Self, Read: "trust.txt"})
	}
	return list
}

// No field of a Disclosure is left out: of those that readers see, of the count, of what is merged.
func TestDisclosureHasAllFields(t *testing.T) {
	t.Parallel()
	var full news.Disclosure
	v := reflect.ValueOf(&full).Elem()
	for i := range v.NumField() {
		v.Field(i).Set(reflect.ValueOf(claims(v.Type().Field(i).Name)))
	}
	shown := 0
	for _, f := range full.Fields() {
		shown += len(f.Claims)
	}
	if n := v.NumField(); shown != n || full.Count() != n || (news.Disclosure{}).With(full).Count() != n || full.Written().Count() != 0 || len(full.Changes(news.Disclosure{})) != n {
		t.Errorf("of %d fields %d are shown, %d counted", n, shown, full.Count())
	}
}

func TestWith(t *testing.T) {
	t.Parallel()
	written := news.Disclosure{
		Owners:  []news.Claim{{Value: "Quay Holding", By: news.Registry}, {Value: "Mill Trust", By: news.Self}},
		Control: []news.Claim{{Value: news.Private, By: news.ThirdParty}},
	}
	before := news.Disclosure{Owners: append([]news.Claim(nil), written.Owners...), Control: written.Control}
	got := written.With(news.Disclosure{Owners: claims("quay holding", " mill trust"), Contact: claims("desk@quay.example")})
	want := before
	want.Owners = append(want.Owners[:2:2], claims("quay holding")...) // the register is somebody else
	want.Contact = claims("desk@quay.example")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("with what it declares (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, written); diff != "" {
		t.Errorf("what it was added to has changed:\n%s", diff)
	}
	if diff := cmp.Diff(before, got.Written()); diff != "" {
		t.Errorf("without what was read (-want +got):\n%s", diff)
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	was := news.Disclosure{
		LegalName: []news.Claim{{Value: "Quay AB", By: news.Registry, Date: "2026-01-01"}},
		Owners:    []news.Claim{{Value: "A", By: news.Operator}, {Value: "B", By: news.Operator}, {Value: "B", By: news.Self}},
	}
	is := news.Disclosure{
		LegalName: []news.Claim{{Value: "Quay AB", By: news.Registry, Date: "2026-06-01"}},
		Owners:    []news.Claim{{Value: "B", By: news.Self}, {Value: "C", By: news.Operator}, {Value: "B", By: news.Operator}},
	}
	var got []string
	for _, c := range is.Changes(was) {
		switch {
		case c.Was == nil:
			got = append(got, c.Key+" + "+c.Is.Value)
		case c.Is == nil:
			got = append(got, c.Key+" - "+c.Was.Value)
		default:
			got = append(got, c.Key+" "+c.Was.Date+" -> "+c.Is.Date)
		}
	}
	if diff := cmp.Diff([]string{"legal_name 2026-01-01 -> 2026-06-01", "owners + C", "owners - A"}, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if n := len(is.Changes(is)); n != 0 {
		t.Errorf("between the same: %d changes", n)
	}
}

func TestDisclosureThen(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
	s := &news.Source{Versions: []time.Time{day(2), day(5), day(9)}}
	for _, c := range []struct{ day, at, then int }{{1, 0, 0}, {2, 1, 1}, {4, 1, 1}, {5, 2, 2}, {8, 2, 2}, {9, 3, 0}, {20, 3, 0}} {
		if at, then := s.DisclosureAt(day(c.day)), s.DisclosureThen(day(c.day)); at != c.at || then != c.then {
			t.Errorf("on day %d: version %d, then %d; want %d, %d", c.day, at, then, c.at, c.then)
		}
	}
	// What was said on the first day counts as one.
	hour := func(n int) time.Time { return day(2).Add(time.Duration(n) * time.Hour) }
	s.Versions = []time.Time{hour(0), hour(1), hour(24), hour(50)}
	for _, c := range []struct{ hour, then int }{{-1, 0}, {0, 3}, {1, 3}, {23, 3}, {30, 3}, {50, 0}} {
		if then := s.DisclosureThen(hour(c.hour)); then != c.then {
			t.Errorf("in hour %d: then %d, want %d", c.hour, then, c.then)
		}
	}
	if n := new(news.Source).DisclosureThen(day(1)); n != 0 {
		t.Errorf("of a source without versions: %d", n)
	}
}

// What an outlet says of its own owners makes no other outlets one's.
func TestOwnersReadAreNobodys(t *testing.T) {
	t.Parallel()
	owned := func(id string, c ...news.Claim) *news.Source {
		return &news.Source{ID: id, Disclosure: news.Disclosure{Owners: c}}
	}
	groups := news.Owners([]*news.Source{
		owned("a", news.Claim{Value: "North Trust", By: news.Registry}), owned("b", news.Claim{Value: "South Trust", By: news.Registry}),
		owned("c", claims("North Trust", "South Trust")...), owned("d", news.Claim{Value: "North Trust", By: news.Self}),
	})
	if diff := cmp.Diff(map[string]string{"a": "a", "b": "b", "c": "c", "d": "a"}, groups); diff != "" {
		t.Errorf("owners (-want +got):\n%s", diff)
	}
}
