-- +goose Up
-- The index holds terms that were made in Go (lang.IndexTerms): those of the title with
-- weight A, those of the text with weight D.

CREATE TABLE search (
	article_id TEXT     NOT NULL PRIMARY KEY REFERENCES articles (id),
	docid      BIGINT   NOT NULL GENERATED ALWAYS AS IDENTITY, -- grows with time
	terms      TSVECTOR NOT NULL
);
CREATE INDEX search_terms ON search USING gin (terms);

-- +goose Down
DROP TABLE search;
