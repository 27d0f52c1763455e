package digest_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parallax/internal/digest"
	"parallax/internal/news"
)

// kept is a mail server that keeps what it is sent, and calls after then.
type kept struct {
	messages []*digest.Message
	after    func()
}

func (k *kept) Dial(context.Context) (digest.Connection, error) { return k, nil }
func (k *kept) Close() error                                    { return nil }

func (k *kept) Send(_ context.Context, m *digest.Message) error {
	k.messages = append(k.messages, m)
	if k.after != nil {
		k.after()
	}
	return nil
}

// token returns what follows path in the message.
func token(m *digest.Message, path string) string {
	_, rest, _ := strings.Cut(m.Text, path)
	return strings.Fields(rest)[0]
}

// A round may last for hours: what is withdrawn after its first mail is in none that follows.
func TestWithdrawnDuringARound(t *testing.T) {
	server := &kept{}
	o := open(t, server)
	whole, err := o.Compose(t.Context(), news.MailChoice{LensID: "river"}, o.now.Add(-48*time.Hour), o.now)
	o.must(err)
	headline, outlet := whole.Stories[0].Headline, whole.Stories[0].Outlet
	for _, address := range []string{"ann@mail.example", "bob@mail.example"} {
		o.must(o.Ask(t.Context(), address, news.MailChoice{LensID: "river"}))
	}
	o.run()
	for _, m := range server.messages {
		o.must(o.Confirm(t.Context(), token(m, digest.ConfirmPath)))
	}
	server.messages = nil
	server.after = func() {
		for _, src := range o.world.SourceList {
			if src.Name == outlet {
				src.Carriage.Until = o.now
			}
		}
		o.now = o.now.Add(2 * time.Hour)
	}
	o.run()
	if len(server.messages) != 2 || !strings.Contains(server.messages[0].Text, headline) {
		t.Fatalf("%d mails were sent, or the first is without %q", len(server.messages), headline)
	}
	if strings.Contains(server.messages[1].Text, headline) {
		t.Error("what was withdrawn before the second mail was sent is in it")
	}
}

// Who asks for another digest, and changes the one there is before the confirmation went out, is
// still sent that.
func TestChangeWhileAsking(t *testing.T) {
	server := &kept{}
	o := open(t, server)
	weekly := news.MailChoice{LensID: "river", Weekly: true}
	o.must(o.Ask(t.Context(), "ann@mail.example", weekly))
	o.run()
	o.must(o.Confirm(t.Context(), token(server.messages[0], digest.ConfirmPath)))
	server.messages = nil
	o.run()
	manage := token(server.messages[0], digest.ManagePath)
	server.messages = nil
	o.now = o.now.Add(25 * time.Hour)
	o.must(o.Ask(t.Context(), "ann@mail.example", news.MailChoice{LensID: "river", Query: "weir"}))
	o.must(o.Change(t.Context(), manage, weekly))
	o.run()
	if len(server.messages) != 1 || !strings.Contains(server.messages[0].Text, digest.ConfirmPath) {
		t.Errorf("the confirmation was not sent: %d mails", len(server.messages))
	}
}
