-- +goose Up
-- What robots.txt and tdmrep.json of outlets say of the use of their work, as JSON (news.Term).

CREATE TABLE notices (
	source_id TEXT    NOT NULL PRIMARY KEY REFERENCES sources (id),
	terms     TEXT    NOT NULL,
	due       BIGINT  NOT NULL,
	failures  INTEGER NOT NULL
);

-- +goose Down
DROP TABLE notices;
