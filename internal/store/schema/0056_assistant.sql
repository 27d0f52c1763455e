-- +goose Up
-- What the assistant, a machine that the operator named, said of stories and made of headlines
-- (news.Gist, news.Translation), after it was checked. A row without a text remembers what was dropped.

CREATE TABLE gists (
	story_id TEXT NOT NULL PRIMARY KEY REFERENCES stories (id),
	body     TEXT NOT NULL -- JSON: a list
);

CREATE TABLE translations (
	article_id TEXT NOT NULL REFERENCES articles (id),
	language   TEXT NOT NULL,
	from_byte  BIGINT NOT NULL, -- of a passage; 0 and 0 for the headline
	to_byte    BIGINT NOT NULL,
	revision   BIGINT NOT NULL,
	text       TEXT NOT NULL,
	names      INTEGER NOT NULL,
	model      TEXT NOT NULL,
	prompt     BIGINT NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (article_id, language, from_byte, to_byte)
);

ALTER TABLE stories ADD COLUMN assisted BIGINT NOT NULL DEFAULT 0;   -- how often it had changed when the assistant was asked
ALTER TABLE stories ADD COLUMN assist_due BIGINT NOT NULL DEFAULT 0; -- it is not asked again before
CREATE INDEX stories_unassisted ON stories (rank, id) WHERE merged_into IS NULL AND two_sides = 1 AND changes > assisted;

-- +goose Down
DROP INDEX stories_unassisted;
ALTER TABLE stories DROP COLUMN assist_due;
ALTER TABLE stories DROP COLUMN assisted;
DROP TABLE translations;
DROP TABLE gists;
