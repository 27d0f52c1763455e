-- +goose Up
-- What a language model made of articles, as they were when they were placed: a byte of each number
-- in base64, which both databases keep alike.

CREATE TABLE embeddings (
	article_id TEXT   NOT NULL PRIMARY KEY REFERENCES articles (id),
	at         BIGINT NOT NULL, -- as in placements
	model      TEXT   NOT NULL,
	vector     TEXT   NOT NULL
);
CREATE INDEX embeddings_at ON embeddings (at);

-- +goose Down
DROP TABLE embeddings;
