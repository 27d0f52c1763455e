// Package digest sends the digest by e-mail: what is new in the hub since the last one, every
// side of each story, to who asked for it and confirmed that. In come the stories that readers may be
// given at this moment and the choices of those who subscribed; out go text messages through an
// SMTP server.
//
// An Office takes in addresses (desk.go), and as a stage of the pipeline sends what is due
// (stage.go). What a message says is composed in compose.go and written in text.go and html.go, by
// pure functions. smtp.go hands it to the server.
//
// What is kept is an address and its choice, apart from the news; no error, log line or count names an address.
package digest

import (
	"context"
	"log/slog"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"parallax/internal/news"
)

// Limits.
const (
	// Confirm is for how long somebody can confirm that an address is theirs.
	Confirm = 48 * time.Hour
	// AskAgain is how much later an address can be asked again.
	AskAgain = 24 * time.Hour
	// asksPerHour is how many addresses are asked in an hour, whoever wants it.
	asksPerHour = 60
	// maxAddresses is how many addresses a hub takes.
	maxAddresses = 20000
	// tokenKept is for how long the links in a digest work.
	tokenKept = 400 * 24 * time.Hour
	// lease is for how long a process has what it claimed: longer than a batch takes where
	// every message takes as long as it may.
	lease = 45 * time.Minute
	// batch is how many addresses are claimed at once.
	batch = 20
	// pace is the pause between two messages: 120 a minute.
	pace = 500 * time.Millisecond
	// maxTries is how often a message is tried when the server says that it may go later;
	// then it is left out.
	maxTries = 8
	// firstRetry and lastRetry bound the pause between two tries, which doubles.
	firstRetry, lastRetry = 5 * time.Minute, 6 * time.Hour
	// maxRefused is after how many digests in a row that the server refused to deliver an address is
	// forgotten.
	maxRefused = 3
	// maxAddress is the longest address, in bytes (RFC 5321 §4.5.3.1.3 with its erratum 1690).
	maxAddress = 254
)

// Books keep the addresses; store.DB does.
type Books interface {
	AskMail(ctx context.Context, address string, c news.MailChoice, limits news.MailLimits, now time.Time) error
	DueMail(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]*news.MailSubscriber, error)
	ChangeMail(ctx context.Context, address string, f func(m *news.MailSubscriber) bool) error
	ForgetMail(ctx context.Context, address string) error
	AddMailToken(ctx context.Context, hash, address string, confirm bool, until time.Time) error
	MailOfToken(ctx context.Context, hash string, confirm bool, now time.Time) (*news.MailSubscriber, error)
	PurgeMail(ctx context.Context, now time.Time) (int, error)
}

// A Store is what the digest tells of. Its lists hold only what is carried at the time given.
type Store interface {
	Sources(ctx context.Context) ([]*news.Source, error)
	Stories(ctx context.Context, q news.StoryQuery) (page []*news.Story, next string, err error)
	Headed(ctx context.Context, storyIDs []string, now time.Time) (map[string]news.Headed, error)
	ArticlesOf(ctx context.Context, storyIDs []string, now time.Time) (map[string][]*news.Article, error)
	Comparisons(ctx context.Context, lensID string, storyIDs []string) (map[string]*news.Comparison, error)
	Search(ctx context.Context, q news.SearchQuery) (page []*news.Article, total int, err error)
}

// Config of an Office.
type Config struct {
	Books  Books
	Store  Store
	Lenses func(ctx context.Context) ([]news.Lens, error)
	// Edition names the content of the hub: it is another one whenever readers may be told
	// something else. Nil: nobody can tell, and what was composed is sent for some seconds.
	Edition func(ctx context.Context) (string, error)
	Sender  Sender
	// HubName and HubURL, without a slash at its end, name the hub.
	HubName, HubURL string
	From            mail.Address
	ReplyTo         *mail.Address // nil: From
	// Hour of the day at which digests go out, UTC.
	Hour int
	// Pace is the pause between two messages; 0: half a second.
	Pace time.Duration
	Now  func() time.Time
	// Count is told of each message what became of it: "sent", "later", "refused", "given up". It may be nil.
	Count  func(kind, result string)
	Ring   func() // is called when something is due at once; may be nil
	Logger *slog.Logger
}

// An Office takes in addresses and sends digests.
type Office struct {
	Config
	host   string // of the hub, for List-Id
	domain string // of the sender, for Message-ID
}

// New returns an Office.
func New(c Config) *Office {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Count == nil {
		c.Count = func(string, string) {}
	}
	if c.Edition == nil {
		c.Edition = func(context.Context) (string, error) { return "", nil }
	}
	if c.Ring == nil {
		c.Ring = func() {}
	}
	if c.Pace == 0 {
		c.Pace = pace
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	c.HubURL = strings.TrimRight(c.HubURL, "/")
	o := &Office{Config: c, host: "localhost"}
	if u, err := url.Parse(c.HubURL); err == nil && u.Hostname() != "" {
		o.host = u.Hostname()
	}
	_, o.domain, _ = strings.Cut(c.From.Address, "@")
	return o
}

// next is when the digest after since goes out: at the hour, for a weekly one on Monday.
func (o *Office) next(since time.Time, weekly bool) time.Time {
	y, m, d := since.UTC().Date()
	t := time.Date(y, m, d, o.Hour, 0, 0, 0, time.UTC)
	for !t.After(since) || weekly && t.Weekday() != time.Monday {
		t = t.AddDate(0, 0, 1)
	}
	return t
}

// period is what one digest is about at most when it is the first.
func period(weekly bool) time.Duration {
	if weekly {
		return 7 * 24 * time.Hour
	}
	return 24 * time.Hour
}
