package web

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"

	mailing "parallax/internal/digest"
	"parallax/internal/limit"
	"parallax/internal/news"
)

// A Mail takes in addresses for the digest; digest.Office does.
type Mail interface {
	Ask(ctx context.Context, address string, c news.MailChoice) error
	Asked(ctx context.Context, token string) (*news.MailSubscriber, error)
	Confirm(ctx context.Context, token string) error
	Subscription(ctx context.Context, token string) (*news.MailSubscriber, error)
	Change(ctx context.Context, token string, c news.MailChoice) error
	Leave(ctx context.Context, token string) error
}

const (
	// maxMailForm is the largest form that is read, in bytes.
	maxMailForm = 8 << 10
	// mailForms is how many forms one client may send in a minute.
	mailForms = 6
)

// A mailPage is the form, what became of it, or what a link in a mail is about.
type mailPage struct {
	frame
	// Step is "form", "asked" (an address was entered), "confirm", "confirmed", "manage", "changed", "leave" or "left".
	Step    string
	Wrong   string // what was wrong with the form, in a sentence
	Address string
	Choice  news.MailChoice
	Lens    string // its title
	Lenses  []news.Lens
	Manage  string // where the choice is changed, for the page that changes it
	Leave   string
}

// mailDesk answers below /mail: pages that are of one reader, and forms, which are all that the site takes in.
type mailDesk struct {
	*site
	forms *limit.Limiter
	cross *http.CrossOriginProtection
}

// mailPages are the paths below /mail and what answers there.
func (s *site) mailPages() map[string]http.Handler {
	d := &mailDesk{s, limit.New("mail", mailForms, s.Now), http.NewCrossOriginProtection()}
	return map[string]http.Handler{
		"":                     d.page(d.form, d.guarded(d.ask)),
		"/confirm/{token}":     d.page(d.confirm, d.guarded(d.confirmed)),
		"/manage/{token}":      d.page(d.manage, d.guarded(d.changed)),
		"/unsubscribe/{token}": d.page(d.leave, d.left),
	}
}

// page answers GET and POST. Nothing of it is kept by anybody. Referrers stay within the hub: without any, browsers do not
// say where a form comes from, either.
func (d *mailDesk) page(get, post handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "same-origin")
		w.Header().Set("X-Robots-Tag", "noindex")
		var err error
		switch r.Method {
		case http.MethodGet, http.MethodHead:
			err = get(w, r)
		case http.MethodPost:
			err = post(w, r)
		default:
			w.Header().Set("Allow", "GET, HEAD, POST")
			err = &pageError{Status: http.StatusMethodNotAllowed, Title: "This page takes a form", Text: "Only GET, HEAD and POST are answered."}
		}
		if errors.Is(err, news.ErrNotFound) {
			err = notFound("This link does not work", "It is not one that this hub sent, or it has ended: a confirmation works for two days, and the links in a digest until you have unsubscribed.")
		}
		if err != nil {
			d.fail(w, r, err)
		}
	})
}

// guarded refuses forms of other sites, and clients that send one after another.
func (d *mailDesk) guarded(next handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := d.cross.Check(r); err != nil {
			return &pageError{Status: http.StatusForbidden, Title: "This form is of another site", Text: "Forms are taken from this hub’s own pages only. Please open the page here and send it again."}
		}
		if client, counts := d.Proxies.Client(r); counts && !d.forms.Take(w.Header(), client) {
			return &pageError{Status: http.StatusTooManyRequests, Title: "Too many forms", Text: "Your address has sent this hub several forms within a minute. Please try again in a minute."}
		}
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
			return &pageError{Status: http.StatusUnsupportedMediaType, Title: "This is no form", Text: "The page takes application/x-www-form-urlencoded, as browsers send it."}
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxMailForm)
		if err := r.ParseForm(); err != nil {
			return badRequest("The form cannot be read", fmt.Sprintf("It has at most %d bytes, written as browsers write forms.", maxMailForm))
		}
		return next(w, r)
	}
}

func (d *mailDesk) send(w http.ResponseWriter, r *http.Request, status int, step string, p *mailPage) error {
	p.Step, p.NoIndex = step, true
	h, err := d.hub(r.Context())
	if err != nil {
		return err
	}
	p.Lenses = h.lenses
	if p.Choice.LensID == "" {
		p.Choice.LensID = h.first().ID
	}
	for _, l := range h.lenses {
		if l.ID == p.Choice.LensID {
			p.Lens = l.Title
		}
	}
	p.Title, p.HubName, p.Path = mailTitles[step], d.HubName, r.URL.Path
	body, err := d.execute("mail", p)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the reader may be gone
	}
	return nil
}

var mailTitles = map[string]string{
	"form": "The digest by e-mail", "asked": "Please look into your mail", "confirm": "Do you want the digest?", "confirmed": "You get the digest",
	"manage": "Your digest", "changed": "Your digest is changed", "leave": "Do you want to unsubscribe?", "left": "You are unsubscribed",
}

func (d *mailDesk) form(w http.ResponseWriter, r *http.Request) error {
	p := &mailPage{}
	p.Choice.LensID = r.URL.Query().Get("lens")
	q, err := query(r)
	if err != nil {
		return err
	}
	p.Choice.Query = q
	return d.send(w, r, http.StatusOK, "form", p)
}

// choice reads what the form chose; wrong says what is wrong with it.
func (d *mailDesk) choice(r *http.Request) (c news.MailChoice, wrong string, err error) {
	h, err := d.hub(r.Context())
	if err != nil {
		return c, "", err
	}
	c = news.MailChoice{LensID: r.PostForm.Get("lens"), Query: strings.Join(strings.Fields(r.PostForm.Get("q")), " "), Weekly: r.PostForm.Get("every") == "week"}
	if c.LensID == "" {
		c.LensID = h.first().ID
	}
	if _, err := h.lens(c.LensID); err != nil {
		return c, "This hub does not divide its sources that way.", nil //nolint:nilerr // that is told
	}
	if len([]rune(c.Query)) > maxQuery {
		return c, fmt.Sprintf("At most %d characters can be searched for.", maxQuery), nil
	}
	return c, "", nil
}

// ask answers the same whether an address is known or not.
func (d *mailDesk) ask(w http.ResponseWriter, r *http.Request) error {
	c, wrong, err := d.choice(r)
	if err != nil {
		return err
	}
	p := &mailPage{Address: news.Cut(r.PostForm.Get("address"), maxQuery), Choice: c, Wrong: wrong}
	if wrong == "" {
		err = d.Mail.Ask(r.Context(), r.PostForm.Get("address"), c)
		if bad, ok := errors.AsType[*mailing.AddressError](err); ok {
			p.Wrong = bad.What
		} else if errors.Is(err, news.ErrTooMany) {
			w.Header().Set("Retry-After", "3600")
			return &pageError{Status: http.StatusServiceUnavailable, Title: "No address is taken in now", Text: "Many addresses were entered here lately. So that nobody can misuse the hub to send mail to others, it takes no more for a while. Please try again in an hour."}
		} else if err != nil {
			return err
		}
	}
	if p.Wrong != "" {
		return d.send(w, r, http.StatusUnprocessableEntity, "form", p)
	}
	return d.send(w, r, http.StatusOK, "asked", p)
}

func (d *mailDesk) confirm(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Mail.Asked(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	step, c := "confirm", m.Wanted
	if c == nil {
		step, c = "confirmed", m.Choice
	}
	if c == nil {
		return news.ErrNotFound
	}
	return d.send(w, r, http.StatusOK, step, &mailPage{Address: m.Address, Choice: *c})
}

func (d *mailDesk) confirmed(w http.ResponseWriter, r *http.Request) error {
	if err := d.Mail.Confirm(r.Context(), r.PathValue("token")); err != nil {
		return err
	}
	return d.confirm(w, r)
}

func (d *mailDesk) manage(w http.ResponseWriter, r *http.Request) error { return d.own(w, r, "manage") }

func (d *mailDesk) leave(w http.ResponseWriter, r *http.Request) error { return d.own(w, r, "leave") }

func (d *mailDesk) own(w http.ResponseWriter, r *http.Request, step string) error {
	token := r.PathValue("token")
	m, err := d.Mail.Subscription(r.Context(), token)
	if err != nil {
		return err
	}
	return d.send(w, r, http.StatusOK, step, &mailPage{
		Address: m.Address, Choice: *m.Choice, Manage: mailing.ManagePath + token, Leave: mailing.UnsubscribePath + token,
	})
}

func (d *mailDesk) changed(w http.ResponseWriter, r *http.Request) error {
	c, wrong, err := d.choice(r)
	if err != nil {
		return err
	}
	token := r.PathValue("token")
	if wrong == "" {
		if err := d.Mail.Change(r.Context(), token, c); err != nil {
			return err
		}
		return d.own(w, r, "changed")
	}
	m, err := d.Mail.Subscription(r.Context(), token)
	if err != nil {
		return err
	}
	return d.send(w, r, http.StatusUnprocessableEntity, "manage", &mailPage{
		Address: m.Address, Choice: c, Wrong: wrong, Manage: mailing.ManagePath + token, Leave: mailing.UnsubscribePath + token,
	})
}

// left unsubscribes at once, whatever the form holds and wherever it comes from: mail programs send
// "List-Unsubscribe=One-Click" (RFC 8058 §3.2), and whoever has the link may.
func (d *mailDesk) left(w http.ResponseWriter, r *http.Request) error {
	if err := d.Mail.Leave(r.Context(), r.PathValue("token")); err != nil {
		return err
	}
	return d.send(w, r, http.StatusOK, "left", &mailPage{})
}
