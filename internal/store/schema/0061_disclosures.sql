-- +goose Up
-- The versions of what was said of who stands behind each outlet. They are only added to, and
-- outlast its carriage: they are facts about the outlet, and no text of its own.

CREATE TABLE disclosures (
	source_id TEXT    NOT NULL REFERENCES sources (id),
	n         INTEGER NOT NULL, -- from 1
	since     BIGINT  NOT NULL,
	body      TEXT    NOT NULL, -- JSON of news.Disclosure
	hash      TEXT    NOT NULL, -- SHA-256 of body, in hex
	PRIMARY KEY (source_id, n)
);

-- +goose Down
DROP TABLE disclosures;
