-- +goose Up
-- Feeds of this hub about which others are told by push (WebSub), and these others. What waits
-- is a row that is due; who works at it holds it until lease_until.

CREATE TABLE topics (
	path        TEXT   NOT NULL PRIMARY KEY, -- of the feed, with its query
	hash        TEXT   NOT NULL, -- of its content when it was looked at last
	edition     TEXT   NOT NULL, -- of the store then
	due         BIGINT NOT NULL, -- it is not looked at before
	lease_until BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE subscribers (
	id          TEXT   NOT NULL PRIMARY KEY, -- news.ID of path and callback
	path        TEXT   NOT NULL,
	host        TEXT   NOT NULL, -- of the callback
	body        TEXT   NOT NULL, -- JSON of news.Subscriber, but for what follows
	until       BIGINT NOT NULL, -- end of the lease; 0: not confirmed yet
	asking      TEXT   NOT NULL, -- what has to be agreed; empty: nothing
	tries       BIGINT NOT NULL, -- that failed, in a row
	sent        TEXT   NOT NULL, -- hash of the content that it has
	news_at     BIGINT NOT NULL, -- since when there is something else; 0: there is not
	not_before  BIGINT NOT NULL, -- it is told no earlier
	due         BIGINT NOT NULL,
	lease_until BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX subscribers_due ON subscribers (due);
CREATE INDEX subscribers_path ON subscribers (path);
CREATE INDEX subscribers_host ON subscribers (host);
CREATE INDEX subscribers_asking ON subscribers (asking) WHERE asking <> '';

-- +goose Down
DROP TABLE subscribers;
DROP TABLE topics;
