-- +goose Up
-- What the editor decided, which the machine respects; see news.Hand.

CREATE TABLE pins (
	article_id TEXT   NOT NULL PRIMARY KEY REFERENCES articles (id),
	at         BIGINT NOT NULL,
	why        TEXT   NOT NULL
);

CREATE TABLE locks (
	story_id TEXT   NOT NULL PRIMARY KEY REFERENCES stories (id),
	at       BIGINT NOT NULL,
	why      TEXT   NOT NULL
);

-- Pairs of stories that the editor told apart, as they were named then: both may have merged
-- with others since.
CREATE TABLE separations (
	a  TEXT   NOT NULL REFERENCES stories (id), -- a < b
	b  TEXT   NOT NULL REFERENCES stories (id),
	at BIGINT NOT NULL,
	PRIMARY KEY (a, b)
);

-- It is there from the beginning so that it can be locked: clustering holds it while it writes.
INSERT INTO facts (name, value) VALUES ('decisions of the editor', '0');

-- +goose Down
DELETE FROM facts WHERE name = 'decisions of the editor';
DROP TABLE separations;
DROP TABLE locks;
DROP TABLE pins;
