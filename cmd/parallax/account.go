package main

import (
	"errors"
	"fmt"
	"time"

	"parallax/internal/hub"
	"parallax/internal/news"
	"parallax/internal/readers"
	"parallax/internal/store"
)

// accountCmd makes accounts for apps that synchronise.
type accountCmd struct {
	Add    accountAddCmd    `cmd:"" help:"Make an account, and print its password once."`
	List   accountListCmd   `cmd:"" help:"Print the accounts."`
	Remove accountRemoveCmd `cmd:"" help:"Delete an account, and what it read and starred."`
}

// withStore opens the store for f.
func withStore(e *env, f func(cfg *hub.Config, db *store.DB) error) (err error) {
	cfg, db, err := openStore(e)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return f(cfg, db)
}

type accountAddCmd struct {
	Name string `arg:"" help:"Any name; it need not say who it is."`
}

// Help implements kong's detailed help.
func (accountAddCmd) Help() string {
	return `Makes an account for somebody who reads the hub in an app that keeps on the server what
was read: NetNewsWire, Reeder, FeedMe, Fluent Reader, Newsflash and others. The hub keeps the
name, and what the account has read and starred; the password only as a hash.

Example:
  parallax account add ann`
}

// Run implements the command.
func (c accountAddCmd) Run(e *env) error {
	return withStore(e, func(cfg *hub.Config, db *store.DB) error {
		account, password, err := readers.NewAccount(c.Name, time.Now())
		if err != nil {
			return err
		}
		if err := db.AddAccount(e.ctx, account); errors.Is(err, news.ErrExists) {
			return hinted{fmt.Errorf("there is an account %q already", c.Name), "parallax account remove " + c.Name + " deletes it; then it can be made anew"}
		} else if err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.out, `Account   %s
Password  %s
          It is shown this once. Who loses it needs a new account.

In an app choose, for its server:
  Google Reader API or FreshRSS  %s
  Fever                          %s
`, c.Name, password, cfg.URL()+"/greader", cfg.URL()+"/fever/")
		return err
	})
}

type accountListCmd struct{}

// Run implements the command.
func (accountListCmd) Run(e *env) error {
	return withStore(e, func(_ *hub.Config, db *store.DB) error {
		list, err := db.Accounts(e.ctx)
		if err != nil {
			return err
		}
		for _, a := range list {
			if _, err := fmt.Fprintf(e.out, "%s  since %s\n", a.Name, a.Made.Format(time.DateOnly)); err != nil {
				return err
			}
		}
		return nil
	})
}

type accountRemoveCmd struct {
	Name string `arg:"" help:"The account."`
}

// Run implements the command.
func (c accountRemoveCmd) Run(e *env) error {
	return withStore(e, func(_ *hub.Config, db *store.DB) error {
		if err := db.RemoveAccount(e.ctx, c.Name); errors.Is(err, news.ErrNotFound) {
			return hinted{fmt.Errorf("there is no account %q", c.Name), "parallax account list prints them"}
		} else if err != nil {
			return err
		}
		_, err := fmt.Fprintf(e.out, "removed %s, and what it read and starred\n", c.Name)
		return err
	})
}
