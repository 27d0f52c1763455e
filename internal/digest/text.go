package digest

import (
	"fmt"
	"net/url"
	"strings"

	"parallax/internal/news"
	"parallax/internal/publish"
)

// maxSubject is how long a subject is at most, in characters.
const maxSubject = 140

// The paths below HubURL that messages name; package web answers at them.
const (
	ConfirmPath     = "/mail/confirm/"
	ManagePath      = "/mail/manage/"
	UnsubscribePath = "/mail/unsubscribe/"
)

const noEndorsement = "puts what outlets say side by side. It says who stands behind each, and judges none. Carrying an outlet is no endorsement."

// links are those of one message.
type links struct{ Manage, Unsubscribe string }

func (o *Office) links(token string) links {
	return links{o.HubURL + ManagePath + url.PathEscape(token), o.HubURL + UnsubscribePath + url.PathEscape(token)}
}

// message addresses a digest to one subscriber.
func (o *Office) message(d *Digest, m *news.MailSubscriber, token string) *Message {
	l := o.links(token)
	return &Message{
		From: o.From, ReplyTo: o.ReplyTo, To: m.Address, Date: o.Now(),
		Subject: subject(d), Text: d.Text(l.Manage, l.Unsubscribe), HTML: d.HTML(l.Manage, l.Unsubscribe),
		ID:          news.ID("digest", m.Address, fmt.Sprint(m.Since.UnixMilli()), fmt.Sprint(m.Choice)) + "@" + o.domain,
		ListID:      "digest." + o.host,
		Unsubscribe: l.Unsubscribe,
	}
}

func subject(d *Digest) string {
	return news.Cut(plain(d.HubName)+", "+publish.Day(d.Until)+": "+isolate(plain(d.Stories[0].Headline)), maxSubject)
}

// Text writes a digest as text of 72 columns.
func (d *Digest) Text(manage, unsubscribe string) string {
	var b strings.Builder
	b.WriteString(wrap(fmt.Sprintf("%s, %s", plain(d.HubName), publish.Day(d.Until)), "", ""))
	b.WriteString(wrap("Your digest: "+isolate(plain(d.Choice))+".", "", ""))
	for _, s := range d.Stories {
		fmt.Fprintf(&b, "\n%s\n\n", strings.Repeat("-", columns))
		b.WriteString(headline(plain(s.Headline), s.Language))
		b.WriteString(wrap(s.by(), "", ""))
		b.WriteByte('\n')
		b.WriteString(wrap(s.count(), "", ""))
		for _, sd := range s.Sides {
			b.WriteString(wrap(sd.text(), "  ", "    "))
		}
		if s.MoreSides > 0 {
			b.WriteString(wrap(fmt.Sprintf("%s: none found", plural(s.MoreSides, "other side", "other sides")), "  ", "    "))
		}
		fmt.Fprintf(&b, "\n%s\nIn at most 10 KB: %s\n", s.URL, s.LiteURL)
	}
	fmt.Fprintf(&b, "\n%s\n", strings.Repeat("-", columns))
	if d.More > 0 {
		b.WriteString(wrap(fmt.Sprintf("%s more on %s", plural(d.More, "story", "stories"), d.HubURL+"/"), "", ""))
	}
	b.WriteByte('\n')
	b.WriteString(wrap(plain(d.HubName)+" "+noEndorsement, "", ""))
	for _, l := range d.Licences {
		b.WriteString(wrap(isolate(plain(l)), "", ""))
	}
	fmt.Fprintf(&b, "\nChange what you get: %s\nUnsubscribe: %s\n", manage, unsubscribe)
	return b.String()
}

// by says whose headline it is and who stands behind that outlet.
func (s *Story) by() string {
	return isolate(plain(s.Outlet)) + " (" + plain(s.Line) + ")"
}

// count says how many tell a story.
func (s *Story) count() string {
	text := fmt.Sprintf("Told by %s of %s", plural(s.Outlets, "outlet", "outlets"), plural(s.Owners, "owner", "owners"))
	if s.Before {
		text += "; it began earlier, and is told further"
	}
	return text + "."
}

// text says how many of a side tell a story, and who does not.
func (sd *Side) text() string {
	text := isolate(plain(sd.Title)) + ": "
	if sd.Outlets == 0 {
		text += fmt.Sprintf("none found of %d", sd.Of)
	} else {
		text += fmt.Sprintf("%d of %s (%s)", sd.Outlets, plural(sd.Of, "outlet", "outlets"), plural(sd.Owners, "owner", "owners"))
	}
	if len(sd.Silent) > 0 {
		text += "; no account found: " + sd.SilentNames()
	}
	return text
}

// SilentNames are the outlets in which no account was found.
func (sd *Side) SilentNames() string {
	names := make([]string, 0, len(sd.Silent))
	for _, n := range sd.Silent {
		names = append(names, isolate(plain(n)))
	}
	text := strings.Join(names, ", ")
	if sd.OthersSilent > 0 {
		text += fmt.Sprintf(" and %s", plural(sd.OthersSilent, "other", "others"))
	}
	return text
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n) + " " + many
}

// confirmation asks whether the owner of an address wants the digest.
func (o *Office) confirmation(m *news.MailSubscriber, token string) *Message {
	link := o.HubURL + ConfirmPath + url.PathEscape(token)
	every := "every day"
	if m.Wanted.Weekly {
		every = "every week"
	}
	var b strings.Builder
	name := plain(o.HubName)
	b.WriteString(wrap(fmt.Sprintf("Somebody asked %s to send its digest to this address %s.", name, every), "", ""))
	b.WriteString("\n" + wrap("If that was you, open this page and press the button on it. Until then nothing is sent.", "", ""))
	b.WriteString("\n" + link + "\n\n")
	b.WriteString(wrap(fmt.Sprintf("If it was not you, do nothing: in %d hours the address is forgotten. At most one such message is sent in a day.", int(Confirm.Hours())), "", ""))
	b.WriteString("\n" + name + "\n" + o.HubURL + "/\n")
	return &Message{
		From: o.From, ReplyTo: o.ReplyTo, To: m.Address, Date: o.Now(),
		Subject: name + ": please confirm that you want the digest", Text: b.String(),
		ID: news.ID("confirmation", m.Address, fmt.Sprint(m.Asked.UnixMilli())) + "@" + o.domain,
	}
}

// Trial is a message that shows that mail arrives.
func (o *Office) Trial(address string) *Message {
	now := o.Now()
	return &Message{
		From: o.From, ReplyTo: o.ReplyTo, To: address, Date: now, Subject: plain(o.HubName) + ": a test",
		Text: wrap("This message shows that "+plain(o.HubName)+" can send mail. Nobody has subscribed to anything by it.", "", "") + "\n" + o.HubURL + "/\n",
		ID:   news.ID("trial", address, fmt.Sprint(now.UnixNano())) + "@" + o.domain,
	}
}
