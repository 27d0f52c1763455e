-- +goose Up
-- Numbers of articles, in the order in which they came, for programs that ask for what came
-- after number n (news.Marked).

CREATE TABLE article_numbers (
	n          BIGINT NOT NULL PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	article_id TEXT   NOT NULL UNIQUE REFERENCES articles (id),
	first_seen BIGINT NOT NULL
);
INSERT INTO article_numbers (article_id, first_seen) SELECT id, first_seen FROM articles ORDER BY first_seen, id;
CREATE INDEX article_numbers_seen ON article_numbers (first_seen, n);

-- +goose Down
DROP TABLE article_numbers;
