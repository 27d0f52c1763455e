package feed_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"parallax/feed"
)

// What extensions say comes back from each format that was written, if not as it was
// said, then as it was meant.
func TestWriteKeepsExtensions(t *testing.T) {
	type kept struct {
		License                         string
		Terms                           *feed.Terms
		Place                           *feed.Place
		Podcast                         *feed.Podcast
		DC                              *feed.DC
		Thread                          *feed.Thread
		Comments                        int
		Media                           []feed.Media
		Thumbnails                      []feed.Thumbnail
		Enclosures                      []string
		Created, Expired                string
		Publisher                       string
		Deleted                         []feed.Deleted
		Complete, Archive, Block, Ended bool
		Explicit, Rating                string
		Cloud                           *feed.Cloud
		Input                           *feed.TextInput
		Base                            string
		Source                          *feed.Feed
	}
	of := func(f *feed.Feed, format string) (out []kept) {
		k := kept{
			License: f.License, Terms: f.Terms, Place: f.Place, Podcast: f.Podcast, DC: f.DC, Complete: f.Complete && !f.Archive,
			Archive: f.Archive, Ended: f.Ended, Explicit: f.Explicit, Block: f.Block, Deleted: f.Deleted,
		}
		if format == "rss" {
			k.Rating, k.Cloud, k.Input, k.Base = f.Rating, f.Cloud, f.TextInput, f.UpdateBase.String()
		}
		if f.Publisher != nil {
			k.Publisher = f.Publisher.String()
		}
		out = append(out, k)
		for _, e := range f.Entries {
			k := kept{
				License: e.License, Terms: e.Terms, Place: e.Place, Podcast: e.Podcast, DC: e.DC, Thread: e.Thread, Comments: e.CommentCount,
				Media: e.Media, Thumbnails: e.Thumbnails, Created: e.Created.String(), Expired: e.Expired.String(), Block: e.Block,
				Explicit: e.Explicit,
			}
			for _, x := range e.Enclosures {
				k.Enclosures = append(k.Enclosures, x.URL+x.Type+x.Length)
			}
			if e.Source != nil && format != "json" {
				s := *e.Source
				s.Links, s.Description.Base = nil, ""
				k.Source = &s
			}
			out = append(out, k)
		}
		return out
	}
	for _, name := range []string{
		"archives", "atom-source", "dublin-core", "feedburner", "geo", "licences-and-terms", "media-inheritance", "podcast",
		"podcast-old-namespace", "rss090", "rss091-netscape", "rss092", "rss093", "rss10-modules", "rss20-full", "threads",
	} {
		archive, err := txtar.ParseFile("testdata/" + name + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		f, err := feed.Parse(archive.Files[0].Data, feed.Options{URL: "https://ost.example/feeds/all.xml"})
		if err != nil {
			t.Fatal(err)
		}
		for format, write := range writers {
			t.Run(name+"/"+format, func(t *testing.T) {
				got := stable(t, format, write, f)
				if diff := cmp.Diff(of(f, format), of(got, format)); diff != "" {
					t.Errorf("(-said +written and read):\n%s", diff)
				}
			})
		}
	}
}
