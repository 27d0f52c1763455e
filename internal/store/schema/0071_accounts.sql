-- +goose Up
-- Who reads the hub in a feed reader that keeps on the server what was read (news.Account).

CREATE TABLE accounts (
	name       TEXT   NOT NULL PRIMARY KEY,
	token_hash TEXT   NOT NULL UNIQUE,
	fever_hash TEXT   NOT NULL UNIQUE,
	made_at    BIGINT NOT NULL
);

CREATE TABLE account_marks (
	account TEXT    NOT NULL REFERENCES accounts (name),
	n       BIGINT  NOT NULL, -- of article_numbers
	is_read INTEGER NOT NULL DEFAULT 0,
	starred INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (account, n)
);
CREATE INDEX account_marks_starred ON account_marks (account, n) WHERE starred = 1;

-- +goose Down
DROP TABLE account_marks;
DROP TABLE accounts;
