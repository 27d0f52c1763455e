-- +goose Up
-- Addresses to which the digest goes by e-mail (news.MailSubscriber). On SQLite they are kept in a
-- file of their own with this same schema, in which every other table is empty.

CREATE TABLE mail_subscribers (
	address      TEXT   NOT NULL PRIMARY KEY,
	mailbox      TEXT   NOT NULL, -- the address without what follows a plus sign: "ann+news@" reaches whom "ann@" does
	choice       TEXT   NOT NULL DEFAULT '', -- JSON of news.MailChoice; empty: not confirmed
	wanted       TEXT   NOT NULL DEFAULT '', -- likewise; waits to be confirmed
	wanted_until BIGINT NOT NULL DEFAULT 0,
	asked_at     BIGINT NOT NULL DEFAULT 0,
	asking       INTEGER NOT NULL DEFAULT 0,
	since        BIGINT NOT NULL DEFAULT 0,
	due          BIGINT NOT NULL DEFAULT 0, -- 0: nothing is to be sent
	tries        BIGINT NOT NULL DEFAULT 0,
	refused      BIGINT NOT NULL DEFAULT 0,
	lease_until  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX mail_subscribers_due ON mail_subscribers (due) WHERE due > 0;
CREATE INDEX mail_subscribers_mailbox ON mail_subscribers (mailbox);

-- What links in mails hold, as a hash.
CREATE TABLE mail_tokens (
	hash    TEXT   NOT NULL PRIMARY KEY,
	address TEXT   NOT NULL REFERENCES mail_subscribers (address),
	confirm INTEGER NOT NULL, -- 1: it confirms what is wanted, 0: it changes and ends what is confirmed
	until   BIGINT NOT NULL
);
CREATE INDEX mail_tokens_address ON mail_tokens (address);
CREATE INDEX mail_tokens_until ON mail_tokens (until);

-- +goose Down
DROP TABLE mail_tokens;
DROP TABLE mail_subscribers;
