-- +goose Up
-- The hub's own copies of images that stand in articles. A row without a type is one that is to be
-- asked for, or of which nothing is kept any more; the data are base64, which both databases keep
-- alike, in a table of their own, so that counting does not read them.

CREATE TABLE pictures (
	id         TEXT    NOT NULL PRIMARY KEY,
	source_id  TEXT    NOT NULL REFERENCES sources (id),
	url        TEXT    NOT NULL,
	type       TEXT    NOT NULL DEFAULT '',
	width      INTEGER NOT NULL DEFAULT 0,
	height     INTEGER NOT NULL DEFAULT 0,
	bytes      BIGINT  NOT NULL DEFAULT 0,
	fetched_at BIGINT  NOT NULL DEFAULT 0,
	due        BIGINT  NOT NULL, -- 0: not any more
	failures   INTEGER NOT NULL DEFAULT 0,
	last_error TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX pictures_due ON pictures (due) WHERE due > 0;
CREATE INDEX pictures_kept ON pictures (fetched_at) WHERE bytes > 0;
CREATE TABLE picture_data (
	picture_id TEXT NOT NULL PRIMARY KEY REFERENCES pictures (id),
	data       TEXT NOT NULL
);
CREATE TABLE article_pictures (
	article_id TEXT NOT NULL REFERENCES articles (id),
	picture_id TEXT NOT NULL REFERENCES pictures (id),
	PRIMARY KEY (article_id, picture_id)
);
CREATE INDEX article_pictures_of ON article_pictures (picture_id);

-- +goose Down
DROP TABLE article_pictures;
DROP TABLE picture_data;
DROP TABLE pictures;
