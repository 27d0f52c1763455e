-- +goose Up
-- What the articles of a source repeat, and what was set apart from the text of each.

CREATE TABLE boilerplate (
	source_id TEXT NOT NULL PRIMARY KEY REFERENCES sources (id),
	seen      TEXT NOT NULL, -- the last articles as extraction saw them, in base64
	blocks    TEXT NOT NULL  -- JSON of news.Block
);
ALTER TABLE article_texts ADD COLUMN apart TEXT NOT NULL DEFAULT ''; -- JSON of news.Apart

-- +goose Down
ALTER TABLE article_texts DROP COLUMN apart;
DROP TABLE boilerplate;
