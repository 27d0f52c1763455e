-- +goose Up
-- The index holds terms that were made in Go (lang.IndexTerms), parted by spaces, and
-- no text. The ascii tokenizer only parts them: to it every character beyond ASCII
-- belongs to a word, where unicode61 knows the letters of Unicode 6.1 only.

CREATE TABLE search_docs (
	docid      INTEGER PRIMARY KEY,
	article_id TEXT NOT NULL UNIQUE REFERENCES articles (id)
);

CREATE VIRTUAL TABLE search USING fts5 (
	title, body, content = '', contentless_delete = 1, tokenize = 'ascii'
);

-- +goose Down
DROP TABLE search;
DROP TABLE search_docs;
