-- +goose Up
-- What the sites of outlets declare of them in documents for programs.

CREATE TABLE declarations (
	source_id TEXT   NOT NULL PRIMARY KEY REFERENCES sources (id),
	documents TEXT   NOT NULL, -- JSON of news.DeclaredIn
	said      TEXT   NOT NULL, -- JSON of news.Disclosure: what all of them say; '' where they say nothing
	due       BIGINT NOT NULL
);

-- +goose Down
DROP TABLE declarations;
