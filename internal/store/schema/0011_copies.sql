-- +goose Up
-- What was read from a copy (a mirror, an archive, another hub) and not from the outlet
-- itself: by which route, when an archive took it, and when the outlet said the same.

ALTER TABLE feeds ADD COLUMN copied BIGINT NOT NULL DEFAULT 0;
ALTER TABLE items ADD COLUMN via TEXT NOT NULL DEFAULT '';
ALTER TABLE items ADD COLUMN archived_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE items ADD COLUMN confirmed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE articles ADD COLUMN via TEXT NOT NULL DEFAULT '';
ALTER TABLE articles ADD COLUMN archived_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE articles ADD COLUMN confirmed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE articles ADD COLUMN via_page INTEGER NOT NULL DEFAULT 0; -- the page came so
ALTER TABLE article_revisions ADD COLUMN via TEXT NOT NULL DEFAULT '';
ALTER TABLE article_revisions ADD COLUMN archived_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE article_revisions ADD COLUMN confirmed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE article_revisions ADD COLUMN via_page INTEGER NOT NULL DEFAULT 0;

-- How often what a copy said was what the outlet's own feed said afterwards.
CREATE TABLE copies (
	feed_id   TEXT   NOT NULL REFERENCES feeds (id),
	route     TEXT   NOT NULL,
	same      BIGINT NOT NULL DEFAULT 0,
	different BIGINT NOT NULL DEFAULT 0,
	last_at   BIGINT NOT NULL DEFAULT 0,  -- when a difference was last found
	last_item TEXT   NOT NULL DEFAULT '', -- in which item
	PRIMARY KEY (feed_id, route)
);

-- +goose Down
DROP TABLE copies;
ALTER TABLE article_revisions DROP COLUMN via_page;
ALTER TABLE article_revisions DROP COLUMN confirmed_at;
ALTER TABLE article_revisions DROP COLUMN archived_at;
ALTER TABLE article_revisions DROP COLUMN via;
ALTER TABLE articles DROP COLUMN via_page;
ALTER TABLE articles DROP COLUMN confirmed_at;
ALTER TABLE articles DROP COLUMN archived_at;
ALTER TABLE articles DROP COLUMN via;
ALTER TABLE items DROP COLUMN confirmed_at;
ALTER TABLE items DROP COLUMN archived_at;
ALTER TABLE items DROP COLUMN via;
ALTER TABLE feeds DROP COLUMN copied;
