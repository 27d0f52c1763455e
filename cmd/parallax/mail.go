package main

import (
	"context"
	"errors"
	"fmt"

	"parallax/internal/digest"
	"parallax/internal/hub"
	"parallax/internal/news"
	"parallax/internal/store"
)

// mailCmd is about the digest by e-mail.
type mailCmd struct {
	Count  mailCountCmd  `cmd:"" help:"Print how many addresses get the digest, and how many have not confirmed yet."`
	Forget mailForgetCmd `cmd:"" help:"Delete an address and all that is kept of it."`
	Test   mailTestCmd   `cmd:"" help:"Send a message to an address, to see whether mail arrives."`
}

// withAddresses opens where the addresses are kept for f.
func withAddresses(e *env, f func(books *store.DB) error) error {
	return withStore(e, func(cfg *hub.Config, db *store.DB) (err error) {
		books, shared, err := hub.OpenAddresses(e.ctx, cfg, db)
		if err != nil {
			return err
		}
		if !shared {
			defer func() { err = errors.Join(err, books.Close()) }()
		}
		return f(books)
	})
}

type mailCountCmd struct{}

// Run implements the command.
func (c *mailCountCmd) Run(e *env) error {
	return withAddresses(e, func(books *store.DB) error {
		n, err := books.CountMail(e.ctx)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.out, "%d confirmed\n%d not confirmed yet\n", n.Confirmed, n.Waiting)
		return err
	})
}

type mailForgetCmd struct {
	Address string `arg:"" help:"The address."`
}

// Help implements kong's detailed help.
func (mailForgetCmd) Help() string {
	return `Deletes an address, what it chose and every link that was sent to it. Nothing remains by which the
hub would know it again: whoever owns it may subscribe anew.

Example:
  parallax mail forget ann@mail.example`
}

// Run implements the command.
func (c *mailForgetCmd) Run(e *env) error {
	address, err := digest.ParseAddress(c.Address)
	if err != nil {
		return err
	}
	return withAddresses(e, func(books *store.DB) error {
		if err := books.ForgetMail(e.ctx, address); errors.Is(err, news.ErrNotFound) {
			return fmt.Errorf("nothing is kept of %s", address)
		} else if err != nil {
			return err
		}
		_, err := fmt.Fprintf(e.out, "forgot %s\n", address)
		return err
	})
}

type mailTestCmd struct {
	Address string `arg:"" help:"Where to."`
}

// Run implements the command.
func (c *mailTestCmd) Run(e *env) (err error) {
	address, err := digest.ParseAddress(c.Address)
	if err != nil {
		return err
	}
	cfg, err := hub.Load(e.config)
	if err != nil {
		return err
	}
	server, from, reply, err := hub.MailServer(cfg)
	if errors.Is(err, hub.ErrNoMail) {
		return hinted{err, "docs/mail.md says what to write there"}
	}
	if err != nil {
		return err
	}
	office := digest.New(digest.Config{HubName: cfg.Hub.Name, HubURL: cfg.URL(), From: from, ReplyTo: reply})
	line, err := server.Dial(e.ctx)
	if err != nil {
		return hinted{fmt.Errorf("reach the mail server: %w", err), "is smtp under [mail] right, and is the server there?"}
	}
	defer func() { err = errors.Join(err, line.Close()) }()
	if err := line.Send(context.WithoutCancel(e.ctx), office.Trial(address)); err != nil {
		return fmt.Errorf("send to %s: %w", address, err)
	}
	_, err = fmt.Fprintf(e.out, "the mail server has taken a message to %s; look whether it arrives, and where\n", address)
	return err
}
