-- +goose Up
-- What became of articles after they were placed, and of stories; and what was measured
-- when it was decided.

ALTER TABLE placements ADD COLUMN grounds TEXT NOT NULL DEFAULT ''; -- JSON of news.Grounds

-- The moves of an article from one story to another, the last few of them.
CREATE TABLE moves (
	article_id TEXT    NOT NULL REFERENCES articles (id),
	n          INTEGER NOT NULL, -- counts those of the article
	from_id    TEXT    NOT NULL, -- as they were named then; both may have merged since
	into_id    TEXT    NOT NULL,
	at         BIGINT  NOT NULL,
	seq        BIGINT  NOT NULL, -- of the placement that showed it; 0: the editor moved it
	score      DOUBLE PRECISION NOT NULL,
	why        TEXT    NOT NULL,
	PRIMARY KEY (article_id, n)
);

-- Each story that became part of another.
CREATE TABLE merges (
	from_id TEXT   NOT NULL PRIMARY KEY,
	into_id TEXT   NOT NULL, -- as it was named then; it may have merged since
	at      BIGINT NOT NULL,
	editor  INTEGER NOT NULL, -- 1: the editor decided it
	score   DOUBLE PRECISION NOT NULL,
	why     TEXT   NOT NULL,
	model   TEXT   NOT NULL,
	witness TEXT   NOT NULL -- the article that showed it, or ''
);
CREATE INDEX merges_witness ON merges (witness) WHERE witness <> '';

-- +goose Down
DROP TABLE merges;
DROP TABLE moves;
ALTER TABLE placements DROP COLUMN grounds;
