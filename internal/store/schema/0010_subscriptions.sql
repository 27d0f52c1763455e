-- +goose Up
-- Subscriptions at WebSub hubs, at most one for a feed. The body is JSON of
-- news.Subscription; the columns beside it are what rows are looked for by.

CREATE TABLE subscriptions (
	feed_id     TEXT   NOT NULL PRIMARY KEY REFERENCES feeds (id),
	body        TEXT   NOT NULL,
	state       TEXT   NOT NULL,
	token_hash  TEXT   NOT NULL, -- SHA-256 of the token, hex; empty while there is none
	due         BIGINT NOT NULL,
	lease_until BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX subscriptions_due ON subscriptions (due);
CREATE UNIQUE INDEX subscriptions_token ON subscriptions (token_hash) WHERE token_hash <> '';

-- +goose Down
DROP TABLE subscriptions;
