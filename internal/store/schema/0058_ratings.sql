-- +goose Up
-- What others say of outlets, as the operator imported it (news.Rating), and with each outlet what of
-- it is about that one, as JSON (news.Claim).

CREATE TABLE ratings (
	rater  TEXT NOT NULL,
	domain TEXT NOT NULL,
	label  TEXT NOT NULL,
	value  TEXT NOT NULL,
	url    TEXT NOT NULL,
	date   TEXT NOT NULL,
	PRIMARY KEY (rater, domain)
);
CREATE INDEX ratings_domain ON ratings (domain);
ALTER TABLE sources ADD COLUMN ratings TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE sources DROP COLUMN ratings;
DROP TABLE ratings;
