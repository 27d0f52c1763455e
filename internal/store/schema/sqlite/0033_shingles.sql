-- +goose Up
-- Hashes of runs of words of the articles of the last days, by which copies are found
-- (internal/extract/shingle). A number stands for the article, so that rows are narrow: there
-- are 8 to 30 for each.

CREATE TABLE shingled (
	n          INTEGER NOT NULL PRIMARY KEY,
	article_id TEXT   NOT NULL UNIQUE REFERENCES articles (id),
	first_seen BIGINT NOT NULL,
	hashes     TEXT   NOT NULL -- JSON: which rows of shingles are its
);

CREATE TABLE shingles (
	hash INTEGER NOT NULL,
	n    BIGINT  NOT NULL, -- of shingled
	PRIMARY KEY (hash, n)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE shingles;
DROP TABLE shingled;
