-- +goose Up
-- The icons of outlets, made anew by the hub: PNGs of 32 and 64 pixels, in base64, which
-- both databases keep alike.

ALTER TABLE feeds ADD COLUMN icon TEXT NOT NULL DEFAULT ''; -- where the feed says that it is
CREATE TABLE icons (
	source_id     TEXT    NOT NULL PRIMARY KEY REFERENCES sources (id),
	url           TEXT    NOT NULL,
	etag          TEXT    NOT NULL,
	last_modified TEXT    NOT NULL,
	validated     TEXT    NOT NULL,
	small         TEXT    NOT NULL,
	large         TEXT    NOT NULL,
	due           BIGINT  NOT NULL,
	failures      INTEGER NOT NULL,
	last_error    TEXT    NOT NULL
);

-- +goose Down
DROP TABLE icons;
ALTER TABLE feeds DROP COLUMN icon;
